import Tensors

/// CenterNet's random crop: a square whose side is the longer image side times a random factor, around a random centre. In a rectangular
/// input the factor is that of the view that shows the whole image.
struct RandomCrop: SampleTransform {
    let configuration: AugmentationConfiguration

    func place(_ draft: inout SampleDraft, random: inout SeededGenerator) {
        for index in draft.parts.indices {
            let image = draft.parts[index].image
            let scales = configuration.scales
            let scale = scales[random.integer(in: 0...(scales.count - 1))]
            let whole = SampleView(ofImage: image.width, image.height, in: draft.inputSize)
            draft.parts[index].view.side = whole.side * scale
            if configuration.movesCenter {
                draft.parts[index].view.centerX = coordinate(inside: image.width, &random)
                draft.parts[index].view.centerY = coordinate(inside: image.height, &random)
            }
        }
    }

    /// A place at least `border` inside `0...extent`; the border is halved until that is possible.
    private func coordinate(inside extent: Int, _ random: inout SeededGenerator) -> Double {
        var border = configuration.border
        while extent - border <= border && border > 0 { border /= 2 }
        return random.uniform(Double(border), Double(extent - border))
    }
}
