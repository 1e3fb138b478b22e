import Tensors

/// Mirrors images from left to right.
struct HorizontalFlip: SampleTransform {
    let probability: Double

    func place(_ draft: inout SampleDraft, random: inout SeededGenerator) {
        for index in draft.parts.indices where random.chance(probability) {
            draft.parts[index].view.mirror()
        }
    }
}
