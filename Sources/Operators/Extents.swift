import Graphs

/// Overflow-checked arithmetic with extents from untrusted files: invalid extents are errors, not crashes.
enum Extents {
    /// - Throws: ``ShapeError`` when the product is not a valid extent.
    static func product(_ left: Int, _ right: Int) throws(ShapeError) -> Int {
        let (result, overflow) = left.multipliedReportingOverflow(by: right)
        if overflow { throw ShapeError("\(left) times \(right) is not a valid extent") }
        return result
    }

    /// - Throws: ``ShapeError`` when the sum is not a valid extent.
    static func sum(_ parts: Int...) throws(ShapeError) -> Int {
        var total = 0
        for part in parts {
            let (result, overflow) = total.addingReportingOverflow(part)
            if overflow { throw ShapeError("the sum of \(parts) is not a valid extent") }
            total = result
        }
        return total
    }

    /// - Throws: ``ShapeError`` when the axis does not exist.
    static func requireAxis(_ axis: Int, of shape: [Int]) throws(ShapeError) {
        guard shape.indices.contains(axis) else { throw ShapeError("\(shape) has no axis \(axis)") }
    }
}
