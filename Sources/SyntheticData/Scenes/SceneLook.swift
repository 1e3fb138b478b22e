import Tensors

/// The colours of an object, and what light does with them.
package struct SceneLook: Sendable {
    package enum Finish: Sendable {
        /// Without light.
        case flat
        /// Lit from one side.
        case matte
        /// Lit, with a highlight.
        case glossy
        /// Glass: one sees through it, least at its rim.
        case clear
        /// A film that takes away light.
        case stained
        /// A source of light.
        case glowing
    }

    var surface: SceneSurface
    var finish: Finish
    /// The colours of parts that are not made of the material.
    var second, dark, light: Tint
    /// How opaque the object is.
    var opacity = 1.0
    /// How wide the round edge is, in units of half the longer side.
    var bevel = 0.1
    /// How dark the line along the edge is, and its width in pixels; negative is light.
    var rim = 0.0, rimWidth = 1.0
    /// How much thinner a film is in its middle.
    var hollow = 0.0
    /// How soft the outline is, in pixels.
    var softness = 1.0

    /// Whether things behind the object cannot be seen.
    var hidesOthers: Bool { opacity > 0.8 && (finish == .flat || finish == .matte || finish == .glossy) }

    /// Creates the look of a thing of one colour.
    package init(_ tint: Tint, finish: Finish, opacity: Double = 1, _ random: inout SeededGenerator) {
        surface = SceneSurface(.even, base: tint, accent: tint, finest: 1, &random)
        (self.finish, self.opacity) = (finish, opacity)
        (second, dark, light) = (tint, tint, tint)
    }

    /// Creates a random look.
    ///
    /// - Parameters:
    ///   - radius: Half the longer side in pixels: what is too fine for it is left out.
    ///   - ground: The colour behind the object, from which it must differ.
    init(
        _ material: SceneMaterial, style: SceneStyle, radius: Double, ground: Tint, _ random: inout SeededGenerator
    ) {
        let colors: Colors
        switch style.genre {
        case .photograph:
            let finishes: [Finish] = [.matte, .matte, .matte, .glossy, .glossy, .flat]
            finish = radius > 10 && random.chance(0.14) ? .clear : random.element(of: finishes)
            opacity = random.chance(0.8) ? 1 : random.uniform(0.82, 1)
            colors = Colors(apartFrom: ground, style.palette, &random)
        case .graphic:
            finish = random.chance(0.85) ? .flat : .matte
            colors = Colors(apartFrom: ground, style.palette, &random)
        case .brightField:
            finish = radius < 10 || random.chance(0.85) ? .stained : .clear
            opacity = random.uniform(0.55, 1)
            hollow = random.chance(0.5) ? random.uniform(0.2, 0.85) : 0
            colors = Colors(stained: &random)
        case .fluorescence:
            finish = .glowing
            opacity = random.uniform(0.5, 1)
            hollow = random.chance(0.3) ? random.uniform(0.2, 0.8) : 0
            colors = Colors(glowing: &random)
        }
        if finish == .clear { opacity = random.uniform(0.4, 0.75) }
        surface = SceneSurface(
            material, base: colors.base, accent: colors.accent, finest: max(radius / 4, 0.8), &random)
        second = colors.second
        dark = Tint(hue: random.uniform(), saturation: 0.3, value: random.uniform(0.02, 0.16))
        light = Tint(
            hue: random.uniform(0.45, 0.7), saturation: random.uniform(0, 0.35), value: random.uniform(0.75, 1))
        bevel = random.logUniform(0.12, 1)
        if random.chance(finish == .flat ? 0.5 : 0.25) { rim = random.uniform(-0.25, 0.7) }
        rimWidth = random.uniform(1, 1.5 + radius * 0.05)
        if random.chance(0.2) { softness = random.uniform(1, 2.5) }
    }

    /// Makes all colours of the surface lighter or darker.
    mutating func light(by factor: Double) {
        surface.base = surface.base.lit(factor)
        surface.accent = surface.accent.lit(factor)
    }
}

/// The colours of an object: two of its material, and one of other parts.
private struct Colors {
    var base, accent, second: Tint

    /// Draws colours that can be told from the ground and from each other, so that the object and its pattern can be seen.
    init(apartFrom ground: Tint, _ palette: ScenePalette, _ random: inout SeededGenerator) {
        func someTint(_ random: inout SeededGenerator) -> Tint {
            random.chance(0.4) ? palette.tint(&random) : ScenePalette.anyTint(&random)
        }
        let least = random.chance(0.12) ? 0.06 : 0.16
        (base, accent) = (Tint(1, 1, 1), Tint(0, 0, 0))
        for _ in 0..<8 {
            base = someTint(&random)
            accent = random.chance(0.5) ? base.lit(random.uniform(0.35, 1.7)).clamped : ScenePalette.anyTint(&random)
            if base.difference(accent) > 0.16, base.difference(ground) > least { break }
        }
        second = random.chance(0.5) ? accent : ScenePalette.anyTint(&random)
    }

    /// Draws two strengths of the same dye.
    init(stained random: inout SeededGenerator) {
        let hue = random.uniform()
        func stain(_ strength: Double, _ random: inout SeededGenerator) -> Tint {
            Tint(
                hue: hue + random.uniform(0, 0.12), saturation: strength * random.uniform(0.7, 1),
                value: 1 - 0.4 * strength)
        }
        base = stain(random.uniform(0.25, 0.55), &random)
        accent = stain(random.uniform(0.65, 1), &random)
        second = random.chance(0.7) ? accent.lit(0.8) : stain(random.uniform(0.5, 1), &random)
    }

    /// Draws two strengths of the same light, seldom two lights.
    init(glowing random: inout SeededGenerator) {
        let hue = random.element(of: [0.33, 0.33, 0, 0.66, 0.5, 0.12, 0.85]) + random.uniform(0, 0.05)
        let other = hue + (random.chance(0.3) ? 0.3 : 0)
        base = Tint(hue: hue, saturation: random.uniform(0.5, 1), value: random.uniform(0.3, 0.6))
        accent = Tint(hue: other, saturation: random.uniform(0.3, 1), value: random.uniform(0.75, 1))
        second = random.chance(0.5) ? accent : Tint(hue: other + 0.3, saturation: 0.8, value: random.uniform(0.5, 1))
    }
}
