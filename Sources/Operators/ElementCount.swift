import Graphs

/// How many numbers a value of this shape holds.
///
/// - Throws: ``ShapeError`` when it holds none, or more than any machine that this is for could: graphs come from files, which may
///   ask for anything.
@discardableResult
func elementCount(_ shape: [Int]) throws(ShapeError) -> Int {
    var count = 1
    for extent in shape {
        guard extent > 0 else { throw ShapeError("a value of shape \(shape) holds no numbers") }
        let (product, overflow) = count.multipliedReportingOverflow(by: extent)
        guard !overflow, product <= Int(Int32.max) else {
            throw ShapeError("a value of shape \(shape) holds more than \(Int32.max) numbers")
        }
        count = product
    }
    return count
}
