import Boxes
import Tensors

/// One figure of a scene, in pixels.
struct PlacedFigure: Sendable {
    /// A thick stroke with round ends.
    struct Stroke: Sendable {
        var start, end: FigurePose.Point
        var radius: Double
        var tint: Tint

        /// Returns the signed distance of a point from the stroke; negative inside.
        func distance(_ x: Double, _ y: Double) -> Double {
            let (dx, dy) = (end.x - start.x, end.y - start.y)
            let length = dx * dx + dy * dy
            let along = length > 0 ? min(max(((x - start.x) * dx + (y - start.y) * dy) / length, 0), 1) : 0
            let (u, v) = (x - start.x - along * dx, y - start.y - along * dy)
            return (u * u + v * v).squareRoot() - radius
        }
    }

    var centerX, centerY, height: Double
    /// The keypoints in the order of the skeleton.
    var keypoints: [FigurePose.Point]
    /// The strokes from back to front.
    var strokes: [Stroke]
}

/// A scene to be drawn: a background, and figures from back to front. All lengths are relative to the image's side.
struct FigureScene: Sendable {
    let size: Int
    private(set) var background: ShapeTexture
    private(set) var figures: [PlacedFigure] = []
    /// The noise of the film grain.
    private(set) var grain: ValueNoise

    /// Creates a random scene.
    init(size: Int, random: inout SeededGenerator) {
        self.size = size
        let side = Double(size)
        let hue = random.uniform()
        background = ShapeTexture(
            pattern: .mottled,
            base: Tint(hue: hue, saturation: random.uniform(0.05, 0.3), value: random.uniform(0.15, 0.35)),
            accent: Tint(
                hue: hue + random.uniform(0.9, 1.1), saturation: random.uniform(0.05, 0.3),
                value: random.uniform(0.4, 0.6)),
            frequency: random.uniform(2, 7) / side, noise: ValueNoise(seed: random.next()))
        grain = ValueNoise(seed: random.next())
        for _ in 0..<random.integer(in: 1...3) {
            // A figure that cannot be placed in twenty tries is left out.
            for _ in 0..<20 where add(Self.figure(side, &random)) { break }
        }
    }

    /// Adds a figure unless it would hide too much of another.
    private mutating func add(_ figure: PlacedFigure) -> Bool {
        let isCrowded = figures.contains { other in
            let (dx, dy) = (figure.centerX - other.centerX, figure.centerY - other.centerY)
            let reach = 0.2 * (figure.height + other.height)
            return dx * dx + dy * dy < reach * reach
        }
        if !isCrowded { figures.append(figure) }
        return !isCrowded
    }

    private static func figure(_ side: Double, _ random: inout SeededGenerator) -> PlacedFigure {
        let pose = FigurePose(random: &random)
        let height = side * random.uniform(0.38, 0.7)
        let tilt = random.uniform(-0.35, 0.35)
        let norm = (1 + tilt * tilt).squareRoot()
        let (axisX, axisY) = (1 / norm, tilt / norm)
        let (centerX, centerY) = (random.uniform(0.15, 0.85) * side, random.uniform(0.25, 0.75) * side)
        let keypoints = pose.keypoints.map { point -> FigurePose.Point in
            (
                centerX + height * (point.x * axisX - point.y * axisY),
                centerY + height * (point.x * axisY + point.y * axisX)
            )
        }
        let (hue, thickness) = (random.uniform(), height * random.uniform(0.028, 0.04))
        func tint() -> Tint {
            Tint(hue: random.uniform(), saturation: random.uniform(0.5, 1), value: random.uniform(0.75, 1))
        }
        let (shirt, trousers) = (tint(), tint())
        let skin = Tint(hue: 0.04 + 0.06 * hue, saturation: random.uniform(0.3, 0.6), value: random.uniform(0.6, 1))
        func stroke(_ from: Int, _ to: Int, _ radius: Double, _ tint: Tint) -> PlacedFigure.Stroke {
            PlacedFigure.Stroke(start: keypoints[from], end: keypoints[to], radius: radius, tint: tint)
        }
        let legs = [(7, 9), (9, 11), (8, 10), (10, 12)].map { stroke($0.0, $0.1, 1.15 * thickness, trousers) }
        let torso = [(1, 8), (2, 7), (1, 7), (2, 8), (1, 2), (7, 8)].map { stroke($0.0, $0.1, 1.6 * thickness, shirt) }
        let arms = [(1, 3), (2, 4)].map { stroke($0.0, $0.1, thickness, shirt) }
        let hands = [(3, 5), (4, 6)].map { stroke($0.0, $0.1, 0.85 * thickness, skin) }
        let head = stroke(0, 0, FigurePose.headRadius * height, skin)
        return PlacedFigure(
            centerX: centerX, centerY: centerY, height: height, keypoints: keypoints,
            strokes: legs + torso + [head] + arms + hands)
    }
}
