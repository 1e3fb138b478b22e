import Graphs
import Tensors

/// A convolution whose weight is an input: a Siamese tracker computes its template from another image. ONNX `Conv`.
///
/// Inputs: the map `[batch, channel, row, column]`, the weight `[output channel, channel / groups, kernel row, kernel column]`, and an
/// optional bias `[output channel]`. The output and the formula are those of ``Convolution``.
public struct Correlation: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "Conv"

    /// Input cells between two window positions.
    public let stride: Extent
    /// Zeros around the input.
    public let padding: Extent
    /// Input cells between two kernel elements.
    public let dilation: Extent
    /// The number of groups, each an independent convolution.
    public let groups: Int

    /// Creates the operator.
    public init(stride: Extent = 1, padding: Extent = 0, dilation: Extent = 1, groups: Int = 1) {
        precondition(groups > 0, "the number of groups must be positive, not \(groups)")
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        self.groups = groups
    }

    /// The map, the weight and an optional bias.
    public var inputCount: ClosedRange<Int> { 2...3 }

    /// `[batch, output channel, position, position]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        for shape in inputs { try elementCount(shape) }
        let (map, weight) = (try MapShape(checking: inputs[0]), inputs[1])
        guard weight.count == 4, weight[0] % groups == 0, map.channels % groups == 0, weight[1] == map.channels / groups
        else {
            throw ShapeError("a weight of shape \(weight) in \(groups) groups does not fit a map of \(inputs[0])")
        }
        if inputs.count == 3, inputs[2] != [weight[0]] {
            throw ShapeError("a bias of shape \(inputs[2]) does not fit \(weight[0]) output channels")
        }
        let positions = try window(weight).positions(rows: map.rows, columns: map.columns)
        let shape = [map.batch, weight[0], positions.rows, positions.columns]
        try elementCount(shape)
        return shape
    }

    private func window(_ weight: [Int]) -> Window {
        Window(kernel: Extent(weight[2], weight[3]), stride: stride, padding: padding, dilation: dilation)
    }

    private func product(_ inputs: [[Int]], _ output: [Int]) -> WindowProduct {
        WindowProduct(window: window(inputs[1]), groups: groups, wide: MapShape(inputs[0]), narrow: MapShape(output))
    }

    /// Memory to unroll a band of the input per thread.
    public func scratchCount(inputs: [[Int]], output: [Int]) -> Int { product(inputs, output).scratchCount }

    /// One multiply-add per weight and output cell.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int {
        output.reduce(1, *) * inputs[1].dropFirst().reduce(1, *)
    }

    /// Gathers from the input, then adds the bias.
    public func forward(_ call: ForwardCall) {
        product(call.inputs.map(\.shape), call.output.shape).gather(
            kernel: call.inputs[1], wide: call.inputs[0], into: call.output, scratch: call.scratch)
        if call.inputs.count == 3 { ChannelBias.add(call.inputs[2], to: call.output) }
    }

    /// The output's gradient scattered into the map's; for the weight, its product with the map.
    public func backward(_ call: BackwardCall) {
        let (inputs, scratch) = (call.forward.inputs, call.forward.scratch)
        let product = product(inputs.map(\.shape), call.outputGradient.shape)
        if let gradient = call.inputGradients[0] {
            product.scatter(kernel: inputs[1], narrow: call.outputGradient, into: gradient, scratch: scratch)
        }
        if let gradient = call.inputGradients[1] {
            product.kernelGradient(wide: inputs[0], narrow: call.outputGradient, addingTo: gradient, scratch: scratch)
        }
        if inputs.count == 3, let gradient = call.inputGradients[2] {
            ChannelBias.addGradient(of: call.outputGradient, to: gradient)
        }
    }
}
