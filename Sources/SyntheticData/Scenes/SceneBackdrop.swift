import Tensors

/// Paints what is behind the objects.
struct SceneBackdrop {
    private let size: Int
    private let style: SceneStyle
    private let palette: ScenePalette

    init(size: Int, style: SceneStyle) {
        (self.size, self.style, palette) = (size, style, style.palette)
    }

    /// Returns a random background: its colours, row by row.
    func painted(_ random: inout SeededGenerator) -> [Tint] {
        switch style.genre {
        case .brightField:
            return slide(
                Tint(hue: random.uniform(), saturation: random.uniform(0, 0.15), value: random.uniform(0.75, 0.97)),
                &random)
        case .fluorescence:
            return slide(
                Tint(hue: random.uniform(), saturation: random.uniform(0, 0.8), value: random.uniform(0.01, 0.12)),
                &random)
        case .graphic where random.chance(0.6): return slide(palette.tint(&random), &random)
        case .photograph, .graphic: break
        }
        var pixels = layer(&random)
        if random.chance(0.35) {
            // A second one shows through where noise says so.
            let other = layer(&random)
            let (offset, scale) = (Point(random.uniform(), random.uniform()), random.logUniform(0.2, 0.8))
            let (level, width) = (random.uniform(-0.5, 0.8), random.uniform(0.05, 1))
            fill(&pixels) { point, pixel in
                let part = PortableMath.smoothStep((style.noise(offset + point * scale) - level) / width)
                return pixel.mixed(with: other[index(point)], part)
            }
        }
        let blur = random.chance(0.3) ? random.integer(in: 1...max(1, size / 60)) : 0
        if blur > 0 { pixels = SceneBlur.box(pixels, size: size, radius: blur) }
        // All surfaces vary a little, with the spectrum of photographs.
        let (offset, scale) = (Point(random.uniform(), random.uniform()), random.logUniform(0.4, 1.2))
        let strength = random.uniform(0.02, 0.15)
        fill(&pixels) { point, pixel in pixel.lit(max(0, 1 + strength * style.roughNoise(offset + point * scale))) }
        return pixels
    }

    private func index(_ point: Point) -> Int { Int(point.y * Double(size)) * size + Int(point.x * Double(size)) }

    /// Replaces each colour by a function of its place, in units of the image's side, and the colour.
    private func fill(_ pixels: inout [Tint], _ color: (Point, Tint) -> Tint) {
        let unit = 1 / Double(size)
        for y in 0..<size {
            for x in 0..<size {
                pixels[y * size + x] = color(Point(Double(x) + 0.5, Double(y) + 0.5) * unit, pixels[y * size + x])
            }
        }
    }

    private func filled(_ color: (Point) -> Tint) -> [Tint] {
        var pixels = [Tint](repeating: Tint(0, 0, 0), count: size * size)
        fill(&pixels) { point, _ in color(point) }
        return pixels
    }

    private func layer(_ random: inout SeededGenerator) -> [Tint] {
        switch random.uniform() {
        case ..<0.3: clouds(&random)
        case ..<0.5: leaves(&random)
        case ..<0.68: surface(&random)
        case ..<0.82: horizon(&random)
        case ..<0.9: fractal(&random)
        default: gradient(&random)
        }
    }

    /// An even ground with a little dirt.
    private func slide(_ tint: Tint, _ random: inout SeededGenerator) -> [Tint] {
        let (offset, scale) = (Point(random.uniform(), random.uniform()), random.logUniform(0.2, 1.5))
        let strength = random.chance(0.3) ? 0 : random.uniform(0.005, 0.06)
        return filled { point in tint.lit(1 + strength * style.roughNoise(offset + point * scale)) }
    }

