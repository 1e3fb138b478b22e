import Boxes

/// The bounding box and the number of visible pixels.
struct PixelExtent {
    private var (left, right, top, bottom) = (Int.max, Int.min, Int.max, Int.min)
    private(set) var count = 0

    mutating func add(_ x: Int, _ y: Int) {
        (left, right) = (min(left, x), max(right, x))
        (top, bottom) = (min(top, y), max(bottom, y))
        count += 1
    }

    var box: Box<ImagePixels> {
        Box(xMin: Double(left), yMin: Double(top), xMax: Double(right + 1), yMax: Double(bottom + 1))
    }
}
