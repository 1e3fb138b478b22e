import Images
import Tensors

/// What a spot looks like: its class.
enum SpotKind: String, CaseIterable, Sendable {
    /// Filled.
    case disc
    /// Hollow.
    case ring

    /// Returns how much of a spot's colour is seen at a distance from its centre, in `0...1`; the edges are a pixel wide.
    func cover(distance: Double, radius: Double) -> Double {
        let inside = min(max(radius - distance + 0.5, 0), 1)
        switch self {
        case .disc: return inside
        case .ring: return inside * min(max(distance - 0.45 * radius + 0.5, 0), 1)
        }
    }
}

/// A spot of a scene, in pixels.
struct Spot: Sendable {
    var kind: SpotKind
    var x, y, radius: Double
    var tint: Tint
}

/// Spots on a background: either anywhere, or in a few groups.
struct SpotScene: Sendable {
    private let size: Int
    private let background: ShapeTexture
    private let grain: ValueNoise
    private(set) var spots: [Spot] = []

    /// The most spots in an image.
    private static let maximumCount = 1000
    /// The area in square pixels that each spot has at least, on average.
    private static let minimumArea = 60

    /// Creates a random scene.
    init(size: Int, random: inout SeededGenerator) {
        self.size = size
        let side = Double(size)
        let hue = random.uniform()
        background = ShapeTexture(
            pattern: .mottled,
            base: Tint(hue: hue, saturation: random.uniform(0.05, 0.3), value: random.uniform(0.1, 0.25)),
            accent: Tint(hue: hue, saturation: random.uniform(0.05, 0.3), value: random.uniform(0.25, 0.4)),
            frequency: random.uniform(2, 7) / side, noise: ValueNoise(seed: random.next()))
        grain = ValueNoise(seed: random.next())
        let limit = min(Self.maximumCount, max(4, size * size / Self.minimumArea))
        // Sparse images are more common than crowds; a few are empty.
        let draw = random.uniform()
        let count = random.chance(0.03) ? 0 : max(1, Int(draw * draw * draw * Double(limit)))
        let groups = random.chance(0.5) ? random.integer(in: 1...4) : 0
        let centers = (0..<groups).map { _ in (random.uniform(0.2, 0.8) * side, random.uniform(0.2, 0.8) * side) }
        for _ in 0..<count {
            // A spot that cannot be placed in twenty tries is left out.
            for _ in 0..<20 where add(Self.spot(side, centers, &random)) { break }
        }
    }

    /// Adds a spot unless another is in its place.
    private mutating func add(_ spot: Spot) -> Bool {
        let side = Double(size)
        guard spot.x > 1, spot.y > 1, spot.x < side - 1, spot.y < side - 1 else { return false }
        let isTaken = spots.contains { other in
            let (dx, dy, reach) = (other.x - spot.x, other.y - spot.y, 0.8 * (other.radius + spot.radius))
            return dx * dx + dy * dy < reach * reach
        }
        if !isTaken { spots.append(spot) }
        return !isTaken
    }

    private static func spot(_ side: Double, _ groups: [(Double, Double)], _ random: inout SeededGenerator) -> Spot {
        let kind = SpotKind.allCases[random.integer(in: 0...SpotKind.allCases.count - 1)]
        var (x, y) = (random.uniform(0, side), random.uniform(0, side))
        if !groups.isEmpty {
            let (middleX, middleY) = groups[random.integer(in: 0...groups.count - 1)]
            // The sum of three uniform numbers is dense in the middle.
            x = middleX + (0..<3).reduce(0) { sum, _ in sum + random.uniform(-0.15, 0.15) } * side
            y = middleY + (0..<3).reduce(0) { sum, _ in sum + random.uniform(-0.15, 0.15) } * side
        }
        let tint = Tint(hue: random.uniform(), saturation: random.uniform(0.1, 0.5), value: random.uniform(0.75, 1))
        return Spot(kind: kind, x: x, y: y, radius: random.uniform(2.5, 4.5), tint: tint)
    }

    /// The image, with some grain.
    var painted: Image {
        var canvas = PaintedScene(size: size, background: background)
        for spot in spots {
            let reach = spot.radius + 1
            for row in max(0, Int(spot.y - reach))...min(size - 1, Int(spot.y + reach)) {
                for column in max(0, Int(spot.x - reach))...min(size - 1, Int(spot.x + reach)) {
                    let (dx, dy) = (Double(column) + 0.5 - spot.x, Double(row) + 0.5 - spot.y)
                    let cover = spot.kind.cover(distance: (dx * dx + dy * dy).squareRoot(), radius: spot.radius)
                    let place = row * size + column
                    canvas.pixels[place] = canvas.pixels[place].mixed(with: spot.tint, cover)
                }
            }
        }
        return canvas.image { x, y in 0.95 + 0.1 * grain(x * 0.9, y * 0.9) }
    }
}
