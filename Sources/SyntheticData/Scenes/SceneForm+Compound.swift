import Tensors

/// Forms with parts and limbs.
extension SceneForm {
    static func cell(_ random: inout SeededGenerator) -> SceneBody {
        let membrane = waves(random.uniform(0.05, 0.3), 4, &random)
        var lobes: [Outline] = []
        let middle = random.direction() * random.uniform(0, 0.3)
        for _ in 0..<(random.chance(0.7) ? 1 : random.integer(in: 2...4)) {
            let size = random.uniform(0.22, 0.42)
            let shape = waves(random.uniform(0.1, 0.6), 4, &random)
            lobes.append(.radial(middle + random.direction() * random.uniform(0, 0.22)) { size * shape($0) })
        }
        return SceneBody([
            ScenePart(outlines: [.radial(radius: membrane)]), ScenePart(tone: .second, outlines: lobes),
        ])
    }

    static func flower(_ random: inout SeededGenerator) -> SceneBody {
        let (count, length) = (random.integer(in: 5...9), random.uniform(0.55, 0.68))
        let width = random.uniform(0.75, 1.15) * length * PortableMath.sine(0.5 / Double(count))
        let petals = (0..<count).map { index in
            let axis = PortableMath.direction(Double(index) / Double(count))
            return Outline.ellipse(axis * (1 - length / 2), [length / 2 + 0.1, width], axis: axis)
        }
        return SceneBody([
            ScenePart(outlines: petals + [.disc(.zero, 1 - length)]),
            ScenePart(tone: .second, outlines: [.disc(.zero, random.uniform(0.2, 0.34))]),
        ])
    }

    static func beast(_ random: inout SeededGenerator) -> SceneBody {
        let (height, leg) = (random.uniform(0.28, 0.45), random.uniform(0.4, 0.9))
        let (thickness, stride) = (random.uniform(0.07, 0.13), random.uniform(0, 0.25))
        let neck = Point(random.uniform(0.85, 1.15), random.uniform(-0.75, -0.2))
        let head = random.uniform(0.2, 0.3)
        var far: [Outline] = []
        var near: [Outline] = [.ellipse(.zero, [0.8, height])]
        for (hip, side) in [(-0.55, 1.0), (0.5, -1.0)] {
            far.append(.stroke([hip + 0.1, 0], [hip + 0.1 - side * stride, height + leg], thickness, thickness * 0.7))
            near.append(.stroke([hip, 0], [hip + side * stride, height + leg], thickness * 1.2, thickness * 0.75))
        }
        near.append(.stroke([0.6, -0.1], neck, height * 0.55, head * 0.65))
        near.append(.ellipse(neck, [head, head * 0.8]))
        near.append(.stroke(neck, neck + Point(head * random.uniform(0.9, 1.6), head * 0.35), head * 0.5, head * 0.3))
        let tail = Point(-0.75 - random.uniform(0.15, 0.5), random.uniform(-0.5, 0.4))
        near.append(.stroke([-0.72, -0.1], tail, thickness * 0.7, thickness * 0.35))
        let ear = random.uniform(0.12, 0.4)
        let ears: [Outline] = [-0.1, 0.08].map {
            .stroke(neck + Point($0, -head * 0.5), neck + Point($0 * 2, -head * 0.6 - ear), head * 0.25, head * 0.1)
        }
        return SceneBody([
            ScenePart(tone: .second, outlines: far), ScenePart(outlines: near),
            ScenePart(tone: .second, outlines: ears),
            ScenePart(tone: .dark, outlines: [.disc(neck + Point(head * 0.3, -head * 0.2), head * 0.14)]),
        ])
    }

