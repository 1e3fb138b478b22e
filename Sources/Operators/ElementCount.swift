import Graphs

/// Returns the number of elements in a value of this shape.
///
/// - Throws: ``ShapeError`` when the shape has no elements or far too many; shapes may come from malformed files.
@discardableResult
func elementCount(_ shape: [Int]) throws(ShapeError) -> Int {
    var count = 1
    for extent in shape {
        guard extent > 0 else { throw ShapeError("a value of shape \(shape) has no elements") }
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard !overflow, product <= Int(Int32.max) else {
            throw ShapeError("a value of shape \(shape) has more than \(Int32.max) elements")
        }
        count = product
    }
    return count
}
