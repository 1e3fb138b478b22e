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

/// Turns images by a random multiple of a right angle. An image that lies on its side is drawn as large as a rectangular input then allows.
struct QuarterTurns: SampleTransform {
    func place(_ draft: inout SampleDraft, random: inout SeededGenerator) {
        for index in draft.parts.indices {
            let turns = random.integer(in: 0...3)
            draft.parts[index].view.angle += Double(turns) * .pi / 2
            if turns % 2 == 1 && !draft.inputSize.isSquare {
                let (width, height) = (draft.parts[index].image.width, draft.parts[index].image.height)
                let upright = SampleView(ofImage: width, height, in: draft.inputSize)
                draft.parts[index].view.side *=
                    SampleView(ofImage: height, width, in: draft.inputSize).side / upright.side
            }
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
