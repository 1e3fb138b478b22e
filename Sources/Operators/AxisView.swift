import Graphs
import Tensors

/// A shape split at one of its axes: everything before it, the axis, and everything behind it.
struct AxisView {
    let outer, extent, inner: Int

    /// - Parameter axis: An axis of the shape.
    init(_ shape: [Int], axis: Int) {
        outer = shape[..<axis].reduce(1, *)
        extent = shape[axis]
        inner = shape[(axis + 1)...].reduce(1, *)
    }

    /// Checks that the axis exists.
    static func check(_ shape: [Int], axis: Int) throws(ShapeError) {
        try elementCount(shape)
        guard shape.indices.contains(axis) else { throw ShapeError("there is no axis \(axis) in the shape \(shape)") }
    }

    /// Calls `body` for blocks of adjacent columns: `start` is the first element of the first column; the elements of each column are
    /// `inner` apart.
    func forEachBlock(_ body: (_ start: Int, _ width: Int) -> Void) {
        let blocks = (inner + Self.width - 1) / Self.width
        // Short columns are processed together, so that dispatching them does not dominate.
        let together = max(1, (1 << 12) / (extent * min(inner, Self.width)))
        let units = (outer * blocks + together - 1) / together
        Parallel.forEach(units) { unit, _ in
            for block in unit * together..<min(outer * blocks, (unit + 1) * together) {
                let column = block % blocks * Self.width
                body(block / blocks * extent * inner + column, min(Self.width, inner - column))
            }
        }
    }

    /// The maximum number of columns in a block.
    static let width = 128
}

/// Adjacent columns of an ``AxisView``.
struct ColumnBlock {
    let start, width: Int
    let view: AxisView

    /// Calls `body` for each element, row by row.
    @inline(__always)
    func forEach(_ body: (_ index: Int, _ column: Int) -> Void) {
        for place in 0..<view.extent {
            let row = start + place * view.inner
            for column in 0..<width { body(row + column, column) }
        }
    }

    /// Computes the maximum of each column.
    func maximum(of input: UnsafePointer<Float>, into highest: UnsafeMutablePointer<Float>) {
        for column in 0..<width { highest[column] = input[start + column] }
        forEach { index, column in highest[column] = input[index] > highest[column] ? input[index] : highest[column] }
    }
}

extension AxisView {
    /// Calls `body` for blocks of adjacent columns, with memory for two numbers per column; the second is zero.
    func forEachBlock(
        _ body: (_ block: ColumnBlock, _ highest: UnsafeMutablePointer<Float>, _ sums: UnsafeMutablePointer<Float>) ->
            Void
    ) {
        forEachBlock { start, width in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * Self.width) { memory in
                guard let numbers = memory.baseAddress else { return }
                (numbers + Self.width).update(repeating: 0, count: width)
                body(ColumnBlock(start: start, width: width, view: self), numbers, numbers + Self.width)
            }
        }
    }
}
