import Tensors

/// What an object's surface is like; the other half of its class.
package enum SceneMaterial: String, CaseIterable, Sendable {
    case plain, spotted, striped, tiled
}

/// A coloured surface.
struct SceneSurface: Sendable {
    /// The variants of the materials.
    enum Pattern: CaseIterable, Sendable {
        case even, cloudy, dots, rings, patches, bands, waves, checks, bricks, mosaic, veins
    }

    var pattern: Pattern
    var base, accent: Tint
    /// Repetitions per unit of the surface, and their direction.
    var frequency: Double
    var axis: Point
    /// How much of the surface has the second colour, in `0...1`.
    var share: Double
    /// How much the pattern is bent by noise.
    var bend: Double
    /// How much the brightness varies without any pattern.
    var roughness: Double
    /// Where the surface lies in the tile of noise, and how much of that one unit is.
    var offset: Point
    var grain: Double
    var seed: UInt64

    /// Creates a random surface.
    ///
    /// - Parameter finest: The most repetitions per unit that can be seen.
    init(
        _ material: SceneMaterial, base: Tint, accent: Tint, finest: Double, _ random: inout SeededGenerator
    ) {
        let patterns: [Pattern] =
            switch material {
            case .plain: [.even, .cloudy]
            case .spotted: [.dots, .rings, .patches]
            case .striped: [.bands, .waves]
            case .tiled: [.checks, .bricks, .mosaic, .veins]
            }
        self.init(random.element(of: patterns), base: base, accent: accent, finest: finest, &random)
    }

    /// Creates a random surface with a pattern.
    init(_ pattern: Pattern, base: Tint, accent: Tint, finest: Double, _ random: inout SeededGenerator) {
        self.pattern = pattern
        (self.base, self.accent) = (base, accent)
        frequency = min(random.logUniform(1.2, 5), max(finest, 0.8))
        axis = random.direction()
        share = random.uniform(0.35, 0.6)
        bend = pattern == .waves ? random.uniform(0.3, 0.8) : random.chance(0.5) ? random.uniform(0, 0.25) : 0
        roughness = random.uniform(0.02, 0.16)
        offset = Point(random.uniform(), random.uniform())
        grain = random.logUniform(0.15, 0.6)
        seed = random.next()
    }

    /// Returns the colour of a point.
    ///
    /// - Parameter pixel: The size of a pixel on the surface; edges are that soft.
    func color(_ point: Point, pixel: Double, _ noise: NoiseTile) -> Tint {
        let place = offset + point * grain
        let rough = noise(place)
        var turned = point.turned(by: axis) * frequency
        if bend > 0 {
            turned += Point(noise(place * 0.31 + [0.3, 0.1]), noise(place * 0.31 + [0.7, 0.6])) * (bend * 0.5)
        }
        let part = part(turned, softness: max(pixel * frequency, 0.02), rough)
        return base.mixed(with: accent, part).lit(max(0.2, 1 + roughness * rough))
    }

    private func part(_ point: Point, softness: Double, _ rough: Double) -> Double {
        switch pattern {
        case .even: 0.12 * PortableMath.smoothStep(rough)
        case .cloudy: min(max(0.5 + 0.4 * rough, 0), 1)
        case .dots: spot(point, softness) { $0.length - 0.36 }
        case .rings: spot(point, softness) { abs($0.length - 0.3) - 0.1 }
        case .patches: spot(point, softness) { $0.length - 0.36 - 0.1 * rough }
        case .bands, .waves: PortableMath.smoothStep((share / 2 - abs(point.x - point.x.rounded())) / softness)
        case .checks: 1 - abs(square(point.x, softness) - square(point.y, softness))
        case .bricks: bricks(point, softness)
        case .mosaic: Double(cells(point).key & 0xff) / 255
        case .veins: PortableMath.smoothStep((0.09 - cells(point).edge) / max(softness, 0.05))
        }
    }

    /// Returns a square wave between 0 and 1 with soft edges and a period of one unit.
    private func square(_ x: Double, _ softness: Double) -> Double {
        PortableMath.smoothStep((0.25 - abs(x - x.rounded())) / softness)
    }

    /// Returns spots in a grid, each a little off its place.
    private func spot(_ point: Point, _ softness: Double, _ distance: (Point) -> Double) -> Double {
        let cell = point.rounded(.down)
        let shift = (jitter(Int(cell.x), Int(cell.y)).point - 0.5) * 0.25
        return PortableMath.smoothStep(-distance(point - cell - 0.5 - shift) / softness)
    }

    private func bricks(_ point: Point, _ softness: Double) -> Double {
        let row = point.y.rounded(.down)
        let x = point.x * 0.5 + (Int(row) & 1 == 0 ? 0 : 0.5)
        let toEdge = min(0.5 - abs(x - x.rounded(.down) - 0.5), (0.5 - abs(point.y - row - 0.5)) * 0.5)
        let shade = Double(jitter(Int(x.rounded(.down)), Int(row)).key & 0xff) / 255
        return max(0.35 * shade, PortableMath.smoothStep((0.05 - toEdge) / softness))
    }

    /// Returns random numbers for a cell of a grid.
    private func jitter(_ column: Int, _ row: Int) -> (point: Point, key: UInt64) {
        var z = seed ^ UInt64(bitPattern: Int64(column)) &* 0x9e37_79b9_7f4a_7c15
        z = (z ^ UInt64(bitPattern: Int64(row)) &* 0xc2b2_ae3d_27d4_eb4f) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 29)) &* 0x94d0_49bb_1331_11eb
        z ^= z >> 32
        return (Point(Double(z & 0xffff), Double(z >> 16 & 0xffff)) * 0x1p-16, z >> 32)
    }

    /// Returns how far a point is from the border between the nearest two of scattered points, and the key of the nearest one
    /// (Worley, "A cellular texture basis function", 1996).
    private func cells(_ point: Point) -> (edge: Double, key: UInt64) {
        let cell = point.rounded(.down)
        let inside = point - cell
        let (column, row) = (Int(cell.x), Int(cell.y))
        var (nearest, second, key) = (Double.infinity, Double.infinity, UInt64(0))
        for y in -1...1 {
            for x in -1...1 {
                let random = jitter(column + x, row + y)
                let distance = (Point(Double(x), Double(y)) + random.point * 0.9 - inside).squaredLength
                if distance < nearest {
                    (second, nearest, key) = (nearest, distance, random.key)
                } else if distance < second {
                    second = distance
                }
            }
        }
        return (second.squareRoot() - nearest.squareRoot(), key)
    }
}
