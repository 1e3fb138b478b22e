import Foundation
import Graphs
import Tensors

/// One number of all those along some axes: their mean, their sum, …; ONNX `ReduceMean`, `ReduceSum`, ….
public struct Reduction: Operator, Hashable {
    /// What becomes of the numbers.
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
        /// The sum of the magnitudes; ONNX `ReduceL1`.
        case l1
        /// The root of the sum of the squares; ONNX `ReduceL2`.
        case l2
        /// The sum of the squares; ONNX `ReduceSumSquare`.
        case sumOfSquares
        /// The logarithm of the sum; ONNX `ReduceLogSum`.
        case logSum
        /// The logarithm of the sum of the powers; ONNX `ReduceLogSumExp`.
        case logSumExp
    }

    /// One name for all; ``kind-swift.property`` is ONNX's.
    public static let kind = "Reduction"

    /// What becomes of the numbers.
    public let function: Function
    /// Along which axes, in order; none means all.
    public let axes: [Int]
    /// Whether these axes stay, with extent 1.
    public let keepsAxes: Bool

    /// The operator.
    public init(_ function: Function, axes: [Int], keepsAxes: Bool) {
        precondition(axes.allSatisfy { $0 >= 0 }, "the axes \(axes) are not counted from the front")
        self.function = function
        self.axes = Set(axes).sorted()
        self.keepsAxes = keepsAxes
    }

    /// ONNX's name.
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

    /// The input's shape with 1 for these axes, or without them.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let input = inputs[0]
        try elementCount(input)
        if let axis = axes.first(where: { $0 >= input.count }) {
            throw ShapeError("there is no axis \(axis) in the shape \(input)")
        }
        return keepsAxes ? reduced(input) : input.indices.filter { !isReduced($0) }.map { input[$0] }
    }

    private func isReduced(_ axis: Int) -> Bool { axes.isEmpty || axes.contains(axis) }

    /// The shape with 1 for these axes.
    private func reduced(_ input: [Int]) -> [Int] { input.indices.map { isReduced($0) ? 1 : input[$0] } }

    /// Two for each result: the gradient of a maximum and of a product look at all its numbers first.
    public func scratchCount(inputs: [[Int]], output: [Int]) -> Int { 2 * output.reduce(1, *) }

    /// The sums, products or extremes, then what is done to them.
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
            // With the largest subtracted from all, so that no power overflows.
            let highest = call.scratch.pointer
            walk.fold(into: highest, from: -.infinity) { $1 > $0 || $1.isNaN ? $1 : $0 }
            for index in 0..<count where highest[index].isInfinite { highest[index] = 0 }
            walk.sum(into: output) { x, place in exp(x - highest[place]) }
            for index in 0..<count { output[index] = log(output[index]) + highest[index] }
        }
    }

    /// The partial derivatives; of a maximum that is reached several times, each gets the same share.
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
            // Without the zeros; where there is one, only its own derivative is not zero.
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
