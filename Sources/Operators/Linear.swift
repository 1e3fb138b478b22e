import Graphs
import Tensors

/// A fully connected layer, `output = input · weightᵀ + bias`; ONNX `Gemm`, PyTorch's `Linear`.
///
/// Input `[batch, …]` whose other extents multiply to `inputFeatures` (a pooled map `[batch, channel, 1, 1]` needs no flattening), output
/// `[batch, outputFeatures]`, weight `[outputFeatures, inputFeatures]`, bias `[outputFeatures]`.
public struct Linear: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "Gemm"

    /// The number of input features.
    public let inputFeatures: Int
    /// The number of output features.
    public let outputFeatures: Int
    /// Whether the layer has a bias.
    public let bias: Bool

    /// Creates a layer; weight and bias are initialized uniformly in `±1 / sqrt(inputFeatures)`, as in PyTorch.
    public init(inputFeatures: Int, outputFeatures: Int, bias: Bool = true) {
        precondition(
            inputFeatures > 0 && outputFeatures > 0,
            "cannot make a layer from \(inputFeatures) to \(outputFeatures) features")
        self.inputFeatures = inputFeatures
        self.outputFeatures = outputFeatures
        self.bias = bias
    }

    /// `weight` and, optionally, `bias`.
    public var parameters: [ParameterDeclaration] {
        let usual = ParameterDeclaration.Initializer.uniform(bound: 1 / Double(inputFeatures).squareRoot())
        let weight = ParameterDeclaration("weight", [outputFeatures, inputFeatures], .weight, usual)
        return bias ? [weight, ParameterDeclaration("bias", [outputFeatures], .bias, usual)] : [weight]
    }

    /// `[batch, outputFeatures]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let shape = inputs[0]
        guard shape.count >= 2, shape[0] > 0, shape.dropFirst().reduce(1, *) == inputFeatures else {
            throw ShapeError("\(inputFeatures) features per input were expected, but the shape is \(shape)")
        }
        return [shape[0], outputFeatures]
    }

    /// One multiply-add per weight and input.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int { inputs[0][0] * inputFeatures * outputFeatures }

    /// Computes one matrix product.
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

    /// `d input = d output · weight`, `d weight = d outputᵀ · input`, `d bias = Σ d output`.
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
