import Graphs
import Tensors

/// Makes maps of another extent from maps, between cell centres or by whole cells; ONNX `Resize`, PyTorch's `interpolate`.
///
/// `[…, row, column]` becomes `[…, rows, columns]`. Each output position has a place on the input's axis, which `coordinates` says, and is
/// a weighted sum of the cells around it, which `mode` says: rows and columns one after the other. Beyond the outermost cells these are
/// repeated.
public struct Resize: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "Resize"

    /// How a number is made of its neighbours.
    public enum Mode: Hashable, Sendable {
        /// The nearest cell.
        case nearest
        /// The two cells around, by their distance.
        case linear
        /// Four cells around, by Keys' cubic convolution kernel (1981) with its coefficient; PyTorch's is -0.75.
        case cubic(coefficient: Float)
    }

    /// Where on the input's axis a position of the output lies.
    public enum Coordinates: Hashable, Sendable {
        /// `(position + 0.5) / scale - 0.5`.
        case halfPixel
        /// The same, but 0 where the output has one position alone.
        case pytorchHalfPixel
        /// `position / scale`.
        case asymmetric
        /// The outermost centres upon each other.
        case alignCorners
        /// Half pixels around the middle of the input, whatever rounding has done to the output's extent.
        case halfPixelSymmetric
    }

    /// Which cell is nearest.
    public enum Rounding: Hashable, Sendable {
        /// The lower one of two that are equally near.
        case roundPreferFloor
        /// The upper one of two that are equally near.
        case roundPreferCeil
        /// The lower one.
        case floor
        /// The upper one.
        case ceil
    }

    /// The output's extent along an axis.
    public enum Length: Hashable, Sendable {
        /// The input's times a factor, rounded down.
        case scale(Double)
        /// This many.
        case extent(Int)
    }

    /// How a number is made of its neighbours.
    public let mode: Mode
    /// Where the output's positions lie.
    public let coordinates: Coordinates
    /// Which cell is nearest, in that mode.
    public let rounding: Rounding
    /// How many rows there will be.
    public let rows: Length
    /// How many columns there will be.
    public let columns: Length

    /// A change of extent.
    public init(
        mode: Mode, coordinates: Coordinates = .halfPixel, rounding: Rounding = .roundPreferFloor, rows: Length,
        columns: Length
    ) {
        self.mode = mode
        self.coordinates = coordinates
        self.rounding = rounding
        self.rows = rows
        self.columns = columns
    }

    /// The leading extents as they are, and the new rows and columns.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let shape = inputs[0]
        guard shape.count >= 2, shape.allSatisfy({ $0 > 0 }) else {
            throw ShapeError("a map is […, row, column], and this is \(shape)")
        }
        let height = try extent(rows, of: shape[shape.count - 2])
        return shape.dropLast(2) + [height, try extent(columns, of: shape[shape.count - 1])]
    }

    private func extent(_ length: Length, of input: Int) throws(ShapeError) -> Int {
        switch length {
        case .extent(let extent):
            guard extent > 0 else { throw ShapeError("a map cannot have the extent \(extent)") }
            return extent
        case .scale(let scale):
            let extent = (Double(input) * scale).rounded(.down)
            guard extent >= 1, extent < 0x1p31 else { throw ShapeError("\(scale) times \(input) is no extent") }
            return Int(extent)
        }
    }

    /// The cell that each position of a resized axis takes, where one alone is taken.
    package func nearestCells(_ length: Length, from extent: Int, to resized: Int) -> [Int] {
        let axis = ResizedAxis(self, length, from: extent, to: resized)
        return axis.positions.flatMap { axis.neighbours(of: $0).map(\.cell) }
    }

    /// One for each cell that counts, first along columns, then along rows.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int {
        let count = output.reduce(1, *)
        switch mode {
        case .nearest: return 0
        case .linear: return 4 * count
        case .cubic: return 8 * count
        }
    }

    /// A row of the input for each worker.
    public func scratchCount(inputs: [[Int]], output: [Int]) -> Int { (inputs[0].last ?? 0) * Parallel.workerCount }

    /// Adds up the rows around, and then the columns.
    public func forward(_ call: ForwardCall) {
        let plan = Plan(self, call.inputs[0].shape, call.output.shape)
        Parallel.forEach(plan.planes) { plane, worker in
            let input = call.inputs[0].pointer + plane * plan.inputArea
            let output = call.output.pointer + plane * plan.outputArea
            let sums = call.scratch.pointer + worker * plan.inputWidth
            for row in plan.rows.positions {
                sums.update(repeating: 0, count: plan.inputWidth)
                for neighbour in plan.rows.neighbours(of: row) {
                    let source = input + neighbour.cell * plan.inputWidth
                    for column in 0..<plan.inputWidth { sums[column] += neighbour.weight * source[column] }
                }
                let target = output + row * plan.outputWidth
                for column in plan.columns.positions {
                    var sum: Float = 0
                    for neighbour in plan.columns.neighbours(of: column) {
                        sum += neighbour.weight * sums[neighbour.cell]
                    }
                    target[column] = sum
                }
            }
        }
    }

    /// Each cell gets the slopes of the numbers that it is in, by its weights there.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        let plan = Plan(self, gradient.shape, call.outputGradient.shape)
        Parallel.forEach(plan.planes) { plane, worker in
            let target = gradient.pointer + plane * plan.inputArea
            let sums = call.forward.scratch.pointer + worker * plan.inputWidth
            for row in plan.rows.positions {
                let slope = call.outputGradient.pointer + plane * plan.outputArea + row * plan.outputWidth
                sums.update(repeating: 0, count: plan.inputWidth)
                for column in plan.columns.positions {
                    for neighbour in plan.columns.neighbours(of: column) {
                        sums[neighbour.cell] += neighbour.weight * slope[column]
                    }
                }
                for neighbour in plan.rows.neighbours(of: row) {
                    let target = target + neighbour.cell * plan.inputWidth
                    for column in 0..<plan.inputWidth { target[column] += neighbour.weight * sums[column] }
                }
            }
        }
    }

    /// The neighbours along both axes of one shape.
    private struct Plan {
        let rows, columns: ResizedAxis
        let planes, inputWidth, outputWidth, inputArea, outputArea: Int

        init(_ resize: Resize, _ input: [Int], _ output: [Int]) {
            let axis = input.count - 2
            rows = ResizedAxis(resize, resize.rows, from: input[axis], to: output[axis])
            columns = ResizedAxis(resize, resize.columns, from: input[axis + 1], to: output[axis + 1])
            planes = input[..<axis].reduce(1, *)
            (inputWidth, outputWidth) = (input[axis + 1], output[axis + 1])
            (inputArea, outputArea) = (input[axis] * inputWidth, output[axis] * outputWidth)
        }
    }
}
