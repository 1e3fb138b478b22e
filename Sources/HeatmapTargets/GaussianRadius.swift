/// The formula for the radius of the peak around an object's centre in the target heatmap.
///
/// CornerNet (Law and Deng, 2018) uses the largest `r` such that a box whose corners are off by up to `r` still has an IoU of at least
/// `minimumOverlap` with the object. Three cases each give a quadratic, and the smallest of their roots is the radius: both corners shifted
/// in the same direction, both inwards, both outwards.
public enum GaussianRadius: String, CaseIterable, Sendable {
    /// CenterNet's formula as published: it takes the larger root of the first two quadratics and divides every root by 2, whatever the
    /// leading coefficient. Published results were trained with this formula.
    case published
    /// The correct roots (CornerNet's later fix); at the same overlap the radius is about a third as long.
    case corrected

    /// Returns the radius in whole cells for a box of `width x height` cells, both of which are rounded up first.
    ///
    /// - Precondition: `minimumOverlap` is above 0 and below 1.
    public func radius(width: Double, height: Double, minimumOverlap: Double = 0.7) -> Int {
        precondition(
            minimumOverlap > 0 && minimumOverlap < 1, "the minimum overlap is \(minimumOverlap), not between 0 and 1")
        guard width > 0, height > 0, width.isFinite, height.isFinite else { return 0 }
        let (width, height) = (width.rounded(.up), height.rounded(.up))
        let (sum, area, overlap) = (width + height, width * height, minimumOverlap)
        // a r^2 - b r + c = 0, one per case.
        let shifted = Quadratic(a: 1, b: sum, c: area * (1 - overlap) / (1 + overlap))
        let inwards = Quadratic(a: 4, b: 2 * sum, c: (1 - overlap) * area)
        let outwards = Quadratic(a: 4 * overlap, b: -2 * overlap * sum, c: (overlap - 1) * area)
        let root =
            switch self {
            case .published:
                min(
                    (shifted.b + shifted.discriminantRoot) / 2, (inwards.b + inwards.discriminantRoot) / 2,
                    (outwards.b + outwards.discriminantRoot) / 2)
            case .corrected:
                min(shifted.smallerRoot, inwards.smallerRoot, outwards.largerRoot)
            }
        // No map is a million cells wide; the limit prevents integer overflow with absurd boxes.
        return Int(min(max(root, 0), 1e6))
    }
}

/// `a r^2 - b r + c`, whose roots are real for every box: `b^2 >= 4 a c` because `(w + h)^2 >= 4 w h`.
private struct Quadratic {
    let a, b, c: Double

    var discriminantRoot: Double { max(0, b * b - 4 * a * c).squareRoot() }
    var smallerRoot: Double { (b - discriminantRoot) / (2 * a) }
    var largerRoot: Double { (b + discriminantRoot) / (2 * a) }
}
