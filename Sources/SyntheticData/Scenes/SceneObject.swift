import Tensors

/// An object of a scene, ready to be painted.
struct SceneObject: Sendable {
    /// How a surface looks.
    enum Finish: Sendable {
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

    var classIndex: Int
    var frame: ObjectFrame
    var body: SceneBody
    var surface: SceneSurface
    var finish: Finish
    /// The colours of parts that are not made of the material.
    var second, dark, light: Tint
    /// How opaque the object is.
    var opacity: Double
    /// How wide the round edge is, in units of the radius.
    var bevel: Double
    /// How dark the line along the edge is, and its width in pixels; negative is light.
    var rim, rimWidth: Double
    /// How soft the outline is, in pixels.
    var softness: Double

    /// Whether things behind the object cannot be seen.
    var hidesOthers: Bool { opacity > 0.8 && (finish == .flat || finish == .matte || finish == .glossy) }
}

/// Makes objects of the same kind: they share colours and pattern, and their outlines differ a little or not at all.
struct SceneKind: Sendable {
    private let look: SceneObject
    private let seed: UInt64
    private let isRigid, isTurned: Bool
    private let form: SceneForm
    private let material: SceneMaterial

    /// Creates a random kind.
    ///
    /// - Parameter ground: The colour behind the first object of this kind, from which it must differ.
    init(
        _ sceneClass: SceneClass, classIndex: Int, style: SceneStyle, radius: Double, ground: Tint,
        _ random: inout SeededGenerator
    ) {
        (form, material) = (sceneClass.form, sceneClass.material)
        seed = random.next()
        isRigid = random.chance(0.4)
        isTurned = !form.isUpright || random.chance(0.15)
        var tints = (ScenePalette.anyTint(&random), ScenePalette.anyTint(&random))
        let isCamouflaged = random.chance(0.12)
        for _ in 0..<8 {
            let first = random.chance(0.4) ? style.palette.tint(&random) : ScenePalette.anyTint(&random)
            let second =
                random.chance(0.5) ? first.lit(random.uniform(0.35, 1.7)).clamped : ScenePalette.anyTint(&random)
            tints = (first, second)
            // Patterns must be visible, and so must the object.
            if first.difference(second) > 0.16, first.difference(ground) > (isCamouflaged ? 0.06 : 0.16) { break }
        }
        var finish: SceneObject.Finish = random.element(of: [.matte, .matte, .matte, .glossy, .glossy, .flat, .clear])
        var opacity = random.chance(0.8) ? 1 : random.uniform(0.82, 1)
        switch style.genre {
        case .photograph: break
        case .graphic: finish = random.chance(0.85) ? .flat : .matte
        case .brightField:
            finish = random.chance(0.85) ? .stained : .clear
            opacity = random.uniform(0.45, 1)
            let hue = random.uniform()
            func stain(_ strength: Double, _ random: inout SeededGenerator) -> Tint {
                Tint(
                    hue: hue + random.uniform(0, 0.12), saturation: strength * random.uniform(0.6, 1),
                    value: 1 - 0.4 * strength)
            }
            tints = (stain(random.uniform(0.15, 0.5), &random), stain(random.uniform(0.55, 0.9), &random))
        case .fluorescence:
            finish = .glowing
            opacity = random.uniform(0.5, 1)
            let hue = random.element(of: [0.33, 0.33, 0, 0.66, 0.5, 0.12, 0.85]) + random.uniform(0, 0.05)
            tints = (
                Tint(hue: hue, saturation: random.uniform(0.5, 1), value: random.uniform(0.3, 0.6)),
                Tint(
                    hue: hue + (random.chance(0.3) ? 0.3 : 0), saturation: random.uniform(0.3, 1),
                    value: random.uniform(0.75, 1))
            )
        }
        if finish == .clear { opacity = random.uniform(0.35, 0.7) }
        let surface = SceneSurface(
            material, base: tints.0, accent: tints.1, finest: max(radius / 4, 0.8), &random)
        let hasRim = random.chance(finish == .flat ? 0.5 : 0.25)
        look = SceneObject(
            classIndex: classIndex, frame: ObjectFrame(center: .zero, radius: 1, axis: [1, 0]), body: SceneBody([]),
            surface: surface, finish: finish,
            second: style.genre == .brightField
                ? tints.1.lit(0.8) : random.chance(0.5) ? tints.1 : ScenePalette.anyTint(&random),
            dark: Tint(hue: random.uniform(), saturation: 0.3, value: random.uniform(0.02, 0.16)),
            light: Tint(
                hue: random.uniform(0.45, 0.7), saturation: random.uniform(0, 0.35), value: random.uniform(0.75, 1)),
            opacity: opacity, bevel: random.logUniform(0.12, 1), rim: hasRim ? random.uniform(-0.25, 0.7) : 0,
            rimWidth: random.uniform(1, 1.5 + radius * 0.05), softness: random.chance(0.8) ? 1 : random.uniform(1, 2.5))
    }

    /// Returns an object of this kind at a place.
    func object(_ place: SceneLayout.Place, _ random: inout SeededGenerator) -> SceneObject {
        var object = look
        var shapeRandom = isRigid ? SeededGenerator(seed) : random
        object.body = form.body(&shapeRandom)
        if !isRigid { random = shapeRandom }
        object.frame = ObjectFrame(
            center: place.center, radius: place.radius,
            axis: isTurned ? random.direction() : PortableMath.direction(random.bell() * 0.06),
            isMirrored: random.chance(0.5))
        object.surface.offset = Point(random.uniform(), random.uniform())
        let brightness = 1 + 0.12 * random.bell()
        object.surface.base = object.surface.base.lit(brightness)
        object.surface.accent = object.surface.accent.lit(brightness)
        object.softness = min(object.softness, max(1, place.radius * 0.3))
        return object
    }
}
