import Foundation
import Graphs
import Tensors

/// A reduction along some axes: mean, sum, …; ONNX `ReduceMean`, `ReduceSum`, ….
public struct Reduction: Operator, Hashable {
    /// The reductions.
    public enum Function: Hashable, Sendable, CaseIterable {
        /// The mean; ONNX `ReduceMean`.
        case mean
        /// The sum; ONNX `ReduceSum`.
        case sum
        /// The largest; ONNX `ReduceMax`.
        case max
        /// The smallest; ONNX `ReduceMin`.
        case min
        /// The product; ONNX `ReduceProd`.
        case product
        /// The sum of the absolute values; ONNX `ReduceL1`.
        case l1
        /// The square root of the sum of the squares; ONNX `ReduceL2`.
        case l2
        /// The sum of the squares; ONNX `ReduceSumSquare`.
        case sumOfSquares
        /// The logarithm of the sum; ONNX `ReduceLogSum`.
        case logSum
        /// The logarithm of the sum of the exponentials; ONNX `ReduceLogSumExp`.
        case logSumExp
    }

    /// A common name for all functions; ``kind-swift.property`` is the ONNX name.
    public static let kind = "Reduction"

    /// The reduction.
    public let function: Function
    /// The axes, in order; an empty list means all.
    public let axes: [Int]
    /// Whether these axes stay, with extent 1.
    public let keepsAxes: Bool

    /// Creates the operator.
    public init(_ function: Function, axes: [Int], keepsAxes: Bool) {
        precondition(axes.allSatisfy { $0 >= 0 }, "the axes \(axes) must not be negative")
        self.function = function
        self.axes = Set(axes).sorted()
        self.keepsAxes = keepsAxes
    }

    /// The ONNX name.
    public var kind: String {
        switch function {
        case .mean: "ReduceMean"
        case .sum: "ReduceSum"
        case .max: "ReduceMax"
        case .min: "ReduceMin"
        case .product: "ReduceProd"
        case .l1: "ReduceL1"
        case .l2: "ReduceL2"
        case .sumOfSquares: "ReduceSumSquare"
        case .logSum: "ReduceLogSum"
        case .logSumExp: "ReduceLogSumExp"
        }
    }

    /// The input's shape with extent 1 for these axes, or without them.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let input = inputs[0]
        try elementCount(input)
        if let axis = axes.first(where: { $0 >= input.count }) {
            throw ShapeError("there is no axis \(axis) in the shape \(input)")
        }
        return keepsAxes ? reduced(input) : input.indices.filter { !isReduced($0) }.map { input[$0] }
    }

    private func isReduced(_ axis: Int) -> Bool { axes.isEmpty || axes.contains(axis) }

    /// Returns the shape with extent 1 for these axes.
    private func reduced(_ input: [Int]) -> [Int] { input.indices.map { isReduced($0) ? 1 : input[$0] } }

    /// Two floats per result: the gradients of maximum and product need a first pass over all elements.
    public func scratchCount(inputs: [[Int]], output: [Int]) -> Int { 2 * output.reduce(1, *) }

    /// Accumulates sums, products or extremes, then applies the final function.
    public func forward(_ call: ForwardCall) {
        let walk = ReductionWalk(call.inputs[0], reduced(call.inputs[0].shape))
        let (output, count) = (call.output.pointer, call.output.count)
        let share = Float(call.inputs[0].count / count)
        func finish(_ function: (Float) -> Float) { for index in 0..<count { output[index] = function(output[index]) } }
        switch function {
        case .mean:
            walk.sum(into: output) { x, _ in x }
            finish { $0 / share }
        case .sum: walk.sum(into: output) { x, _ in x }
        case .max: walk.fold(into: output, from: -.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 }
        case .min: walk.fold(into: output, from: .infinity) { $1 < $0 || $1.isNaN ? $1 : $0 }
        case .product: walk.fold(into: output, from: 1) { $0 * $1 }
        case .l1: walk.sum(into: output) { x, _ in abs(x) }
        case .l2:
            walk.sum(into: output) { x, _ in x * x }
            finish { $0.squareRoot() }
        case .sumOfSquares: walk.sum(into: output) { x, _ in x * x }
        case .logSum:
            walk.sum(into: output) { x, _ in x }
            finish { log($0) }
        case .logSumExp:
            // With the maximum subtracted from all inputs to avoid overflow.
            let highest = call.scratch.pointer
            walk.fold(into: highest, from: -.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 }
            for index in 0..<count where highest[index].isInfinite { highest[index] = 0 }
            walk.sum(into: output) { x, place in exp(x - highest[place]) }
            for index in 0..<count { output[index] = log(output[index]) + highest[index] }
        }
    }

    /// Applies the partial derivatives; a maximum that occurs several times is shared equally.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        let (slope, output) = (call.outputGradient.pointer, call.forward.output.pointer)
        let walk = ReductionWalk(call.forward.inputs[0], reduced(gradient.shape))
        let count = call.outputGradient.count
        switch function {
        case .mean:
            let share = Float(gradient.count / count)
            walk.spread(into: gradient) { _, place in slope[place] / share }
        case .sum: walk.spread(into: gradient) { _, place in slope[place] }
        case .max, .min:
            let winners = call.forward.scratch.pointer
            walk.sum(into: winners) { x, place in x == output[place] ? 1 : 0 }
            walk.spread(into: gradient) { x, place in x == output[place] ? slope[place] / winners[place] : 0 }
        case .product:
            // The product without the zeros; if there is exactly one zero, only its own derivative is not zero.
            let (zeros, others) = (call.forward.scratch.pointer, call.forward.scratch.pointer + count)
            walk.sum(into: zeros) { x, _ in x == 0 ? 1 : 0 }
            walk.fold(into: others, from: 1) { $1 == 0 ? $0 : $0 * $1 }
            walk.spread(into: gradient) { x, place in
                zeros[place] == (x == 0 ? 1 : 0) ? slope[place] * (x == 0 ? others[place] : others[place] / x) : 0
            }
        case .l1: walk.spread(into: gradient) { x, place in x > 0 ? slope[place] : x < 0 ? -slope[place] : 0 }
        case .l2:
            walk.spread(into: gradient) { x, place in output[place] == 0 ? 0 : slope[place] * x / output[place] }
        case .sumOfSquares: walk.spread(into: gradient) { x, place in 2 * slope[place] * x }
        case .logSum: walk.spread(into: gradient) { _, place in slope[place] * exp(-output[place]) }
        case .logSumExp: walk.spread(into: gradient) { x, place in slope[place] * exp(x - output[place]) }
        }
    }
}
