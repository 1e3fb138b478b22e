import Boxes

/// How far counts of objects are off.
public struct CountErrors: Hashable, Sendable {
    /// The mean over all images of the absolute difference of both counts; -1 without images.
    public let meanAbsolute: Double
    /// The root of the mean squared difference; -1 without images.
    public let rootMeanSquare: Double
    /// The grid average mean absolute error at levels 0 to 3 (GAME; Guerrero-Gómez-Olmedo et al., "Extremely Overlapping Vehicle Counting",
    /// 2015): each image is divided into `4^level` equal parts, whose absolute differences are added up. Level 0 is ``meanAbsolute``;
    /// higher levels also notice objects that are counted in the wrong place.
    public let grid: [Double]

    /// The levels of ``grid``.
    static let levels = 0...3

    /// The points of one image that are compared.
    struct Image {
        /// The image's size in pixels.
        var width, height: Double
        /// The annotated objects, and the detections.
        var objects, detections: [Box<ImagePixels>]

        /// Returns the sum of the differences in each of `side x side` parts.
        func difference(side: Int) -> Int {
            var counts = [Int](repeating: 0, count: side * side)
            func part(_ value: Double, of extent: Double) -> Int {
                extent > 0 ? min(max(Int((value / extent * Double(side)).rounded(.down)), 0), side - 1) : 0
            }
            for (points, sign) in [(objects, 1), (detections, -1)] {
                for point in points {
                    counts[part(point.centerY, of: height) * side + part(point.centerX, of: width)] += sign
                }
            }
            return counts.reduce(0) { $0 + abs($1) }
        }
    }

    init(_ images: [Image]) {
        guard !images.isEmpty else {
            (meanAbsolute, rootMeanSquare, grid) = (-1, -1, Self.levels.map { _ in -1 })
            return
        }
        let count = Double(images.count)
        let differences = images.map { Double($0.objects.count - $0.detections.count) }
        meanAbsolute = differences.reduce(0) { $0 + abs($1) } / count
        rootMeanSquare = (differences.reduce(0) { $0 + $1 * $1 } / count).squareRoot()
        grid = Self.levels.map { level in
            Double(images.reduce(0) { $0 + $1.difference(side: 1 << level) }) / count
        }
    }
}
