/// The kinds of shapes, which are the classes of synthetic data.
package enum ShapeKind: String, CaseIterable, Sendable {
    case circle, square, star, triangle

    /// Returns the signed distance from a point to the outline of the shape with circumradius 1 around the origin: negative
    /// inside.
    ///
    /// Uses only arithmetic and square roots, which give the same bits on every machine, so the images are the same everywhere.
    package func distance(_ x: Double, _ y: Double) -> Double {
        switch self {
        case .circle: (x * x + y * y).squareRoot() - 1
        case .square: Self.distance(x, y, to: Self.squareCorners)
        case .star: Self.distance(x, y, to: Self.starCorners)
        case .triangle: Self.distance(x, y, to: Self.triangleCorners)
        }
    }

    private typealias Corner = (x: Double, y: Double)

    private static let squareCorners: [Corner] = {
        let half = 0.5.squareRoot()
        return [(-half, -half), (half, -half), (half, half), (-half, half)]
    }()

    private static let triangleCorners: [Corner] = {
        let half = 0.75.squareRoot()
        return [(0, -1), (half, 0.5), (-half, 0.5)]
    }()

    /// Five points on the unit circle with five on a smaller one between them.
    private static let starCorners: [Corner] = {
        let (cos36, sin36) = ((5.0.squareRoot() + 1) / 4, ((5 - 5.0.squareRoot()) / 8).squareRoot())
        var corners: [Corner] = []
        var (x, y) = (0.0, -1.0)
        for step in 0..<10 {
            let radius = step % 2 == 0 ? 1 : 0.45
            corners.append((x * radius, y * radius))
            (x, y) = (x * cos36 - y * sin36, x * sin36 + y * cos36)
        }
        return corners
    }()

    /// Returns the distance to the nearest side of a polygon, negative inside, where a ray crosses the outline an odd number of times.
    private static func distance(_ x: Double, _ y: Double, to corners: [Corner]) -> Double {
        var nearest = Double.infinity
        var isInside = false
        var previous = corners[corners.count - 1]
        for corner in corners {
            let (sideX, sideY) = (corner.x - previous.x, corner.y - previous.y)
            let (toX, toY) = (x - previous.x, y - previous.y)
            let along = min(max((toX * sideX + toY * sideY) / (sideX * sideX + sideY * sideY), 0), 1)
            let (awayX, awayY) = (toX - along * sideX, toY - along * sideY)
            nearest = min(nearest, awayX * awayX + awayY * awayY)
            if (corner.y > y) != (previous.y > y), x < (y - corner.y) / sideY * sideX + corner.x { isInside.toggle() }
            previous = corner
        }
        return isInside ? -nearest.squareRoot() : nearest.squareRoot()
    }
}
