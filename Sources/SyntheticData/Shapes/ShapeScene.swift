import Boxes
import Tensors

/// One shape of a scene.
struct PlacedShape: Sendable {
    var kind: ShapeKind
    /// The centre and circumradius in pixels.
    var centerX, centerY, radius: Double
    /// The direction of the shape's x axis, of length 1.
    var axisX, axisY: Double
    var texture: ShapeTexture

    /// Returns a point of the image in the shape's own coordinates, where its circumradius is 1.
    func local(_ x: Double, _ y: Double) -> (x: Double, y: Double) {
        let (u, v) = ((x - centerX) / radius, (y - centerY) / radius)
        return (u * axisX + v * axisY, v * axisX - u * axisY)
    }
}

/// A scene to be drawn: a background, a light, and shapes from back to front. All lengths are relative to the image's side.
struct ShapeScene: Sendable {
    let size: Int
    private(set) var background: ShapeTexture
    /// The direction to the light; length 1.
    private(set) var lightX, lightY: Double
    /// The additional brightness of the side towards the light.
    private(set) var lightStrength: Double
    private(set) var shapes: [PlacedShape] = []
    /// The noise of the film grain.
    private(set) var grain: ValueNoise

    /// Creates a random scene.
    init(size: Int, random: inout SeededGenerator) {
        self.size = size
        let side = Double(size)
        let hue = random.uniform()
        // The background is dull and the shapes are bright, like most objects to be detected.
        background = ShapeTexture(
            pattern: .mottled,
            base: Tint(hue: hue, saturation: random.uniform(0.05, 0.35), value: random.uniform(0.15, 0.4)),
            accent: Tint(
                hue: hue + random.uniform(-0.1, 0.1) + 1, saturation: random.uniform(0.05, 0.35),
                value: random.uniform(0.4, 0.7)),
            frequency: random.uniform(2, 7) / side, noise: ValueNoise(seed: random.next()))
        (lightX, lightY) = Self.direction(&random)
        lightStrength = random.uniform(0.1, 0.35)
        grain = ValueNoise(seed: random.next())
        let count = random.chance(0.03) ? 0 : random.integer(in: 5...14)
        for _ in 0..<count {
            // A shape that cannot be placed in twenty tries is left out.
            for _ in 0..<20 where add(Self.shape(side, &random)) { break }
        }
    }

    /// Adds a shape unless it would hide too much of another.
    private mutating func add(_ shape: PlacedShape) -> Bool {
        let isCrowded = shapes.contains { other in
            let (dx, dy) = (shape.centerX - other.centerX, shape.centerY - other.centerY)
            let reach = 0.6 * (shape.radius + other.radius)
            return dx * dx + dy * dy < reach * reach
        }
        if !isCrowded { shapes.append(shape) }
        return !isCrowded
    }

    private static func shape(_ side: Double, _ random: inout SeededGenerator) -> PlacedShape {
        let kind = ShapeKind.allCases[random.integer(in: 0...ShapeKind.allCases.count - 1)]
        // Small shapes are more common than large ones.
        let draw = random.uniform()
        let radius = side * (0.09 + 0.11 * draw * draw)
        let hue = random.uniform()
        let texture = ShapeTexture(
            pattern: ShapeTexture.Pattern.allCases[random.integer(in: 0...ShapeTexture.Pattern.allCases.count - 1)],
            base: Tint(hue: hue, saturation: random.uniform(0.55, 1), value: random.uniform(0.75, 1)),
            accent: Tint(
                hue: hue + random.uniform(-0.08, 0.08) + 1, saturation: random.uniform(0.4, 0.9),
                value: random.uniform(0.6, 0.9)),
            frequency: random.uniform(1, 2.5), noise: ValueNoise(seed: random.next()))
        let (axisX, axisY) = direction(&random)
        // The centre is inside the image, the rest may extend beyond the border.
        let margin = radius * 0.6
        return PlacedShape(
            kind: kind, centerX: random.uniform(margin, side - margin), centerY: random.uniform(margin, side - margin),
            radius: radius, axisX: axisX, axisY: axisY, texture: texture)
    }

    /// Returns a uniformly distributed direction without sine and cosine, whose last bits differ between machines.
    private static func direction(_ random: inout SeededGenerator) -> (Double, Double) {
        while true {
            let (x, y) = (random.uniform(-1, 1), random.uniform(-1, 1))
            let length = (x * x + y * y).squareRoot()
            if (0.1...1).contains(length) { return (x / length, y / length) }
        }
    }
}
