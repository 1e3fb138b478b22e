import Boxes

/// The bounding box and the number of visible pixels.
package struct PixelExtent {
    private var (left, right, top, bottom) = (Int.max, Int.min, Int.max, Int.min)
    package private(set) var count = 0

    /// Starts without pixels.
    package init() {}

    package mutating func add(_ x: Int, _ y: Int) {
        (left, right) = (min(left, x), max(right, x))
        (top, bottom) = (min(top, y), max(bottom, y))
        count += 1
    }

    package var box: Box<ImagePixels> {
        Box(xMin: Double(left), yMin: Double(top), xMax: Double(right + 1), yMax: Double(bottom + 1))
    }
}
