import Tensors

/// What an object's outline is like; half of its class.
package enum SceneForm: String, CaseIterable, Sendable {
    case beast, bird, blob, bottle, box, cell, crescent, cross, ellipse, fish
    case flower, gear, insect, letter, plant, polygon, ring, star, vehicle, worm

    /// Whether the object has a side that is up, as most things in photographs have.
    var isUpright: Bool {
        switch self {
        case .beast, .bird, .bottle, .fish, .letter, .plant, .vehicle: true
        default: false
        }
    }

    /// The forms of things under a microscope.
    static let microscopic: [SceneForm] = [.cell, .ellipse, .blob, .worm, .ring, .crescent, .box, .polygon, .flower]
}

/// A part of an object, which covers the parts before it.
package struct ScenePart: Sendable {
    /// What a part is coloured with.
    package enum Tone: Sendable {
        /// The object's material.
        case main
        /// The object's second colour.
        case second
        /// Almost black, or almost white.
        case dark, light
    }

    var tone = Tone.main
    package var outlines: [Outline]

    package init(tone: Tone = .main, outlines: [Outline]) { (self.tone, self.outlines) = (tone, outlines) }
}

/// The parts of an object from back to front, in coordinates in which its longer side is 2 and its middle the origin.
package struct SceneBody: Sendable {
    package private(set) var parts: [ScenePart]
    /// The corners of the smallest upright box around the parts.
    package private(set) var bounds: (low: Point, high: Point)

    /// Moves and scales parts.
    package init(_ parts: [ScenePart]) {
        let boxes = parts.flatMap(\.outlines).filter { !$0.isHole }.map(\.bounds)
        let low = boxes.map(\.low).reduce(Point(repeating: .infinity), pointwiseMin)
        let high = boxes.map(\.high).reduce(Point(repeating: -.infinity), pointwiseMax)
        let scale = 2 / max((high - low).max(), 1e-6)
        let shift = (low + high) * -0.5
        self.parts = parts.map { part in
            ScenePart(tone: part.tone, outlines: part.outlines.map { $0.moved(by: shift, scaledBy: scale) })
        }
        bounds = ((low + shift) * scale, (high + shift) * scale)
    }
}

extension SceneForm {
    /// Returns a random body of this form.
    package func body(_ random: inout SeededGenerator) -> SceneBody {
        switch self {
        case .beast: Self.beast(&random)
        case .bird: Self.bird(&random)
        case .blob: Self.blob(&random)
        case .bottle: Self.bottle(&random)
        case .box: Self.box(&random)
        case .cell: Self.cell(&random)
        case .crescent: Self.crescent(&random)
        case .cross: Self.cross(&random)
        case .ellipse: Self.ellipse(&random)
        case .fish: Self.fish(&random)
        case .flower: Self.flower(&random)
        case .gear: Self.gear(&random)
        case .insect: Self.insect(&random)
        case .letter: Self.letter(&random)
        case .plant: Self.plant(&random)
        case .polygon: Self.polygon(&random)
        case .ring: Self.ring(&random)
        case .star: Self.star(&random)
        case .vehicle: Self.vehicle(&random)
        case .worm: Self.worm(&random)
        }
    }
}
