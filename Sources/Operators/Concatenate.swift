import Graphs
import Tensors

/// The concatenation of values along an axis; all other axes must agree; ONNX `Concat`.
public struct Concatenate: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "Concat"

    /// The axis, counted from 0; 1 is the channel axis.
    public let axis: Int

    /// Creates a concatenation along an axis.
    public init(axis: Int = 1) { self.axis = axis }

    /// One or more inputs.
    public var inputCount: ClosedRange<Int> { 1...Int.max }

    /// The common shape, with the sum of the extents along the axis.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        var result = inputs[0]
        try Extents.requireAxis(axis, of: result)
        for shape in inputs.dropFirst() {
            var others = shape
            if shape.count == result.count { others[axis] = result[axis] }
            guard others == result else {
                throw ShapeError("the shapes \(inputs[0]) and \(shape) differ in more than axis \(axis)")
            }
            result[axis] = try Extents.sum(result[axis], shape[axis])
        }
        return result
    }

    /// Copies each input to its position.
    public func forward(_ call: ForwardCall) {
        forEachRun(call.inputs.map(\.shape), output: call.output.shape) { input, from, to, count in
            (call.output.pointer + to).update(from: call.inputs[input].pointer + from, count: count)
        }
    }

    /// Each input gets its part of the gradient.
    public func backward(_ call: BackwardCall) {
        forEachRun(call.forward.inputs.map(\.shape), output: call.outputGradient.shape) { input, from, to, count in
            guard let gradient = call.inputGradients[input] else { return }
            Planes.add(call.outputGradient.pointer + to, to: gradient.pointer + from, count: count)
        }
    }

    /// Calls `body` for each contiguous run: its offset in an input and in the output, and its length. Inputs are processed one after the
    /// other, as two of them may be the same value.
    private func forEachRun(
        _ inputs: [[Int]], output: [Int], _ body: (_ input: Int, _ from: Int, _ to: Int, _ count: Int) -> Void
    ) {
        let outer = output[..<axis].reduce(1, *)
        let length = output[axis...].reduce(1, *)
        let grain = 1 << 15
        var start = 0
        for (input, shape) in inputs.enumerated() {
            let count = shape[axis...].reduce(1, *)
            if count >= grain {
                let parts = (count + grain - 1) / grain
                Parallel.forEach(outer * parts) { unit, _ in
                    let (row, offset) = (unit / parts, unit % parts * grain)
                    body(input, row * count + offset, row * length + start + offset, min(grain, count - offset))
                }
            } else if count > 0 {
                Parallel.forRanges(outer, grain: grain / count) { rows in
                    for row in rows { body(input, row * count, row * length + start, count) }
                }
            }
            start += count
        }
    }
}
