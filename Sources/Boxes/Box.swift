/// An axis-aligned rectangle in continuous coordinates of one space.
public struct Box<Space: CoordinateSpace>: Hashable, Codable, Sendable {
    /// The left edge.
    public var xMin: Double
    /// The top edge.
    public var yMin: Double
    /// The right edge.
    public var xMax: Double
    /// The bottom edge.
    public var yMax: Double

    /// Creates a box from its edges; inverted edges are kept, and such a box is empty.
    public init(xMin: Double, yMin: Double, xMax: Double, yMax: Double) {
        self.xMin = xMin
        self.yMin = yMin
        self.xMax = xMax
        self.yMax = yMax
    }

    /// Creates a box from its centre, width and height.
    public init(centerX: Double, centerY: Double, width: Double, height: Double) {
        self.init(
            xMin: centerX - width / 2, yMin: centerY - height / 2, xMax: centerX + width / 2, yMax: centerY + height / 2
        )
    }

    /// The width; negative when the edges are inverted.
    public var width: Double { xMax - xMin }
    /// The height; negative when the edges are inverted.
    public var height: Double { yMax - yMin }
    /// The x coordinate of the centre.
    public var centerX: Double { (xMin + xMax) / 2 }
    /// The y coordinate of the centre.
    public var centerY: Double { (yMin + yMax) / 2 }
    /// Whether the box has no area.
    public var isEmpty: Bool { !(width > 0 && height > 0) }
    /// The area; zero for an empty box.
    public var area: Double { isEmpty ? 0 : width * height }
    /// Whether no edge is NaN or infinite.
    public var isFinite: Bool { xMin.isFinite && yMin.isFinite && xMax.isFinite && yMax.isFinite }

    /// Returns the intersection with another box; empty when they do not overlap.
    public func intersection(_ other: Box) -> Box {
        Box(
            xMin: max(xMin, other.xMin), yMin: max(yMin, other.yMin), xMax: min(xMax, other.xMax),
            yMax: min(yMax, other.yMax))
    }

    /// Returns the intersection over union, in `0...1`; zero when both are empty.
    public func intersectionOverUnion(_ other: Box) -> Double {
        let shared = intersection(other).area
        let union = area + other.area - shared
        return union > 0 ? shared / union : 0
    }

    /// Returns the box clipped to `[0, width] x [0, height]`.
    public func clipped(width: Double, height: Double) -> Box {
        func clip(_ value: Double, _ limit: Double) -> Double { min(max(value, 0), limit) }
        return Box(
            xMin: clip(xMin, width), yMin: clip(yMin, height), xMax: clip(xMax, width), yMax: clip(yMax, height))
    }
}

extension Box where Space == ImagePixels {
    /// Creates a box from VOC's edges, which are 1-based and inclusive: pixel 1 is the first, and `xmin == xmax` is one pixel wide.
    public init(vocXMin: Double, yMin: Double, xMax: Double, yMax: Double) {
        self.init(xMin: vocXMin - 1, yMin: yMin - 1, xMax: xMax, yMax: yMax)
    }

    /// The edges in VOC's form: 1-based and inclusive.
    public var voc: (xMin: Double, yMin: Double, xMax: Double, yMax: Double) { (xMin + 1, yMin + 1, xMax, yMax) }
}
