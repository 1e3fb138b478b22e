/// The distance of a curve from its centre in all directions.
///
/// Directions are counted by the position on a square that stands on its corner, which needs no arctangent.
struct RadiusTable: Sendable {
    private static let count = 512
    /// The radius in each direction, the first one again at the end.
    private var radii: [Double]
    /// The factor that turns a difference of radii into a distance: 1 where the curve crosses the ray at a right angle.
    private var factors: [Double]
    /// The corners of the smallest upright box around the curve.
    private(set) var bounds: (low: Point, high: Point)

    init(_ radius: (_ direction: Point) -> Double) {
        let directions = (0...Self.count).map { Self.direction(Double($0) * 4 / Double(Self.count)) }
        radii = directions.map(radius)
        let points = zip(directions, radii).map { $0 * $1 }
        bounds = points.reduce((points[0], points[0])) { (pointwiseMin($0.0, $1), pointwiseMax($0.1, $1)) }
        factors = points.indices.map { index in
            let tangent = points[(index + 1) % Self.count] - points[(index + Self.count - 1) % Self.count]
            let across = abs(tangent.x * directions[index].y - tangent.y * directions[index].x)
            return across / max(tangent.length, 1e-9)
        }
    }

    /// Returns the direction with a number in `0...4`.
    private static func direction(_ number: Double) -> Point {
        let corner: Point =
            switch number {
            case ..<1: [1 - number, number]
            case ..<2: [1 - number, 2 - number]
            case ..<3: [number - 3, 2 - number]
            default: [number - 3, number - 4]
            }
        return corner / corner.length
    }

    /// Returns the distance of a point from the curve, negative inside; exact only near the curve.
    func distance(_ point: Point) -> Double {
        let sum = max(abs(point.x) + abs(point.y), 1e-9)
        let part = point.y / sum
        let number = point.x >= 0 ? (part >= 0 ? part : 4 + part) : 2 - part
        let place = number * (Double(Self.count) / 4)
        let index = min(Int(place), Self.count - 1)
        let rest = place - Double(index)
        let radius = radii[index] + rest * (radii[index + 1] - radii[index])
        let factor = factors[index] + rest * (factors[index + 1] - factors[index])
        return (point.length - radius) * factor
    }

    /// Returns the table of the scaled curve.
    func scaled(by scale: Double) -> RadiusTable {
        var scaled = self
        scaled.radii = radii.map { $0 * scale }
        scaled.bounds = (bounds.low * scale, bounds.high * scale)
        return scaled
    }
}