    /// Noise with the spectrum of photographs; brightness and both colour differences vary mostly together, as they do there.
    private func clouds(_ random: inout SeededGenerator) -> [Tint] {
        let tints = (0..<4).map { _ in palette.tint(&random) }
        let (offset, scale) = (Point(random.uniform(), random.uniform()), random.logUniform(0.35, 1.5))
        let stretch = random.chance(0.25) ? Point(1, random.uniform(0.1, 0.5)) : Point(1, 1)
        let (contrast, color) = (random.uniform(0.15, 0.5), random.uniform(0.05, 0.3))
        let (warp, axis) = (random.chance(0.4) ? random.uniform(0.02, 0.15) : 0, random.direction())
        return filled { point in
            var place = offset + (point.turned(by: axis) * scale) * stretch
            if warp > 0 { place += Point(style.noise(place + [0.2, 0.6]), style.noise(place + [0.6, 0.2])) * warp }
            let first = style.roughNoise(place)
            let second = style.noise(place * 0.7 + [0.37, 0.81])
            let low = tints[0].mixed(with: tints[1], min(max(0.5 + contrast * first, 0), 1))
            let high = tints[2].mixed(with: tints[3], min(max(0.5 + contrast * first, 0), 1))
            return low.mixed(with: high, min(max(0.5 + color * second * 2, 0), 1))
        }
    }

    /// Things of all sizes over each other, whose edges are distributed like those in photographs
    /// (Lee, Mumford and Huang, "Occlusion models for natural images", 2001).
    ///
    /// They are cut ellipses, which no class of objects is, or blades, such as grass and hair.
    private func leaves(_ random: inout SeededGenerator) -> [Tint] {
        let first = palette.tint(&random)
        var pixels = [Tint](repeating: first, count: size * size)
        let side = Double(size)
        let (smallest, largest) = (max(1.5, side * random.uniform(0.01, 0.03)), side * random.uniform(0.15, 0.5))
        let ratio = 1 - (smallest / largest) * (smallest / largest)
        let isGrass = random.chance(0.3)
        let flatness = isGrass ? random.uniform(0.03, 0.15) : random.uniform(0.4, 1)
        let (growth, disorder) = (random.uniform(), random.chance(0.3) ? 1 : random.uniform(0.02, 0.3))
        let texture = random.uniform(0, 0.25)
        // About as many as cover the image three times.
        let count = min(4000, Int(side * side / (smallest * smallest * 6 * (isGrass ? 0.15 : 1))))
        for _ in 0..<count {
            let radius = smallest / (1 - random.uniform() * ratio).squareRoot() * (isGrass ? 1.5 : 1)
            let center = Point(random.uniform(0, side), random.uniform(0, side))
            let axis = isGrass ? PortableMath.direction(growth + disorder * random.bell()) : random.direction()
            let radii = Point(1, random.uniform(flatness, isGrass ? flatness * 1.5 : 1)) * radius
            // Up to two straight cuts.
            let cuts = (random.direction(), random.uniform(-0.1, 0.6), random.direction(), random.uniform(0, 1.2))
            let (tint, offset) = (palette.tint(&random), Point(random.uniform(), random.uniform()))
            let reachX = Point(axis.x * radii.x, axis.y * radii.y).length + 1
            let reachY = Point(axis.y * radii.x, axis.x * radii.y).length + 1
            for y in max(0, Int(center.y - reachY))..<max(0, min(size, Int(center.y + reachY) + 1)) {
                for x in max(0, Int(center.x - reachX))..<max(0, min(size, Int(center.x + reachX) + 1)) {
                    let point = Point(Double(x) + 0.5, Double(y) + 0.5) - center
                    let local = point.turnedBack(by: axis) / radii
                    let cut = max(local.dot(cuts.0) - cuts.1, local.dot(cuts.2) - cuts.3)
                    let distance = max(local.length - 1, isGrass ? -1 : cut)
                    let cover = min(max(0.5 - distance * radii.y, 0), 1)
                    if cover <= 0 { continue }
                    let shade = 1 + texture * style.noise(offset + point / side) + 0.2 * local.x * texture
                    pixels[y * size + x] = pixels[y * size + x].mixed(with: tint.lit(max(0, shade)), cover)
                }
            }
        }
        return pixels
    }

