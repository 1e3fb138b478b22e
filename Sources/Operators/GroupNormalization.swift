import Graphs
import Tensors

/// Normalization of groups of adjacent channels of each image by their own mean and standard deviation (Wu and He, arXiv:1803.08494); ONNX
/// `GroupNormalization` as of opset 21, PyTorch's `GroupNorm`.
///
///     output = weight[c] · (input - mean) / sqrt(variance + epsilon) + bias[c]
///
/// Input `[batch, channel, …]`.
public struct GroupNormalization: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "GroupNormalization"

    /// The number of channel groups.
    public let groups: Int
    /// Channels of the input.
    public let channels: Int
    /// The constant added to the variance, which avoids division by zero.
    public let epsilon: Float

    /// Creates a normalization.
    public init(groups: Int, channels: Int, epsilon: Float = 1e-5) {
        precondition(
            groups > 0 && channels > 0 && channels % groups == 0,
            "\(channels) channels cannot be split into \(groups) groups")
        self.groups = groups
        self.channels = channels
        self.epsilon = epsilon
    }

    /// `weight` and `bias`, one number per channel each.
    public var parameters: [ParameterDeclaration] {
        [
            ParameterDeclaration("weight", [channels], .bias, .constant(1)),
            ParameterDeclaration("bias", [channels], .bias, .constant(0)),
        ]
    }

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let shape = inputs[0]
        try elementCount(shape)
        guard shape.count >= 2, shape[1] == channels else {
            throw ShapeError("\(channels) channels were expected in axis 1, but the shape is \(shape)")
        }
        return shape
    }

    /// The means, then the reciprocal standard deviations.
    public func savedCount(inputs: [[Int]], output: [Int]) -> Int { normalized(output).savedCount }

    /// One multiply-add per element.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int { output.reduce(1, *) }

    private func normalized(_ shape: [Int]) -> NormalizedGroups {
        let count = shape[0] * groups
        return NormalizedGroups(count: count, length: shape.reduce(1, *) / count, epsilon: epsilon)
    }

    /// Statistics in two passes, then one factor and one offset per channel.
    public func forward(_ call: ForwardCall) {
        let (input, output) = (call.inputs[0].pointer, call.output.pointer)
        let (weight, bias) = (call.parameters[0].pointer, call.parameters[1].pointer)
        let normalized = normalized(call.output.shape)
        let perGroup = channels / groups
        let area = normalized.length / perGroup
        normalized.forward(input, saved: call.saved.pointer) { group, mean, reciprocal in
            for offset in 0..<perGroup {
                let channel = group % groups * perGroup + offset
                let factor = weight[channel] * reciprocal
                let summand = bias[channel] - mean * factor
                let start = group * normalized.length + offset * area
                for index in start..<start + area { output[index] = input[index] * factor + summand }
            }
        }
    }

    /// `d weight = Σ d output · normalized`, `d bias = Σ d output`; for the input see ``NormalizedGroups``.
    public func backward(_ call: BackwardCall) {
        let (input, slope) = (call.forward.inputs[0].pointer, call.outputGradient.pointer)
        let (saved, weight) = (call.forward.saved.pointer, call.forward.parameters[0].pointer)
        let shape = call.outputGradient.shape
        let normalized = normalized(shape)
        let perGroup = channels / groups
        let area = normalized.length / perGroup
        if call.parameterGradients.contains(where: { $0 != nil }) {
            Parallel.forEach(channels) { channel, _ in
                var (slopes, products) = (0.0, 0.0)
                for image in 0..<shape[0] {
                    let group = image * groups + channel / perGroup
                    let start = (image * channels + channel) * area
                    slopes += Double(Planes.sum(slope + start, count: area))
                    let sum = Planes.dotCentered(slope + start, input + start, center: saved[group], count: area)
                    products += Double(sum * saved[normalized.count + group])
                }
                call.parameterGradients[0]?.pointer[channel] += Float(products)
                call.parameterGradients[1]?.pointer[channel] += Float(slopes)
            }
        }
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        normalized.backward(input, saved: saved, into: gradient) { _, place in
            slope[place] * weight[place / area % channels]
        }
    }
}
