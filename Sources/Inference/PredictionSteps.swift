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
    /// The input sizes, one per scale, of images that are not seen at their own resolution.
    let extents: [InputExtent]
    /// The index of the scale whose maps are shown: the one nearest to the model's own.
    let shownLook: Int

    init(detector: Detector, options: PredictorOptions) {
        self.detector = detector
        self.options = options
        extents = options.extents(of: detector.preparation.extent, multiple: detector.inputMultiple)
        let (extents, own) = (extents, detector.preparation.extent.longerSide)
        let distances =
            options.keepsResolution
            ? options.scales.map { abs($0 - 1) } : extents.map { abs(Double($0.longerSide - own)) }
        shownLook = distances.indices.min { distances[$0] < distances[$1] } ?? 0
    }

    /// How an image of this size is seen at each scale.
    func looks(at size: (width: Int, height: Int)) -> [InputLook] {
        options.keepsResolution
            ? options.scales.map { look(at: size, scale: $0) }
            : extents.map { detector.preparation.look(at: size, extent: $0) }
    }

    /// How an image of this size is seen at the model's own size, or its own.
    func look(at size: (width: Int, height: Int)) -> InputLook {
        options.keepsResolution
            ? look(at: size, scale: 1) : detector.preparation.look(at: size, extent: detector.preparation.extent)
    }

    private func look(at size: (width: Int, height: Int), scale: Double) -> InputLook {
        detector.preparation.look(atOwnSize: size, scale: scale, multiple: detector.inputMultiple)
    }

    /// Decodes an image at the resolution of its largest input.
    func decode(_ content: ImageContent) throws(ImageError) -> ScaledImage {
        if options.keepsResolution { return try ScaledImage(content, longerSide: .infinity) }
        return try detector.preparation.decode(content, longerSide: extents.map(\.longerSide).max() ?? 0)
    }

    /// Draws an image as the network's inputs.
    func prepare(_ image: ScaledImage) -> PreparedImage {
        let size = (image.width, image.height)
        let inputs = (detector.decodesObjects ? looks(at: size) : []).map { look in
            let plain = detector.preparation.input(image, look)
            return PreparedImage.Input(plain: plain, mirrored: options.flip ? plain.mirrored : nil)
        }
        return PreparedImage(size: size, inputs: inputs)
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
        let looks = looks(at: image.size)
        for (index, (outputs, look)) in zip(answer.looks, looks).enumerated() {
            let decoded = detector.decoder.decode(
                outputs.outputs, mirrored: outputs.mirrored, item: answer.item, input: look.extent,
                limit: limit)
            if index == shownLook { shown = decoded }
            if let back = look.view.inverse {
                detections += decoded.detections.compactMap { placed($0.mapped(by: back), in: image.size) }
            }
        }
        let look = looks[shownLook]
        let toCells = AffineMap<InputPixels, OutputCells>(
            scaleX: Double(shown.heatmap.shape[2]) / Double(look.extent.columns),
            scaleY: Double(shown.heatmap.shape[1]) / Double(look.extent.rows))
        return Prediction(
            detections: looks.count == 1 ? detections : merged(detections, in: image.size, limit: limit),
            heatmap: shown.heatmap, centers: shown.centers, keypoints: shown.keypoints,
            imageToCells: look.view.followed(by: toCells))
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
