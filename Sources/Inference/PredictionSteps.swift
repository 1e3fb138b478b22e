import Boxes
import DetectionHeads
import Images
import PeakDecoding
import Tensors

/// The steps before and after a detector's programs: image preparation and output decoding. They may run on any thread.
struct PredictionSteps: Sendable {
    /// The detector.
    let detector: Detector
    /// The options of prediction.
    let options: PredictorOptions
    /// The input sizes, one per scale.
    let extents: [InputExtent]
    /// The index of the input size whose maps are shown: the one nearest to the model's own.
    let shownLook: Int

    init(detector: Detector, options: PredictorOptions) {
        self.detector = detector
        self.options = options
        extents = options.extents(of: detector.preparation.extent, multiple: detector.inputMultiple)
        let (extents, own) = (extents, detector.preparation.extent.longerSide)
        shownLook =
            extents.indices.min { abs(extents[$0].longerSide - own) < abs(extents[$1].longerSide - own) } ?? 0
    }

    /// Decodes an image at the resolution of its largest input.
    func decode(_ content: ImageContent) throws(ImageError) -> ScaledImage {
        try detector.preparation.decode(content, longerSide: extents.map(\.longerSide).max() ?? 0)
    }

    /// Draws an image as the network's inputs.
    func prepare(_ image: ScaledImage) -> PreparedImage {
        let looks = detector.decodesObjects ? extents : []
        let inputs = looks.map { extent in
            let plain = detector.preparation.batch([image], extent: extent)
            return PreparedImage.Input(plain: plain, mirrored: options.flip ? plain.mirrored : nil)
        }
        return PreparedImage(size: (image.width, image.height), inputs: inputs)
    }

    /// Clips the box of a detection to the image; nil if nothing of it is inside.
    private func placed(
        _ detection: Detection<ImagePixels>, in size: (width: Int, height: Int)
    ) -> Detection<ImagePixels>? {
        guard detector.decoder.clipsBoxes else { return detection }
        var clipped = detection
        clipped.box = detection.box.clipped(width: Double(size.width), height: Double(size.height))
        return clipped.box.isEmpty ? nil : clipped
    }

    /// Merges the detections of several input sizes.
    private func merged(
        _ detections: [Detection<ImagePixels>], in size: (width: Int, height: Int), limit: Int
    ) -> [Detection<ImagePixels>] {
        guard detector.objectKind == .points else { return softNonMaximumSuppression(detections, limit: limit) }
        // Peaks of one map are more than a cell apart: what is nearer to each other than two cells of the largest input is one object.
        let stride = (detector.decoder as? CenterNetDecoder)?.stride ?? Double(outputStride)
        let cells = extents.map { extent -> Double in
            let view = detector.preparation.view(of: size, extent: extent)
            return stride / (view.a * view.a + view.c * view.c).squareRoot()
        }
        return pointSuppression(detections, distance: 2 * (cells.min() ?? 0), limit: limit)
    }

    /// Decodes the network's outputs to a prediction in image pixels.
    func prediction(_ image: PreparedImage, _ answer: ImageOutputs) -> Prediction {
        var shown = DecodedImage(detections: [], heatmap: Tensor([0, 1, 1]))
        var detections: [Detection<ImagePixels>] = []
        let limit = options.maximumDetections(of: detector.objectKind)
        for (index, (look, extent)) in zip(answer.looks, extents).enumerated() {
            let decoded = detector.decoder.decode(
                look.outputs, mirrored: look.mirrored, item: answer.item, input: extent,
                limit: limit)
            if index == shownLook { shown = decoded }
            if let back = detector.preparation.view(of: image.size, extent: extent).inverse {
                detections += decoded.detections.compactMap { placed($0.mapped(by: back), in: image.size) }
            }
        }
        let extent = extents[shownLook]
        let toCells = AffineMap<InputPixels, OutputCells>(
            scaleX: Double(shown.heatmap.shape[2]) / Double(extent.columns),
            scaleY: Double(shown.heatmap.shape[1]) / Double(extent.rows))
        return Prediction(
            detections: extents.count == 1 ? detections : merged(detections, in: image.size, limit: limit),
            heatmap: shown.heatmap, centers: shown.centers, keypoints: shown.keypoints,
            imageToCells: detector.preparation.view(of: image.size, extent: extent).followed(by: toCells))
    }
}

/// An image as the network's inputs.
struct PreparedImage: Sendable {
    /// The input at one scale.
    struct Input: Sendable {
        /// `[1, 3, row, column]`.
        let plain: Tensor
        /// The mirrored input, if the mirrored image is used too.
        let mirrored: Tensor?
    }

    /// The full image's size in pixels.
    let size: (width: Int, height: Int)
    /// One input per scale; none for a network without a decoder for objects.
    let inputs: [Input]
}

/// A network's outputs for an image, as one item of a batch.
struct ImageOutputs: Sendable {
    /// The outputs for the batch at one scale, by name.
    struct Look: Sendable {
        let outputs: [String: Tensor]
        let mirrored: [String: Tensor]?
    }

    /// One element per input size.
    let looks: [Look]
    /// The image's index in the batch.
    let item: Int
}
