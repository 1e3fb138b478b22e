import Boxes
import Foundation
import Graphs
import Images
import Networks
import PeakDecoding
import Tensors

/// Runs a detector on whole images and returns objects in image pixels ("Objects as Points", section 3.1 and 4.1).
///
/// Programs are compiled when a batch first needs them. They read the network's current parameters, so a model in training can be used
/// between steps. A predictor is for one thread at a time; the steps before and after the programs may run on any thread
/// (``PredictionSteps``).
public final class Predictor {
    /// The steps before and after the programs.
    let steps: PredictionSteps
    private let backend: any Backend
    /// The part of the network that its decoder needs.
    private let graph: Graph
    private var programs = ProgramCache()

    /// Creates a predictor.
    ///
    /// - Throws: ``PredictorError`` when an option is out of range, ``GraphError`` when the network lacks an output.
    public init(detector: Detector, backend: any Backend, options: PredictorOptions = PredictorOptions()) throws {
        try options.validate()
        for name in detector.decoder.outputs where (try? detector.graph.indexOfResult(name)) == nil {
            throw PredictorError.missingOutput(name)
        }
        let own = detector.preparation.extent
        if detector.decoder.requiresFixedInputSize,
            options.extents(of: own, multiple: detector.inputMultiple).contains(where: { $0 != own })
        {
            throw PredictorError.options(
                "the decoder '\(detector.decoder.name)' supports only one input size, so other scales cannot be used")
        }
        if options.keepsResolution && detector.decoder.requiresFixedInputSize {
            throw PredictorError.options(
                "the decoder '\(detector.decoder.name)' supports only one input size, so images cannot keep their resolution"
            )
        }
        steps = PredictionSteps(detector: detector, options: options)
        // Full and single batches, with the mirrored ones, at every scale.
        if !options.keepsResolution { (programs.mostPrograms, programs.mostElements) = (.max, .max) }
        self.backend = backend
        graph = try detector.graph.part(to: detector.decoder.outputs)
    }

    /// Creates a predictor from one of pinpoint's own models.
    ///
    /// - Throws: The errors of ``init(detector:backend:options:)``.
    public convenience init(
        model: Model, backend: any Backend, options: PredictorOptions = PredictorOptions()
    ) throws {
        try self.init(detector: Detector(model), backend: backend, options: options)
    }

    /// The detector.
    public var detector: Detector { steps.detector }

    /// Returns the precision that the network is computed in.
    ///
    /// - Throws: ``GraphError`` if the requested precision is not available.
    public func precision() throws -> Precision { try backend.precision(of: graph) }

    /// The options of prediction.
    public var options: PredictorOptions { steps.options }

    /// Reads an image at the predictor's resolution, that of its largest input.
    public func read(_ file: URL) throws(ImageError) -> ScaledImage { try steps.decode(ImageContent(contentsOf: file)) }

    /// Returns the network's input for an image at the model's own size, `[1, 3, row, column]`, or at the image's where it keeps its
    /// resolution, and the map from image to input pixels.
    public func input(for image: ScaledImage) -> (tensor: Tensor, view: AffineMap<ImagePixels, InputPixels>) {
        let look = look(at: image)
        return (detector.preparation.input(image, look), look.view)
    }

    /// How the network sees an image at scale 1.
    package func look(at image: ScaledImage) -> InputLook { steps.look(at: (image.width, image.height)) }

    /// Returns a prediction for each image, in order.
    ///
    /// - Throws: ``GraphError`` when the network does not accept the input's size.
    public func predict(_ images: [Image]) throws -> [Prediction] {
        try predict(images.map { ScaledImage($0) })
    }

    /// Returns a prediction for each image, in order. Images are processed in full batches, and the remaining ones one by one, so that two
    /// programs suffice for any number.
    ///
    /// - Throws: ``GraphError`` when the network does not accept the input's size.
    public func predict(_ images: [ScaledImage]) throws -> [Prediction] {
        var predictions: [Prediction] = []
        let steps = steps
        var pipeline = Pipeline(
            read: { images[$0] }, prepare: { steps.prepare($1) },
            compute: { group in try self.answers(to: group.map(\.ready), together: self.options.batchSize) },
            finish: { steps.prediction($1, $2) },
            collect: { predictions.append(try $1.get()) })
        pipeline.groupSize = options.batchSize
        try pipeline.run(images.count)
        return predictions
    }

    /// Returns the network's outputs for each image.
    ///
    /// - Parameter together: The batch size; remaining images are processed one by one.
    /// - Throws: ``GraphError`` when the network does not accept the input's size.
    func answers(to images: [PreparedImage], together: Int) throws -> [ImageOutputs] {
        if !detector.decodesObjects { return images.map { _ in ImageOutputs(looks: [], item: 0) } }
        // Images of different sizes cannot share a batch.
        let count = options.keepsResolution ? 1 : min(together, detector.maximumBatch)
        var answers: [ImageOutputs] = []
        var rest = images[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(rest.count >= count ? count : 1))
            let looks = try steps.extents.indices.map { look in
                ImageOutputs.Look(
                    outputs: try forward(batch.map { $0.inputs[look].plain }),
                    mirrored: try options.flip ? forward(batch.compactMap { $0.inputs[look].mirrored }) : nil)
            }
            answers += batch.indices.map { ImageOutputs(looks: looks, item: $0) }
            rest = rest.dropFirst(batch.count)
        }
        return answers
    }

    private func forward(_ inputs: [Tensor]) throws -> [String: Tensor] {
        var batch = inputs[0]
        if inputs.count > 1 {
            batch = Tensor(uninitialized: [inputs.count] + batch.shape.dropFirst())
            batch.withMutableView { batch in
                Parallel.forEach(inputs.count) { item, _ in
                    batch.item(item).assign(inputs[item].item(0))
                }
            }
        }
        let outputs = try program(shape: batch.shape).forward([detector.inputName: batch])
        try detector.decoder.check(outputs)
        return outputs
    }

    private func program(shape: [Int]) throws -> any Program {
        try programs.program(for: shape) {
            try backend.compile(
                graph, parameters: detector.parameters, inputs: [detector.inputName: shape], mode: .inference)
        }
    }

    /// The input size whose maps a prediction shows, the one nearest to the model's own; nil where each image has its own.
    package var displayedExtent: InputExtent? { options.keepsResolution ? nil : steps.extents[steps.shownLook] }
}
