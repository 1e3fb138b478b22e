import Graphs
import Tensors

/// Resizes maps by interpolation or nearest neighbour; ONNX `Resize`, PyTorch's `interpolate`.
///
/// `[…, row, column]` becomes `[…, rows, columns]`. `coordinates` maps each output position to a position on the input's axis, and `mode`
/// chooses the weights of the cells around it; rows and columns are handled separately. Beyond the border, the outermost cells are
/// repeated.
public struct Resize: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "Resize"

    /// The interpolation.
    public enum Mode: Hashable, Sendable {
        /// The nearest cell.
        case nearest
        /// Linear interpolation of the two surrounding cells.
        case linear
        /// Interpolation of the four surrounding cells by Keys' cubic convolution kernel (1981); PyTorch's coefficient is -0.75.
        case cubic(coefficient: Float)
    }

    /// The mapping from output positions to the input's axis.
    public enum Coordinates: Hashable, Sendable {
        /// `(position + 0.5) / scale - 0.5`.
        case halfPixel
        /// The same, but 0 if the output has a single position.
        case pytorchHalfPixel
        /// `position / scale`.
        case asymmetric
        /// The outermost cell centres are aligned.
        case alignCorners
        /// Half pixels around the centre of the input, regardless of how the output's extent was rounded.
        case halfPixelSymmetric
    }

    /// The choice of the nearest cell.
    public enum Rounding: Hashable, Sendable {
        /// The lower cell of a tie.
        case roundPreferFloor
        /// The upper cell of a tie.
        case roundPreferCeil
        /// The lower cell.
        case floor
        /// The upper cell.
        case ceil
    }

    /// The output's extent along an axis.
    public enum Length: Hashable, Sendable {
        /// The input's extent times a factor, rounded down.
        case scale(Double)
        /// A fixed extent.
        case extent(Int)
    }

    /// The interpolation.
    public let mode: Mode
    /// The mapping of positions.
    public let coordinates: Coordinates
    /// The choice of the nearest cell, in mode `nearest`.
    public let rounding: Rounding
    /// The output's number of rows.
    public let rows: Length
    /// The output's number of columns.
    public let columns: Length

    /// Creates a resize.
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

    /// The leading extents, followed by the new rows and columns.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let shape = inputs[0]
        guard shape.count >= 2, shape.allSatisfy({ $0 > 0 }) else {
            throw ShapeError("a map must be […, row, column], not \(shape)")
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
            guard extent >= 1, extent < 0x1p31 else {
                throw ShapeError("\(scale) times \(input) is not a valid extent")
            }
            return Int(extent)
        }
    }

    /// Returns the source cell of each position of a resized axis, in mode `nearest`.
    package func nearestCells(_ length: Length, from extent: Int, to resized: Int) -> [Int] {
        let axis = ResizedAxis(self, length, from: extent, to: resized)
        return axis.positions.flatMap { axis.neighbours(of: $0).map(\.cell) }
    }

    /// One multiply-add per contributing cell, first along columns, then along rows.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int {
        let count = output.reduce(1, *)
        switch mode {
        case .nearest: return 0
        case .linear: return 4 * count
        case .cubic: return 8 * count
        }
    }

    /// One row of the input per worker.
    public func scratchCount(inputs: [[Int]], output: [Int]) -> Int { (inputs[0].last ?? 0) * Parallel.workerCount }

    /// Sums over rows, then over columns.
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

    /// Each cell gets the gradients of the outputs that use it, times its weights.
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

    /// The neighbours along both axes for one shape.
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
