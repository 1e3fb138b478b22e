import Graphs
import Tensors

/// Maps of one extent, one after the other along the channels; ONNX `Concat` with axis 1.
public struct Concatenate: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "Concat"

    /// The operator; it has no attributes.
    public init() {}

    /// One or more.
    public var inputCount: ClosedRange<Int> { 1...Int.max }

    /// `[batch, sum of channels, row, column]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let first = try MapShape(checking: inputs[0])
        var channels = 0
        for shape in inputs {
            let map = try MapShape(checking: shape)
            guard (map.batch, map.rows, map.columns) == (first.batch, first.rows, first.columns) else {
                throw ShapeError("the shapes \(inputs[0]) and \(shape) differ in more than their channels")
            }
            channels += map.channels
        }
        return [first.batch, channels, first.rows, first.columns]
    }

    /// Copies each input's channels to their place.
    public func forward(_ call: ForwardCall) {
        forEachBlock(call.inputs.map(\.shape), output: call.output.shape) { input, from, to, count in
            (call.output.pointer + to).update(from: call.inputs[input].pointer + from, count: count)
        }
    }

    /// Each input gets the slope of its place.
    public func backward(_ call: BackwardCall) {
        forEachBlock(call.forward.inputs.map(\.shape), output: call.outputGradient.shape) {
            input, from, to, count in
            guard let gradient = call.inputGradients[input] else { return }
            Planes.add(call.outputGradient.pointer + to, to: gradient.pointer + from, count: count)
        }
    }

    /// One image of one input: where it starts there and in the output, and how long it is.
    private func forEachBlock(
        _ inputs: [[Int]], output: [Int], _ body: (_ input: Int, _ from: Int, _ to: Int, _ count: Int) -> Void
    ) {
        let perImage = output.dropFirst().reduce(1, *)
        var start = 0
        for (input, shape) in inputs.enumerated() {
            let count = shape.dropFirst().reduce(1, *)
            for image in 0..<output[0] { body(input, image * count, image * perImage + start, count) }
            start += count
        }
    }
}
