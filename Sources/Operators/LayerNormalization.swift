import Graphs
import Tensors

/// Normalization over the last axes by their own mean and standard deviation (Ba et al., arXiv:1607.06450); ONNX `LayerNormalization`.
///
///     output = weight · (input - mean) / sqrt(variance + epsilon) + bias
///
/// Input `[…, shape]`; weight and bias have the normalized shape.
public struct LayerNormalization: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "LayerNormalization"

    /// The last axes of the input, which are normalized together.
    public let shape: [Int]
    /// The constant added to the variance, which avoids division by zero.
    public let epsilon: Float
    /// Whether the layer has a bias.
    public let bias: Bool

    /// Creates a normalization.
    public init(shape: [Int], epsilon: Float = 1e-5, bias: Bool = true) {
        self.shape = shape
        self.epsilon = epsilon
        self.bias = bias
    }

    /// `weight` and, optionally, `bias`.
    public var parameters: [ParameterDeclaration] {
        let weight = ParameterDeclaration("weight", shape, .bias, .constant(1))
        return bias ? [weight, ParameterDeclaration("bias", shape, .bias, .constant(0))] : [weight]
    }

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let input = inputs[0]
        try elementCount(input)
        guard input.count >= shape.count, Array(input.suffix(shape.count)) == shape else {
            throw ShapeError("the last axes of \(input) are not \(shape)")
        }
        return input
    }

    private func normalized(_ input: [Int]) -> NormalizedGroups {
        let length = shape.reduce(1, *)
        return NormalizedGroups(count: input.reduce(1, *) / length, length: length, epsilon: epsilon)
    }

    /// The means, then the reciprocal standard deviations.
    public func savedCount(inputs: [[Int]], output: [Int]) -> Int { normalized(output).savedCount }

    /// One multiply-add per element.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int { output.reduce(1, *) }

    /// Statistics in two passes, then the formula above.
    public func forward(_ call: ForwardCall) {
        let (input, output, weight) = (call.inputs[0].pointer, call.output.pointer, call.parameters[0].pointer)
        let shift = bias ? call.parameters[1].pointer : nil
        let normalized = normalized(call.output.shape)
        let length = normalized.length
        normalized.forward(input, saved: call.saved.pointer) { group, mean, reciprocal in
            let (source, target) = (input + group * length, output + group * length)
            for index in 0..<length { target[index] = (source[index] - mean) * reciprocal * weight[index] }
            if let shift { Planes.add(shift, to: target, count: length) }
        }
    }

    /// `d weight = Σ d output · normalized`, `d bias = Σ d output`; for the input see ``NormalizedGroups``.
    public func backward(_ call: BackwardCall) {
        let (input, slope) = (call.forward.inputs[0].pointer, call.outputGradient.pointer)
        let (saved, weight) = (call.forward.saved.pointer, call.forward.parameters[0].pointer)
        let normalized = normalized(call.outputGradient.shape)
        let length = normalized.length
        Parallel.forRanges(length, grain: 64) { range in
            for group in 0..<normalized.count {
                let (mean, reciprocal) = (saved[group], saved[normalized.count + group])
                let (slope, input) = (slope + group * length, input + group * length)
                if let gradient = call.parameterGradients[0]?.pointer {
                    for index in range { gradient[index] += slope[index] * (input[index] - mean) * reciprocal }
                }
                if bias, let gradient = call.parameterGradients[1]?.pointer {
                    for index in range { gradient[index] += slope[index] }
                }
            }
        }
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        normalized.backward(input, saved: saved, into: gradient) { group, place in
            slope[place] * weight[place - group * length]
        }
    }
}
