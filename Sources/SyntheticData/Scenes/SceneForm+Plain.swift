import Tensors

/// Forms of one part.
extension SceneForm {
    static func ellipse(_ random: inout SeededGenerator) -> SceneBody {
        SceneBody([ScenePart(outlines: [.ellipse(.zero, [1, random.uniform(0.5, 1)])])])
    }

    static func box(_ random: inout SeededGenerator) -> SceneBody {
        let (half, rounding) = (random.uniform(0.3, 1), random.chance(0.5) ? random.uniform(0, 0.15) : 0)
        let (taper, shear) = (random.uniform(-0.1, 0.1), random.uniform(-0.12, 0.12))
        let corners: [Point] = [
            [-1 + taper + shear, -half], [1 - taper + shear, -half], [1 - shear, half], [-1 - shear, half],
        ]
        return SceneBody([ScenePart(outlines: [.polygon(corners, rounding: rounding)])])
    }

    static func polygon(_ random: inout SeededGenerator) -> SceneBody {
        let count = random.integer(in: 3...6)
        let start = random.uniform()
        let corners = (0..<count).map { index in
            PortableMath.direction(start + (Double(index) + random.uniform(-0.15, 0.15)) / Double(count))
                * random.uniform(0.85, 1)
        }
        return SceneBody([ScenePart(outlines: [.polygon(corners, rounding: random.uniform(0, 0.06))])])
    }

    static func star(_ random: inout SeededGenerator) -> SceneBody {
        let (count, inner) = (random.integer(in: 4...8), random.uniform(0.3, 0.6))
        let corners = (0..<2 * count).map { index in
            PortableMath.direction(Double(index) / Double(2 * count))
                * (index % 2 == 0 ? random.uniform(0.92, 1) : inner)
        }
        return SceneBody([ScenePart(outlines: [.polygon(corners, rounding: random.uniform(0, 0.05))])])
    }

    /// Returns the sum of some waves around a circle: Fourier descriptors.
    static func waves(_ strength: Double, _ count: Int, _ random: inout SeededGenerator) -> (Point) -> Double {
        let waves = (2..<2 + count).map { number in
            random.direction() * (strength * random.uniform(0.3, 1) / Double(number))
        }
        return { direction in
            var (radius, power) = (1.0, direction)
            for wave in waves {
                power = power.turned(by: direction)
                radius += power.dot(wave)
            }
            return max(radius, 0.15)
        }
    }

    static func blob(_ random: inout SeededGenerator) -> SceneBody {
        SceneBody([ScenePart(outlines: [.radial(radius: waves(random.uniform(0.6, 1.1), 6, &random))])])
    }

    static func ring(_ random: inout SeededGenerator) -> SceneBody {
        let (flatness, inner) = (random.uniform(0.6, 1), random.uniform(0.45, 0.78))
        let shift = Point(random.uniform(-0.06, 0.06), random.uniform(-0.06, 0.06))
        return SceneBody([
            ScenePart(outlines: [
                .ellipse(.zero, [1, flatness]), Outline.ellipse(shift, Point(1, flatness) * inner).asHole,
            ])
        ])
    }

    static func crescent(_ random: inout SeededGenerator) -> SceneBody {
        let (shift, bite) = (random.uniform(0.4, 0.65), random.uniform(0.8, 1))
        return SceneBody([ScenePart(outlines: [.disc(.zero, 1), Outline.disc([shift, 0], bite).asHole])])
    }

    static func cross(_ random: inout SeededGenerator) -> SceneBody {
        let (width, crossing) = (random.uniform(0.13, 0.32), random.chance(0.3) ? random.uniform(-0.35, 0) : 0)
        let (length, rounding) = (random.uniform(0.7, 1), random.uniform(0, 0.05))
        func bar(_ center: Point, _ half: Point) -> Outline {
            let across = Point(half.x, -half.y)
            let corners = [center - half, center + across, center + half, center - across]
            return .polygon(corners, rounding: rounding)
        }
        return SceneBody([ScenePart(outlines: [bar(.zero, [width, 1]), bar([0, crossing], [length, width])])])
    }

    static func gear(_ random: inout SeededGenerator) -> SceneBody {
        let (count, root, narrowing) = (
            random.integer(in: 7...14), random.uniform(0.72, 0.84), random.uniform(0.05, 0.12)
        )
        // Four corners of a tooth: where it is in the tooth's share of the circle, and its radius.
        let tooth = [(-0.25, root), (-0.25 + narrowing, 1.0), (0.25 - narrowing, 1.0), (0.25, root)]
        let corners = (0..<4 * count).map { index in
            let (place, radius) = tooth[index % 4]
            return PortableMath.direction((Double(index / 4) + place) / Double(count)) * radius
        }
        return SceneBody([
            ScenePart(outlines: [.polygon(corners), Outline.disc(.zero, random.uniform(0.15, 0.45)).asHole])
        ])
    }

    static func worm(_ random: inout SeededGenerator) -> SceneBody {
        let (radius, bend, phase) = (random.uniform(0.05, 0.13), random.uniform(0.4, 1.4), random.uniform())
        var (point, turn) = (Point.zero, 0.0)
        var points = [point]
        for step in 0..<14 {
            turn = 0.25 * bend * PortableMath.sine(phase + Double(step) / 14 * (0.6 + bend))
            point += PortableMath.direction(turn) * 0.15
            points.append(point)
        }
        return SceneBody([ScenePart(outlines: Outline.path(points, radius, radius * random.uniform(0.3, 1)))])
    }

    /// The strokes of capital letters and digits, between the points of a grid of three columns and three rows.
    private static let glyphs: [[(Int, Int)]] = [
        [(6, 1), (1, 8), (3, 5)], [(2, 0), (0, 6), (6, 8), (3, 4)], [(2, 0), (0, 6), (3, 4)], [(0, 6), (2, 8), (3, 5)],
        [(0, 6), (2, 3), (3, 8)], [(0, 6), (6, 8)], [(6, 0), (0, 4), (4, 2), (2, 8)], [(6, 0), (0, 8), (8, 2)],
        [(0, 2), (1, 7)], [(0, 7), (7, 2)], [(0, 6), (6, 4), (4, 8), (8, 2)], [(0, 8), (2, 6)],
        [(0, 4), (2, 4), (4, 7)],
        [(0, 2), (2, 6), (6, 8)], [(0, 6), (0, 2), (2, 5), (5, 3)], [(1, 3), (3, 5), (1, 7)],
        [(2, 0), (0, 3), (3, 5), (5, 8), (8, 6)], [(0, 2), (2, 7)], [(0, 6), (6, 8), (8, 2)],
        [(0, 6), (0, 2), (2, 5), (5, 3), (4, 8)],
    ]

    static func letter(_ random: inout SeededGenerator) -> SceneBody {
        let (width, radius) = (random.uniform(0.45, 0.75), random.uniform(0.08, 0.19))
        let slant = random.chance(0.3) ? random.uniform(-0.3, 0) : 0
        func point(_ index: Int) -> Point {
            let y = Double(index / 3) - 1
            return [(Double(index % 3) - 1) * width + slant * y, y]
        }
        let strokes = random.element(of: glyphs).map { Outline.stroke(point($0.0), point($0.1), radius) }
        return SceneBody([ScenePart(outlines: strokes)])
    }
}
