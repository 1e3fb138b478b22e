import Graphs
import Tensors

/// A fully connected layer, `output = input · weightᵀ + bias`; ONNX `Gemm`, PyTorch's `Linear`.
///
/// Input `[batch, …]` whose other extents multiply to `inputFeatures` (a pooled map `[batch, channel, 1, 1]` needs no
/// flattening), output `[batch, outputFeatures]`, weight `[outputFeatures, inputFeatures]`, bias `[outputFeatures]`.
public struct Linear: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "Gemm"

    /// Numbers of one input.
    public let inputFeatures: Int
    /// Numbers of one output.
    public let outputFeatures: Int
    /// Whether a number is added to each output.
    public let bias: Bool

    /// A layer; weight and bias start uniform in `±1 / sqrt(inputFeatures)`, as PyTorch's.
    public init(inputFeatures: Int, outputFeatures: Int, bias: Bool = true) {
        precondition(
            inputFeatures > 0 && outputFeatures > 0, "a layer from \(inputFeatures) to \(outputFeatures) numbers")
        self.inputFeatures = inputFeatures
        self.outputFeatures = outputFeatures
        self.bias = bias
    }

    /// `weight` and, when asked for, `bias`.
    public var parameters: [ParameterDeclaration] {
        let usual = ParameterDeclaration.Initializer.uniform(bound: 1 / Double(inputFeatures).squareRoot())
        let weight = ParameterDeclaration("weight", [outputFeatures, inputFeatures], .weight, usual)
        return bias ? [weight, ParameterDeclaration("bias", [outputFeatures], .bias, usual)] : [weight]
    }

    /// `[batch, outputFeatures]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let shape = inputs[0]
        guard shape.count >= 2, shape[0] > 0, shape.dropFirst().reduce(1, *) == inputFeatures else {
            throw ShapeError("\(inputFeatures) numbers an input were expected, and the shape is \(shape)")
        }
        return [shape[0], outputFeatures]
    }

    /// One for each weight and input.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int { inputs[0][0] * inputFeatures * outputFeatures }

    /// One product.
    public func forward(_ call: ForwardCall) {
        let batch = call.output.shape[0]
        multiply(
            MatrixView(call.inputs[0].pointer, stride: inputFeatures),
            MatrixView(call.parameters[0].pointer, stride: inputFeatures, transposed: true),
            into: MatrixView(call.output.pointer, stride: outputFeatures), rows: batch, columns: outputFeatures,
            inner: inputFeatures)
        guard bias else { return }
        for image in 0..<batch {
            Planes.add(
                call.parameters[1].pointer, to: call.output.pointer + image * outputFeatures, count: outputFeatures)
        }
    }

    /// `d input = slope · weight`, `d weight = slopeᵀ · input`, `d bias = Σ slope`.
    public func backward(_ call: BackwardCall) {
        let batch = call.outputGradient.shape[0]
        let slope = call.outputGradient.pointer
        if let gradient = call.inputGradients[0] {
            multiply(
                MatrixView(slope, stride: outputFeatures),
                MatrixView(call.forward.parameters[0].pointer, stride: inputFeatures),
                into: MatrixView(gradient.pointer, stride: inputFeatures), rows: batch, columns: inputFeatures,
                inner: outputFeatures, keeping: 1)
        }
        if let gradient = call.parameterGradients[0] {
            multiply(
                MatrixView(slope, stride: outputFeatures, transposed: true),
                MatrixView(call.forward.inputs[0].pointer, stride: inputFeatures),
                into: MatrixView(gradient.pointer, stride: inputFeatures), rows: outputFeatures,
                columns: inputFeatures, inner: batch, keeping: 1)
        }
        guard bias, let gradient = call.parameterGradients[1] else { return }
        for image in 0..<batch {
            Planes.add(slope + image * outputFeatures, to: gradient.pointer, count: outputFeatures)
        }
    }
}
