import Boxes
import Tensors

/// What a network returned for one image, before anything was decoded: of the unmirrored image, at the scale nearest to the model's own
/// size.
package struct NetworkMaps: Sendable {
    /// The outputs that the decoder reads by name, each a batch of one: `[1, channel, row, column]` of CenterNet's heads.
    package let outputs: [String: Tensor]
    /// The map from image pixels to cells of the heatmap.
    package let imageToCells: AffineMap<ImagePixels, OutputCells>

    init(_ maps: RawMaps, _ prediction: Prediction) {
        outputs = maps.copy()
        imageToCells = prediction.imageToCells
    }
}

/// The same while it is part of a batch.
struct RawMaps: Sendable {
    private let outputs: [String: Tensor]
    private let item: Int

    init(_ answer: ImageOutputs, look: Int) {
        outputs = answer.looks.indices.contains(look) ? answer.looks[look].outputs : [:]
        item = answer.item
    }

    /// The image's own part.
    func copy() -> [String: Tensor] { outputs.mapValues { $0.items(item..<item + 1) } }
}
