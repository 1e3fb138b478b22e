import DetectionHeads
import Images
import Tensors

/// Puts four images into one input, which meet in a random point, at up to half of their size (Bochkovskiy et al., "YOLOv4",
/// arXiv:2004.10934). Each is cropped, mirrored and turned as it would be alone.
struct Mosaic: SampleTransform {
    let probability: Double
    /// What else places images: applied to each of the three that are added.
    let others: [any SampleTransform]

    func place(_ draft: inout SampleDraft, random: inout SeededGenerator) throws(ImageError) {
        if draft.isClosing || !random.chance(probability) || draft.parts.count != 1 { return }
        let size = draft.inputSize
        var parts = draft.parts
        for _ in 0..<3 {
            var other = try draft.alone(random.integer(in: 0...(draft.sampleCount - 1)))
            for transform in others { try transform.place(&other, random: &random) }
            parts += other.parts
        }
        // Multiples of the output stride, so that no cell shows two images.
        func middle(_ side: Int) -> Int { Int(random.uniform(0.3, 0.7) * Double(side)) / outputStride * outputStride }
        let (x, y) = (middle(size.columns), middle(size.rows))
        let regions = [
            InputRegion(x: 0, y: 0, width: x, height: y),
            InputRegion(x: x, y: 0, width: size.columns - x, height: y),
            InputRegion(x: 0, y: y, width: x, height: size.rows - y),
            InputRegion(x: x, y: y, width: size.columns - x, height: size.rows - y),
        ]
        for (index, region) in regions.enumerated() {
            parts[index].view.side *= random.uniform(1, 2)
            parts[index].region = region
            parts[index].view.move(
                x: Double(region.x) + Double(region.width - size.columns) / 2,
                y: Double(region.y) + Double(region.height - size.rows) / 2, inputSize: size)
        }
        draft.parts = parts
    }
}