    static func bird(_ random: inout SeededGenerator) -> SceneBody {
        let (slope, plump) = (random.uniform(0.02, 0.12), random.uniform(0.3, 0.45))
        let axis = PortableMath.direction(-slope)
        let breast = axis * 0.6
        let head = breast + Point(random.uniform(0.05, 0.25), -random.uniform(0.2, 0.4))
        let radius = random.uniform(0.2, 0.28)
        let tail: [Point] = [
            axis * -0.5 + [0, -0.1], axis * -1.25 + [0, 0.02], axis * -1.2 + [0, 0.2], axis * -0.5 + [0, 0.15],
        ]
        let legs: [Outline] = [-0.08, 0.12].map { .stroke([$0, plump * 0.7], [$0 + 0.05, plump + 0.4], 0.035) }
        let beak: [Point] = [
            head + [radius * 0.8, -0.07], head + [radius + random.uniform(0.15, 0.4), 0.03],
            head + [radius * 0.8, 0.09],
        ]
        let lift = random.chance(0.4) ? random.uniform(0.05, 0.3) : -0.03
        let wing = Outline.ellipse(
            [-0.15, -lift], [random.uniform(0.4, 0.6), plump * random.uniform(0.4, 0.65)],
            axis: PortableMath.direction(-slope + lift * 0.6))
        return SceneBody([
            ScenePart(tone: .dark, outlines: legs), ScenePart(tone: .second, outlines: [.polygon(beak)]),
            ScenePart(outlines: [
                .ellipse(.zero, [0.75, plump], axis: axis), .polygon(tail),
                .stroke(breast, head, plump * 0.6, radius * 0.8),
                .disc(head, radius),
            ]), ScenePart(tone: .second, outlines: [wing]),
            ScenePart(tone: .dark, outlines: [.disc(head + Point(radius * 0.3, -radius * 0.2), radius * 0.17)]),
        ])
    }

    static func fish(_ random: inout SeededGenerator) -> SceneBody {
        let (height, tail) = (random.uniform(0.28, 0.6), random.uniform(0.3, 0.55))
        let (fin, end) = (random.uniform(0.15, 0.4), -1 - random.uniform(0.25, 0.5))
        let tailFin: [Point] = [[-0.7, 0], [end, -tail], [end + 0.15, 0], [end, tail]]
        let fins: [Outline] = [
            .polygon(tailFin), .polygon([[0.4, -height * 0.6], [-0.1, -height - fin], [-0.45, -height * 0.6]]),
            .polygon([[0.15, height * 0.6], [-0.2, height + fin * 0.8], [-0.35, height * 0.6]]),
        ]
        return SceneBody([
            ScenePart(tone: .second, outlines: fins),
            ScenePart(outlines: [
                .ellipse([0.1, 0], [0.9, height]),
                .polygon([[-0.4, -height * 0.75], [-0.95, 0], [-0.4, height * 0.75]]),
            ]), ScenePart(tone: .light, outlines: [.disc([0.65, -height * 0.25], 0.1)]),
            ScenePart(tone: .dark, outlines: [.disc([0.67, -height * 0.25], 0.055)]),
        ])
    }

    static func insect(_ random: inout SeededGenerator) -> SceneBody {
        let (plump, leg) = (random.uniform(0.22, 0.42), random.uniform(0.45, 0.9))
        let (thickness, tilt) = (random.uniform(0.025, 0.05), random.uniform(-0.1, 0.1))
        var limbs: [Outline] = []
        for side in [-1.0, 1.0] {
            for (index, x) in [-0.25, 0.05, 0.3].enumerated() {
                let spread = 0.35 * Double(index - 1) + tilt
                let knee = Point(x + spread * 0.5, side * (plump + leg * 0.5))
                limbs += Outline.path([[x, 0], knee, [x + spread * 1.3, side * (plump + leg)]], thickness)
            }
            limbs.append(.stroke([0.7, side * 0.05], [1.1, side * random.uniform(0.15, 0.45)], thickness * 0.8))
        }
        var parts = [
            ScenePart(tone: .dark, outlines: limbs),
            ScenePart(outlines: [.ellipse([-0.5, 0], [0.6, plump]), .ellipse([0.2, 0], [0.32, plump * 0.75])]),
            ScenePart(tone: .second, outlines: [.disc([0.6, 0], plump * 0.6)]),
        ]
        if random.chance(0.35) {
            let length = random.uniform(0.5, 0.8)
            let wings = [-1.0, 1.0].map { side in
                let axis = PortableMath.direction(0.5 - side * random.uniform(0.06, 0.16))
                return Outline.ellipse(Point(0.1, 0) + axis * length, [length, length * 0.32], axis: axis)
            }
            parts.append(ScenePart(tone: .light, outlines: wings))
        }
        return SceneBody(parts)
    }

