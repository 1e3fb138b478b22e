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
}
