/// What objects are annotated and detected as.
///
/// All objects of a data set, and all detections of a network, are of one kind. Types that hold objects of either kind have a `box`; that
/// of a point is the point itself, ``Box/init(pointX:y:)``, and says nothing about the object's size.
public enum ObjectKind: String, CaseIterable, Hashable, Sendable {
    /// Objects with a size: an axis-aligned rectangle around each.
    case boxes
    /// Objects of which only a place is known: cells, heads in a crowd, tree tops.
    case points
}

extension Box {
    /// Creates the place of an object that is a point (``ObjectKind/points``): all edges are there.
    public init(pointX x: Double, y: Double) { self.init(xMin: x, yMin: y, xMax: x, yMax: y) }

    /// Returns the point in the middle, without the size.
    public var center: Box { Box(pointX: centerX, y: centerY) }

    /// Returns the distance between the centres of two boxes, or between two points.
    public func centerDistance(to other: Box) -> Double {
        let (x, y) = (centerX - other.centerX, centerY - other.centerY)
        return (x * x + y * y).squareRoot()
    }
}
