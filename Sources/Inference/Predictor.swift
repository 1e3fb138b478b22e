import Boxes
import Foundation
import Graphs
import Images
import Networks
import PeakDecoding
import Tensors

/// Runs a detector on images: whole image in, objects in image pixels out ("Objects as Points", section 3.1 and 4.1).
///
/// Programs are compiled when a batch first needs them. They read the network's parameters as they are at the time, so a
/// model in training can be asked between steps. For one thread at a time; what is done before and after the programs, any thread
/// may do (``PredictionSteps``).
public final class Predictor {
    /// What is done to images before programs run, and to outputs after.
    let steps: PredictionSteps
    private let backend: any Backend
    /// No more of the network than its decoder needs.
    private let graph: Graph
    private var programs: [[Int]: any Program] = [:]

    /// A predictor.
    ///
    /// - Throws: ``PredictorError`` when an option is out of range, ``GraphError`` when the network lacks an output.
    public init(detector: Detector, backend: any Backend, options: PredictorOptions = PredictorOptions()) throws {
        try options.validate()
        for name in detector.decoder.outputs where (try? detector.graph.indexOfResult(name)) == nil {
            throw PredictorError.missingOutput(name)
        }
        let own = detector.preparation.extent
        if detector.decoder.readsOneExtent,
            options.extents(of: own, multiple: detector.inputMultiple).contains(where: { $0 != own })
        {
            throw PredictorError.options(
                "the decoder '\(detector.decoder.name)' reads one size of input, so other scales cannot be looked at")
        }
        steps = PredictionSteps(detector: detector, options: options)
        self.backend = backend
        graph = try detector.graph.part(to: detector.decoder.outputs)
    }

    /// A predictor of a network of ours.
    ///
    /// - Throws: as ``init(detector:backend:options:)``.
    public convenience init(
        model: Model, backend: any Backend, options: PredictorOptions = PredictorOptions()
    ) throws {
        try self.init(detector: Detector(model), backend: backend, options: options)
    }

    /// The network, and how it is used.
    public var detector: Detector { steps.detector }

    /// What numbers the network is computed with.
    ///
    /// - Throws: ``GraphError`` where what was asked for cannot be had.
    public func precision() throws -> Precision { try backend.precision(of: graph) }

    /// How it looks at images.
    public var options: PredictorOptions { steps.options }

    /// Reads an image as the predictor looks at it: no finer than its largest look.
    public func read(_ file: URL) throws(ImageError) -> ScaledImage { try steps.decode(ImageContent(contentsOf: file)) }

    /// What the network is given for an image at its own size, `[1, 3, row, column]`, and where the image lies in it.
    public func input(for image: ScaledImage) -> (tensor: Tensor, view: AffineMap<ImagePixels, InputPixels>) {
        let preparation = detector.preparation
        return (
            preparation.batch([image], extent: preparation.extent),
            preparation.view(of: image, extent: preparation.extent)
        )
    }

    /// What the network sees in each image, in their order.
    ///
    /// - Throws: ``GraphError`` when the network cannot take its input's extent.
    public func predict(_ images: [Image]) throws -> [Prediction] {
        try predict(images.map { ScaledImage($0) })
    }

    /// What the network sees in each image, in their order. They go through it in full batches, and what is left over one
    /// by one: two programs serve any number.
    ///
    /// - Throws: ``GraphError`` when the network cannot take its input's extent.
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

    /// What the network answers about each image.
    ///
    /// - Parameter together: How many go through it together; fewer go one by one.
    /// - Throws: ``GraphError`` when the network cannot take its input's extent.
    func answers(to images: [PreparedImage], together: Int) throws -> [NetworkAnswer] {
        if !detector.findsObjects { return images.map { _ in NetworkAnswer(looks: [], item: 0) } }
        let count = min(together, detector.maximumBatch)
        var answers: [NetworkAnswer] = []
        var rest = images[...]
        while !rest.isEmpty {
            let batch = Array(rest.prefix(rest.count >= count ? count : 1))
            let looks = try steps.extents.indices.map { look in
                NetworkAnswer.Look(
                    outputs: try forward(batch.map { $0.inputs[look].plain }),
                    mirrored: try options.flip ? forward(batch.compactMap { $0.inputs[look].mirrored }) : nil)
            }
            answers += batch.indices.map { NetworkAnswer(looks: looks, item: $0) }
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
        return try program(shape: batch.shape).forward([detector.inputName: batch])
    }

    private func program(shape: [Int]) throws -> any Program {
        if let program = programs[shape] { return program }
        let program = try backend.compile(
            graph, parameters: detector.parameters, inputs: [detector.inputName: shape], mode: .inference)
        programs[shape] = program
        return program
    }

    /// The extent of the look whose maps a prediction shows: the one nearest to the model's own.
    package var lookExtent: InputExtent { steps.extents[steps.shownLook] }
}