    static func vehicle(_ random: inout SeededGenerator) -> SceneBody {
        let (height, cabin) = (random.uniform(0.22, 0.4), random.uniform(0.25, 0.5))
        let (front, back) = (random.uniform(0.1, 0.7), random.uniform(-0.95, -0.3))
        let slope = random.uniform(0.05, 0.3)
        let top = -height - cabin
        let roof: [Point] = [[back, -height], [back + slope * 0.6, top], [front - slope, top], [front, -height]]
        let pane: [Point] = [
            [back + 0.14, -height - 0.02], [back + slope * 0.6 + 0.1, top + 0.09], [front - slope - 0.06, top + 0.09],
            [front - 0.12, -height - 0.02],
        ]
        let wheel = random.uniform(0.17, 0.28)
        let places = random.chance(0.3) ? [-0.7, -0.2, 0.65] : [-0.6, 0.6]
        return SceneBody([
            ScenePart(outlines: [
                .polygon(
                    [[-1, -height], [1, -height * random.uniform(0.6, 1)], [1, height], [-1, height]], rounding: 0.06),
                .polygon(roof, rounding: 0.04),
            ]), ScenePart(tone: .light, outlines: [.polygon(pane)]),
            ScenePart(tone: .dark, outlines: places.map { .disc([$0, height], wheel) }),
            ScenePart(tone: .second, outlines: places.map { .disc([$0, height], wheel * 0.5) }),
        ])
    }

    static func plant(_ random: inout SeededGenerator) -> SceneBody {
        let bend = random.uniform(-0.3, 0.3)
        func stem(_ part: Double) -> Point { [bend * part * part, 1 - 2 * part] }
        let trunk = Outline.path((0...5).map { stem(Double($0) / 5) }, random.uniform(0.04, 0.1), 0.03)
        if random.chance(0.4) {
            // A tree.
            let crown = (0..<random.integer(in: 3...6)).map { _ in
                let size = random.uniform(0.3, 0.5)
                let shape = waves(0.4, 6, &random)
                return Outline.radial(stem(0.8) + [random.uniform(-0.4, 0.4), random.uniform(-0.35, 0.35)]) {
                    size * shape($0)
                }
            }
            return SceneBody([ScenePart(tone: .second, outlines: trunk), ScenePart(outlines: crown)])
        }
        var leaves: [Outline] = []
        let count = random.integer(in: 3...5)
        for index in 0..<count {
            let start = stem(0.2 + 0.7 * Double(index) / Double(count))
            for side in [-1.0, 1.0] {
                let length = random.uniform(0.25, 0.45)
                let axis = Point(side, -random.uniform(0.1, 1))
                let direction = axis / axis.length
                leaves.append(
                    .ellipse(start + direction * length, [length, length * random.uniform(0.2, 0.4)], axis: direction))
            }
        }
        leaves.append(.ellipse(stem(1), [0.12, 0.26]))
        return SceneBody([ScenePart(tone: .second, outlines: trunk), ScenePart(outlines: leaves)])
    }

    static func bottle(_ random: inout SeededGenerator) -> SceneBody {
        let (body, neck) = (random.uniform(0.28, 0.6), random.uniform(0.1, 0.22))
        let (shoulder, foot) = (random.uniform(-0.35, 0.2), random.uniform(0.65, 1))
        let profile: [Point] = [
            [neck * 1.2, -1], [neck * 1.2, -0.88], [neck, -0.85], [neck, shoulder - 0.25],
            [body * 0.8, shoulder - 0.05],
            [body, shoulder + 0.12], [body * random.uniform(0.85, 1.1), 0.7], [body * foot, 1],
        ]
        let outline = Outline.polygon(profile + profile.reversed().map { [-$0.x, $0.y] }, rounding: 0.02)
        var parts = [ScenePart(outlines: [outline])]
        if random.chance(0.5) {
            let (low, high) = (shoulder + 0.25, min(0.85, shoulder + random.uniform(0.4, 0.7)))
            let half = body * 0.8
            parts.append(
                ScenePart(
                    tone: .second, outlines: [.polygon([[-half, low], [half, low], [half, high], [-half, high]])]))
        }
        parts.append(
            ScenePart(
                tone: .second, outlines: [.polygon([[-neck, -1.02], [neck, -1.02], [neck, -0.88], [-neck, -0.88]])]))
        return SceneBody(parts)
    }
}
