import Foundation
import Tensors

/// Mirrors images from top to bottom, for data without an upright: cells, aerial photographs, things on a table.
struct VerticalFlip: SampleTransform {
    let probability: Double

    func place(_ draft: inout SampleDraft, random: inout SeededGenerator) {
        for index in draft.parts.indices where random.chance(probability) {
            draft.parts[index].view.mirror()
            draft.parts[index].view.angle += .pi
        }
    }
}

/// Turns images by a random multiple of a right angle.
struct QuarterTurns: SampleTransform {
    func place(_ draft: inout SampleDraft, random: inout SeededGenerator) {
        for index in draft.parts.indices {
            draft.parts[index].view.angle += Double(random.integer(in: 0...3)) * .pi / 2
        }
    }
}

/// Turns images by a random angle. The box of a turned object is the smallest that contains its turned box.
struct Rotation: SampleTransform {
    /// The largest angle, in degrees, in either direction.
    let degrees: Double

    func place(_ draft: inout SampleDraft, random: inout SeededGenerator) {
        for index in draft.parts.indices {
            draft.parts[index].view.angle += random.uniform(-degrees, degrees) * .pi / 180
        }
    }
}
