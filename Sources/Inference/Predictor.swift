import Boxes
import Foundation
import Graphs
import Images
import Networks
import PeakDecoding
import Tensors

/// Runs a detector on pictures: whole picture in, objects in image pixels out ("Objects as Points", section 3.1 and 4.1).
///
/// Programs are compiled when a batch first needs them. They read the network's parameters as they are at the time, so a
/// model in training can be asked between steps. For one thread at a time.
public final class Predictor {
    /// The network, and how it is used.
    public let detector: Detector
    /// How it looks at pictures.
    public let options: PredictorOptions
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
        self.detector = detector
        self.backend = backend
        self.options = options
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

    /// Reads a picture as the predictor looks at it: no finer than its largest look.
    public func read(_ file: URL) throws(ImageError) -> ScaledImage {
        try preparation.read(file, longerSide: longestSide)
    }

    /// What the network is given for a picture at its own size, `[1, 3, row, column]`, and where the picture lies in it.
    public func input(for picture: ScaledImage) -> (tensor: Tensor, view: AffineMap<ImagePixels, InputPixels>) {
        let extent = preparation.extent
        return (preparation.batch([picture], extent: extent), preparation.view(of: picture, extent: extent))
    }

    /// Reads pictures on all cores; what is wrong with one stands in its place.
    func read(_ files: [URL]) -> [Result<ScaledImage, ImageError>] { preparation.read(files, longerSide: longestSide) }

    /// What the network sees in each picture, in their order.
    ///
    /// - Throws: ``GraphError`` when the network cannot take its input's extent.
    public func predict(_ images: [Image]) throws -> [Prediction] {
        try predict(images.map { ScaledImage($0) })
    }

    /// What the network sees in each picture, in their order. They go through it in full batches, and what is left over one
    /// by one: two programs serve any number.
    ///
    /// - Throws: ``GraphError`` when the network cannot take its input's extent.
    public func predict(_ pictures: [ScaledImage]) throws -> [Prediction] {
        if !detector.findsObjects { return pictures.map(emptyPrediction) }
        var predictions: [Prediction] = []
        var rest = pictures[...]
        let full = min(options.batchSize, detector.maximumBatch)
        while !rest.isEmpty {
            let count = rest.count >= full ? full : 1
            predictions += try predict(batch: Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return predictions
    }

    private func predict(batch: [ScaledImage]) throws -> [Prediction] {
        var merged = [[Detection<ImagePixels>]](repeating: [], count: batch.count)
        var looks: [DecodedPicture] = []
        let shown = nearestToOwnExtent
        for (scale, extent) in extents.enumerated() {
            let input = preparation.batch(batch, extent: extent)
            let program = try program(shape: input.shape)
            let outputs = try program.forward([detector.inputName: input])
            let mirrored = options.flip ? try program.forward([detector.inputName: input.mirrored]) : nil
            for (index, picture) in batch.enumerated() {
                let decoded = detector.decoder.decode(
                    outputs, mirrored: mirrored, item: index, input: extent, limit: options.maximumDetections)
                guard let back = preparation.view(of: picture, extent: extent).inverse else { continue }
                merged[index] += decoded.detections.map { $0.mapped(by: back) }
                if scale == shown { looks.append(decoded) }
            }
        }
        return zip(batch.indices, looks).map { index, look in
            Prediction(
                detections: extents.count == 1
                    ? merged[index]
                    : softNonMaximumSuppression(merged[index], limit: options.maximumDetections),
                heatmap: look.heatmap, centers: look.centers, joints: look.joints,
                imageToCells: imageToCells(batch[index], heatmap: look.heatmap.shape))
        }
    }

    /// What is said about a picture when nothing is read from the network.
    private func emptyPrediction(_ picture: ScaledImage) -> Prediction {
        let heatmap = Tensor([0, 1, 1])
        return Prediction(
            detections: [], heatmap: heatmap, centers: nil, joints: nil,
            imageToCells: imageToCells(picture, heatmap: heatmap.shape))
    }

    private func imageToCells(_ picture: ScaledImage, heatmap: [Int]) -> AffineMap<ImagePixels, OutputCells> {
        let extent = extents[nearestToOwnExtent]
        return preparation.view(of: picture, extent: extent).followed(
            by: AffineMap(
                scaleX: Double(heatmap[2]) / Double(extent.columns), scaleY: Double(heatmap[1]) / Double(extent.rows)))
    }

    private func program(shape: [Int]) throws -> any Program {
        if let program = programs[shape] { return program }
        let program = try backend.compile(
            graph, parameters: detector.parameters, inputs: [detector.inputName: shape], mode: .inference)
        programs[shape] = program
        return program
    }

    private var preparation: PicturePreparation { detector.preparation }
    private var extents: [InputExtent] { options.extents(of: preparation.extent, multiple: detector.inputMultiple) }
    private var longestSide: Int { extents.map(\.longerSide).max() ?? 0 }

    /// The extent of the look whose maps a prediction shows: the one nearest to the model's own.
    package var lookExtent: InputExtent { extents[nearestToOwnExtent] }

    /// The position among the scales of the one whose heatmap is shown.
    private var nearestToOwnExtent: Int {
        let own = preparation.extent.longerSide
        return extents.indices.min { abs(extents[$0].longerSide - own) < abs(extents[$1].longerSide - own) } ?? 0
    }
}
