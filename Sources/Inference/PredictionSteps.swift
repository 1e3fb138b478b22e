import Boxes
import Images
import PeakDecoding
import Tensors

/// What is done to images before a detector's programs run, and to outputs after. Any thread may do it.
struct PredictionSteps: Sendable {
    /// The network, and how it is used.
    let detector: Detector
    /// How it looks at images.
    let options: PredictorOptions
    /// The extents that images are looked at in.
    let extents: [InputExtent]
    /// The position among the extents of the one whose maps are shown: the one nearest to the model's own.
    let shownLook: Int

    init(detector: Detector, options: PredictorOptions) {
        self.detector = detector
        self.options = options
        extents = options.extents(of: detector.preparation.extent, multiple: detector.inputMultiple)
        let (extents, own) = (extents, detector.preparation.extent.longerSide)
        shownLook =
            extents.indices.min { abs(extents[$0].longerSide - own) < abs(extents[$1].longerSide - own) } ?? 0
    }

    /// Decodes an image no finer than its largest look.
    func decode(_ content: ImageContent) throws(ImageError) -> ScaledImage {
        try detector.preparation.decode(content, longerSide: extents.map(\.longerSide).max() ?? 0)
    }

    /// Draws an image as the network will look at it.
    func prepare(_ image: ScaledImage) -> PreparedImage {
        let looks = detector.findsObjects ? extents : []
        let inputs = looks.map { extent in
            let plain = detector.preparation.batch([image], extent: extent)
            return PreparedImage.Input(plain: plain, mirrored: options.flip ? plain.mirrored : nil)
        }
        return PreparedImage(size: (image.width, image.height), inputs: inputs)
    }

    /// What the network's answer means in the image.
    func prediction(_ image: PreparedImage, _ answer: NetworkAnswer) -> Prediction {
        var shown = DecodedImage(detections: [], heatmap: Tensor([0, 1, 1]))
        var detections: [Detection<ImagePixels>] = []
        for (index, (look, extent)) in zip(answer.looks, extents).enumerated() {
            let decoded = detector.decoder.decode(
                look.outputs, mirrored: look.mirrored, item: answer.item, input: extent,
                limit: options.maximumDetections)
            if index == shownLook { shown = decoded }
            if let back = detector.preparation.view(of: image.size, extent: extent).inverse {
                detections += decoded.detections.map { $0.mapped(by: back) }
            }
        }
        let extent = extents[shownLook]
        let toCells = AffineMap<InputPixels, OutputCells>(
            scaleX: Double(shown.heatmap.shape[2]) / Double(extent.columns),
            scaleY: Double(shown.heatmap.shape[1]) / Double(extent.rows))
        return Prediction(
            detections: extents.count == 1
                ? detections : softNonMaximumSuppression(detections, limit: options.maximumDetections),
            heatmap: shown.heatmap, centers: shown.centers, keypoints: shown.keypoints,
            imageToCells: detector.preparation.view(of: image.size, extent: extent).followed(by: toCells))
    }
}

/// An image as a network will look at it.
struct PreparedImage: Sendable {
    /// One look.
    struct Input: Sendable {
        /// `[1, 3, row, column]`.
        let plain: Tensor
        /// The same mirrored, where the mirrored image is looked at, too.
        let mirrored: Tensor?
    }

    /// The full image's pixels.
    let size: (width: Int, height: Int)
    /// An input a look; none for a network that finds no objects.
    let inputs: [Input]
}

/// What a network answered about an image, as one item of a batch.
struct NetworkAnswer: Sendable {
    /// What it answered about one look at the batch, by the outputs' names.
    struct Look: Sendable {
        let outputs: [String: Tensor]
        let mirrored: [String: Tensor]?
    }

    /// A look an extent.
    let looks: [Look]
    /// The image's place in the batch.
    let item: Int
}
