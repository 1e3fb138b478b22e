import Graphs
import Tensors

/// Samples a map at positions given by a second input; ONNX `GridSample`, PyTorch's `grid_sample`.
///
/// Input `[batch, channel, row, column]` and grid `[batch, y, x, 2]` become `[batch, channel, y, x]`. A position is a column and a row, in
/// that order, from -1 to 1 over the map: between the outermost cell centres, or between the outermost edges.
public struct GridSample: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "GridSample"

    /// The interpolation.
    public enum Mode: Hashable, Sendable {
        /// Bilinear interpolation of the four surrounding cells.
        case linear
        /// The nearest cell; ties go to the even index.
        case nearest
    }

    /// The padding outside the map.
    public enum Outside: Hashable, Sendable {
        /// Zeros.
        case zeros
        /// The outermost cells.
        case border
        /// The map mirrored at its edges.
        case reflection
    }

    /// The interpolation.
    public let mode: Mode
    /// The padding outside the map.
    public let padding: Outside
    /// Whether -1 and 1 are the outermost cell centres.
    public let alignsCorners: Bool

    /// Creates the operator.
    public init(mode: Mode = .linear, padding: Outside = .zeros, alignsCorners: Bool = false) {
        self.mode = mode
        self.padding = padding
        self.alignsCorners = alignsCorners
    }

    /// Two inputs.
    public var inputCount: ClosedRange<Int> { 2...2 }

    /// `[batch, channel, y, x]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let (map, grid) = (try MapShape(checking: inputs[0]), inputs[1])
        guard grid.count == 4, grid[0] == map.batch, grid[3] == 2 else {
            throw ShapeError("the grid for \(inputs[0]) must be [\(map.batch), y, x, 2], not \(grid)")
        }
        return [map.batch, map.channels, grid[1], grid[2]]
    }

    /// Four multiply-adds per output element.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int { 4 * output.reduce(1, *) }

    /// Computes the weighted sum of the cells around each position.
    public func forward(_ call: ForwardCall) {
        let (map, grid) = (MapShape(call.inputs[0].shape), call.inputs[1])
        let area = grid.shape[1] * grid.shape[2]
        Parallel.forEach(map.batch * grid.shape[1]) { unit, _ in
            let image = unit / grid.shape[1]
            for place in unit * grid.shape[2]..<(unit + 1) * grid.shape[2] {
                let cells = cells(grid, place, map)
                let target = call.output.pointer + image * map.channels * area + place - image * area
                for channel in 0..<map.channels {
                    let plane = call.inputs[0].pointer + (image * map.channels + channel) * map.area
                    var sum: Float = 0
                    for cell in 0..<4 where cells.indices[cell] >= 0 {
                        sum += cells.weights[cell] * plane[cells.indices[cell]]
                    }
                    target[channel * area] = sum
                }
            }
        }
    }

    /// The cells get the gradient times their weights; the position gets, summed over the channels, the gradient times the derivative of
    /// the sample with respect to the position.
    public func backward(_ call: BackwardCall) {
        let (map, grid) = (MapShape(call.forward.inputs[0].shape), call.forward.inputs[1])
        let area = grid.shape[1] * grid.shape[2]
        if let gradient = call.inputGradients[0] {
            // Several positions may sample the same cell, so the positions of an image are processed one after the other.
            Parallel.forEach(map.batch * map.channels) { unit, _ in
                let image = unit / map.channels
                for place in 0..<area {
                    let cells = cells(grid, image * area + place, map)
                    let slope = call.outputGradient.pointer[unit * area + place]
                    for cell in 0..<4 where cells.indices[cell] >= 0 {
                        gradient.pointer[unit * map.area + cells.indices[cell]] += cells.weights[cell] * slope
                    }
                }
            }
        }
        guard let gradient = call.inputGradients[1], mode == .linear else { return }
        Parallel.forEach(map.batch * grid.shape[1]) { unit, _ in
            let image = unit / grid.shape[1]
            for place in unit * grid.shape[2]..<(unit + 1) * grid.shape[2] {
                let cells = cells(grid, place, map)
                var slopes = SIMD2<Float>(repeating: 0)
                for channel in 0..<map.channels {
                    let plane = image * map.channels + channel
                    let slope = call.outputGradient.pointer[plane * area + place - image * area]
                    let input = call.forward.inputs[0].pointer + plane * map.area
                    for cell in 0..<4 where cells.indices[cell] >= 0 {
                        slopes += cells.slope(cell) * (slope * input[cells.indices[cell]])
                    }
                }
                gradient.pointer[2 * place] += slopes.x
                gradient.pointer[2 * place + 1] += slopes.y
            }
        }
    }

    private func cells(_ grid: TensorView, _ place: Int, _ map: MapShape) -> SampledCells {
        let x = position(grid.pointer[2 * place], extent: map.columns)
        let y = position(grid.pointer[2 * place + 1], extent: map.rows)
        return SampledCells(x, y, map, isNearest: mode == .nearest)
    }

    /// Returns the position in cells along an axis for a grid coordinate, and its derivative.
    private func position(_ value: Float, extent: Int) -> (place: Float, slope: Float) {
        // NaN is treated as -1, as in PyTorch.
        let value = value.isNaN ? -1 : value
        let factor = Float(alignsCorners ? extent - 1 : extent) / 2
        let place = alignsCorners ? (value + 1) * factor : ((value + 1) * Float(extent) - 1) / 2
        let highest = Float(extent - 1)
        func clipped(_ place: Float, _ slope: Float) -> (Float, Float) {
            if place <= 0 { return (0, 0) }
            return place >= highest ? (highest, 0) : (place, slope)
        }
        switch padding {
        case .zeros: return (place, factor)
        case .border: return clipped(place, factor)
        case .reflection:
            let (lowest, span) = alignsCorners ? (Float(0), highest) : (-0.5, Float(extent))
            guard span > 0, place.isFinite else { return (0, 0) }
            let distance = abs(place - lowest)
            let turns = (distance / span).rounded(.down)
            let rest = distance - turns * span
            let isForward = turns.truncatingRemainder(dividingBy: 2) == 0
            let direction: Float = (place < lowest) == isForward ? -1 : 1
            return clipped(lowest + (isForward ? rest : span - rest), factor * direction)
        }
    }
}

