import Graphs

/// Arithmetic with extents that may come from anybody's file: what does not fit is an error, not a crash.
enum Extents {
    /// - Throws: ``ShapeError`` when the product cannot be an extent.
    static func product(_ left: Int, _ right: Int) throws(ShapeError) -> Int {
        let (result, overflow) = left.multipliedReportingOverflow(by: right)
        if overflow { throw ShapeError("\(left) times \(right) is no extent") }
        return result
    }

    /// - Throws: ``ShapeError`` when the sum cannot be an extent.
    static func sum(_ parts: Int...) throws(ShapeError) -> Int {
        var total = 0
        for part in parts {
            let (result, overflow) = total.addingReportingOverflow(part)
            if overflow { throw ShapeError("the sum of \(parts) is no extent") }
            total = result
        }
        return total
    }

    /// - Throws: ``ShapeError`` when there is no such axis.
    static func requireAxis(_ axis: Int, of shape: [Int]) throws(ShapeError) {
        guard shape.indices.contains(axis) else { throw ShapeError("\(shape) has no axis \(axis)") }
    }

    /// The shape that two shapes give together, aligned at their last axes, when an extent of 1 stands for any (NumPy's broadcasting).
    ///
    /// - Throws: ``ShapeError`` when two extents differ and neither is 1.
    static func broadcast(_ left: [Int], _ right: [Int]) throws(ShapeError) -> [Int] {
        let rank = max(left.count, right.count)
        func extent(_ shape: [Int], _ axis: Int) -> Int {
            let index = axis - (rank - shape.count)
            return index < 0 ? 1 : shape[index]
        }
        var result: [Int] = []
        for axis in 0..<rank {
            let (a, b) = (extent(left, axis), extent(right, axis))
            guard a == b || a == 1 || b == 1 else { throw ShapeError("\(left) and \(right) do not broadcast") }
            result.append(a == 1 ? b : a)
        }
        return result
    }
}
