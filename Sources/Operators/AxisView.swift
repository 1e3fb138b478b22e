import Graphs
import Tensors

/// A shape seen along one of its axes: everything before it, it, and everything behind it.
struct AxisView {
    let outer, extent, inner: Int

    /// - Parameter axis: Within the shape.
    init(_ shape: [Int], axis: Int) {
        outer = shape[..<axis].reduce(1, *)
        extent = shape[axis]
        inner = shape[(axis + 1)...].reduce(1, *)
    }

    /// Checks that there is such an axis.
    static func check(_ shape: [Int], axis: Int) throws(ShapeError) {
        try elementCount(shape)
        guard shape.indices.contains(axis) else { throw ShapeError("there is no axis \(axis) in the shape \(shape)") }
    }

    /// Calls `body` for blocks of neighbouring columns: `start` is the first element of the first one, and each has its further
    /// elements `inner` apart.
    func forEachBlock(_ body: (_ start: Int, _ width: Int) -> Void) {
        let blocks = (inner + Self.width - 1) / Self.width
        // Short columns go together, so that handing them out is not the most of the work.
        let together = max(1, (1 << 12) / (extent * min(inner, Self.width)))
        let units = (outer * blocks + together - 1) / together
        Parallel.forEach(units) { unit, _ in
            for block in unit * together..<min(outer * blocks, (unit + 1) * together) {
                let column = block % blocks * Self.width
                body(block / blocks * extent * inner + column, min(Self.width, inner - column))
            }
        }
    }

    /// Columns in a block at most.
    static let width = 128
}