/// The four cells around a position on a map.
private struct SampledCells {
    /// The index of each cell in a plane; -1 for cells outside.
    var indices = SIMD4<Int>(repeating: -1)
    /// The cells' weights.
    var weights = SIMD4<Float>(repeating: 0)
    /// The derivatives of the weights with respect to the grid's column and row.
    private var columnSlopes = SIMD4<Float>(repeating: 0)
    private var rowSlopes = SIMD4<Float>(repeating: 0)

    init(
        _ x: (place: Float, slope: Float), _ y: (place: Float, slope: Float), _ map: MapShape, isNearest: Bool
    ) {
        // Positions further out meet no cell, and would overflow integers.
        guard abs(x.place) < 0x1p24, abs(y.place) < 0x1p24 else { return }
        if isNearest {
            add(0, Int(x.place.rounded(.toNearestOrEven)), Int(y.place.rounded(.toNearestOrEven)), map, 1, 0, 0)
            return
        }
        let (left, top) = (x.place.rounded(.down), y.place.rounded(.down))
        let (right, below) = (x.place - left, y.place - top)
        for cell in 0..<4 {
            let (isRight, isBelow) = (cell & 1 == 1, cell & 2 == 2)
            let (across, down) = (isRight ? right : 1 - right, isBelow ? below : 1 - below)
            add(
                cell, Int(left) + (isRight ? 1 : 0), Int(top) + (isBelow ? 1 : 0), map, across * down,
                (isRight ? x.slope : -x.slope) * down, (isBelow ? y.slope : -y.slope) * across)
        }
    }

    func slope(_ cell: Int) -> SIMD2<Float> { SIMD2(columnSlopes[cell], rowSlopes[cell]) }

    private mutating func add(
        _ cell: Int, _ column: Int, _ row: Int, _ map: MapShape, _ weight: Float, _ columnSlope: Float,
        _ rowSlope: Float
    ) {
        guard (0..<map.columns).contains(column), (0..<map.rows).contains(row) else { return }
        indices[cell] = row * map.columns + column
        weights[cell] = weight
        columnSlopes[cell] = columnSlope
        rowSlopes[cell] = rowSlope
    }
}