    /// A patterned surface.
    private func surface(_ random: inout SeededGenerator) -> [Tint] {
        let pattern = random.element(of: SceneSurface.Pattern.allCases)
        let finest = Double(size) / 8
        var surface = SceneSurface(
            pattern, base: palette.tint(&random), accent: palette.tint(&random), finest: finest, &random)
        surface.frequency = min(random.logUniform(2, 30), finest)
        surface.grain = random.logUniform(0.3, 1)
        if random.chance(0.7) { surface.accent = surface.base.mixed(with: surface.accent, random.uniform(0.1, 0.5)) }
        return filled { point in surface.color(point, pixel: 1 / Double(size), style.noise) }
    }

    /// A ground that reaches to the horizon, and a sky or a wall above it.
    private func horizon(_ random: inout SeededGenerator) -> [Tint] {
        let (height, wave) = (random.uniform(0.15, 0.6), random.uniform(0, 0.06))
        let tints = (0..<4).map { _ in palette.tint(&random) }
        let offset = Point(random.uniform(), random.uniform())
        let scale = random.uniform(0.05, 0.2)
        let (roughness, cloudiness) = (random.uniform(0.1, 0.4), random.uniform(0, 0.25))
        let isTiled = random.chance(0.3)
        var tiles = SceneSurface(.checks, base: tints[0], accent: tints[1], finest: 100, &random)
        tiles.axis = random.chance(0.5) ? [1, 0] : tiles.axis
        tiles.frequency = random.uniform(2, 8)
        return filled { point in
            let edge = height + wave * style.noise(offset + [point.x * 0.3, 0])
            let below = point.y - edge
            if below < 0 {
                let part = min(max(point.y / max(height, 0.01), 0), 1)
                let cloud = style.noise(offset + [point.x * 0.4, point.y * 0.9])
                return tints[2].mixed(with: tints[3], part).lit(max(0, 1 + cloudiness * cloud))
            }
            let depth = 1 / (below + 0.06)
            let place = Point((point.x - 0.5) * depth, depth)
            if isTiled { return tiles.color(place, pixel: depth * depth / Double(size), style.noise) }
            let rough = style.roughNoise(offset + place * scale)
            return tints[0].mixed(with: tints[1], min(max(0.5 + roughness * 2 * rough, 0), 1))
        }
    }

    /// A Julia set, coloured by how soon points leave it.
    private func fractal(_ random: inout SeededGenerator) -> [Tint] {
        let constant = PortableMath.direction(random.uniform()) * random.uniform(0.6, 0.95)
        let tints = (0..<5).map { _ in palette.tint(&random) }
        let (axis, scale) = (random.direction(), random.logUniform(0.4, 2.5))
        let center = Point(random.uniform(-0.6, 0.6), random.uniform(-0.6, 0.6))
        let steps = 24
        return filled { point in
            var z = ((point - 0.5) * scale).turned(by: axis) + center
            var (count, previous) = (0, 0.0)
            while count < steps, z.squaredLength < 16 {
                previous = z.squaredLength
                z = z.turned(by: z) + constant
                count += 1
            }
            // A smooth number of steps, without logarithms.
            let rest = count < steps ? min(max((16 - previous) / (z.squaredLength - previous), 0), 1) : 0
            let place = (Double(count) + rest) / Double(steps) * 4
            let index = min(3, Int(place))
            return tints[index].mixed(with: tints[index + 1], min(1, place - Double(index)))
        }
    }

    private func gradient(_ random: inout SeededGenerator) -> [Tint] {
        let tints = (0..<3).map { _ in palette.tint(&random) }
        let (axis, offset) = (random.direction(), Point(random.uniform(), random.uniform()))
        let bend = random.uniform(0, 0.3)
        return filled { point in
            let place = 0.5 + (point - 0.5).dot(axis) + bend * style.noise(offset + point * 0.3)
            return tints[0].mixed(with: tints[1], min(max(place * 2, 0), 1))
                .mixed(with: tints[2], min(max(place * 2 - 1, 0), 1))
        }
    }
}
