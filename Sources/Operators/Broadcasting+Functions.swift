import Graphs
import Tensors

extension Broadcasting {
    /// Computes the output of a function of two inputs.
    @inline(__always)
    static func combine(_ call: ForwardCall, grain: Int = 1 << 15, _ function: (_ left: Float, _ right: Float) -> Float)
    {
        let (left, right, output) = (call.inputs[0].pointer, call.inputs[1].pointer, call.output.pointer)
        let meeting = Broadcasting(call.inputs.map(\.shape), to: call.output.shape)
        let (leftMoves, rightMoves) = (meeting.moves(0), meeting.moves(1))
        meeting.forEachRun(grain: grain) { run in
            let target = output + run.offsets[result]
            pairs(left + run.offsets[0], leftMoves, right + run.offsets[1], rightMoves) { pair in
                for index in 0..<run.count {
                    let (left, right) = pair(index)
                    target[index] = function(left, right)
                }
            }
        }
    }

    /// Adds to the gradient of one of two inputs, if requested; the terms are summed up where the input was repeated.
    @inline(__always)
    static func accumulate(
        _ call: BackwardCall, input: Int, grain: Int = 1 << 15,
        _ term: (_ slope: Float, _ left: Float, _ right: Float) -> Float
    ) {
        guard let gradient = call.inputGradients[input]?.pointer else { return }
        let (left, right) = (call.forward.inputs[0].pointer, call.forward.inputs[1].pointer)
        let meeting = Broadcasting(call.forward.inputs.map(\.shape), to: call.outputGradient.shape)
        let (leftMoves, rightMoves, targetMoves) = (meeting.moves(0), meeting.moves(1), meeting.moves(input))
        meeting.forEachRun(into: input, grain: grain) { run in
            let slope = call.outputGradient.pointer + run.offsets[result]
            let target = gradient + run.offsets[input]
            pairs(left + run.offsets[0], leftMoves, right + run.offsets[1], rightMoves) { pair in
                if targetMoves {
                    for index in 0..<run.count {
                        let (left, right) = pair(index)
                        target[index] += term(slope[index], left, right)
                    }
                } else {
                    target[0] += Planes.sum(run.count) { index in
                        let (left, right) = pair(index)
                        return term(slope[index], left, right)
                    }
                }
            }
        }
    }

    /// Calls `body` with a function that reads a pair: a separate loop for each combination of moving and repeated inputs, so that each can
    /// be vectorized.
    @inline(__always)
    private static func pairs(
        _ left: UnsafePointer<Float>, _ leftMoves: Bool, _ right: UnsafePointer<Float>, _ rightMoves: Bool,
        _ body: (_ pair: (Int) -> (Float, Float)) -> Void
    ) {
        if leftMoves && rightMoves {
            body { (left[$0], right[$0]) }
        } else if leftMoves {
            let one = right[0]
            body { (left[$0], one) }
        } else if rightMoves {
            let one = left[0]
            body { (one, right[$0]) }
        } else {
            let (first, second) = (left[0], right[0])
            body { _ in (first, second) }
        }
    }
}
