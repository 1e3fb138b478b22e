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
