import Tensors

/// What kind of image a scene imitates, and its light.
package struct SceneStyle: Sendable {
    enum Genre: Sendable {
        /// A photograph.
        case photograph
        /// A drawing: flat colours, few shadows.
        case graphic
        /// A light microscope: stained, translucent things on white.
        case brightField
        /// A fluorescence microscope: glowing things on black.
        case fluorescence
    }

    let genre: Genre
    let palette: ScenePalette
    /// The direction to the light, and the contrast between the sides of objects that it makes.
    let light: Point
    let lightStrength: Double
    /// How dark cast shadows are, how long they are and how soft, in units of the object's radius.
    let shadow, shadowLength, shadowBlur: Double
    /// Two tiles of noise; the second is rougher.
    let noise, roughNoise: NoiseTile

    /// Whether the image imitates one of a microscope.
    var isMicroscope: Bool { genre == .brightField || genre == .fluorescence }

    /// Creates a random style.
    package init(_ random: inout SeededGenerator) {
        let draw = random.uniform()
        genre = draw < 0.62 ? .photograph : draw < 0.72 ? .graphic : draw < 0.88 ? .brightField : .fluorescence
        palette = ScenePalette(&random)
        light = random.direction()
        lightStrength = genre == .graphic ? random.uniform(0, 0.08) : random.uniform(0.05, 0.5)
        shadow = genre != .photograph || random.chance(0.25) ? 0 : random.uniform(0.15, 0.6)
        shadowLength = random.uniform(0.05, 0.4)
        shadowBlur = random.uniform(0.1, 0.5)
        noise = NoiseTile(persistence: random.uniform(0.5, 0.75), random: &random)
        roughNoise = NoiseTile(persistence: random.uniform(0.75, 1.05), random: &random)
    }
}
