import Boxes
import Foundation
import Graphs
import Images
import Networks
import PeakDecoding
import Tensors

/// Runs a model on pictures: whole picture in, objects in image pixels out ("Objects as Points", section 3.1 and 4.1).
///
/// Programs are compiled when a batch first needs them. They read the model's parameters as they are at the time, so a
/// model in training can be asked between steps. For one thread at a time.
public final class Predictor {
    /// The network and its numbers.
    public let model: Model
    /// How it looks at pictures.
    public let options: PredictorOptions
    private let backend: any Backend
    private let preparation: ImagePreparation
    private let decoder: PeakDecoder
    private var programs: [[Int]: any Program] = [:]

    /// A predictor.
    ///
    /// - Throws: ``PredictorError`` when an option is out of range.
    public init(
        model: Model, backend: any Backend, options: PredictorOptions = PredictorOptions()
    ) throws(PredictorError) {
        try options.validate()
        self.model = model
        self.backend = backend
        self.options = options
        preparation = ImagePreparation(
            inputSizes: options.inputSizes(modelSize: model.inputSize), mean: model.mean,
            standardDeviation: model.standardDeviation)
        decoder = PeakDecoder(maximumDetections: options.maximumDetections)
    }

    /// Reads a picture as the predictor looks at it: no finer than its largest look.
    public func read(_ file: URL) throws(ImageError) -> ScaledImage { try preparation.read(file) }

    /// What the network is given for a picture at the model's own size, `[1, 3, row, column]`, and where the picture lies in it.
    public func input(for picture: ScaledImage) -> (tensor: Tensor, view: AffineMap<ImagePixels, InputPixels>) {
        let size = model.inputSize
        return (preparation.batch([picture], size: size), preparation.view(of: picture, size: size))
    }

    /// Reads pictures on all cores; what is wrong with one stands in its place.
    func read(_ files: [URL]) -> [Result<ScaledImage, ImageError>] { preparation.read(files) }

    /// What the network sees in each picture, in their order.
    ///
    /// - Throws: ``GraphError`` when the model's graph is none of a detector at its input size.
    public func predict(_ images: [Image]) throws -> [Prediction] {
        try predict(images.map { ScaledImage($0) })
    }

    /// What the network sees in each picture, in their order. They go through it in full batches, and what is left over one
    /// by one: two programs serve any number.
    ///
    /// - Throws: ``GraphError`` when the model's graph is none of a detector at its input size.
    public func predict(_ pictures: [ScaledImage]) throws -> [Prediction] {
        var predictions: [Prediction] = []
        var rest = pictures[...]
        while !rest.isEmpty {
            let count = rest.count >= options.batchSize ? options.batchSize : 1
            predictions += try predict(batch: Array(rest.prefix(count)))
            rest = rest.dropFirst(count)
        }
        return predictions
    }

    private func predict(batch: [ScaledImage]) throws -> [Prediction] {
        var merged = [[Detection<ImagePixels>]](repeating: [], count: batch.count)
        var looks: [(heatmap: Tensor, size: Tensor, offset: Tensor)] = []
        let shown = nearestToModelSize
        for scale in inputSizes.indices {
            let size = inputSizes[scale]
            let maps = try outputs(for: preparation.batch(batch, size: size))
            for (index, picture) in batch.enumerated() {
                let view = preparation.view(of: picture, size: size)
                let cells = decoder.decode(
                    probabilities: maps.probabilities, size: maps.size, offset: maps.offset, image: index)
                guard let back = view.followed(by: .outputStride(outputStride)).inverse else { continue }
                merged[index] += cells.map { $0.mapped(by: back) }
                if scale == shown {
                    looks.append((maps.probabilities.item(index), maps.size.item(index), maps.offset.item(index)))
                }
            }
        }
        return batch.indices.map { index in
            Prediction(
                detections: inputSizes.count == 1
                    ? merged[index]
                    : softNonMaximumSuppression(merged[index], limit: options.maximumDetections),
                heatmap: looks[index].heatmap, size: looks[index].size, offset: looks[index].offset,
                imageToCells: preparation.view(of: batch[index], size: inputSizes[shown])
                    .followed(by: .outputStride(outputStride)))
        }
    }

    /// The maps for `[batch, 3, row, column]`, averaged with the mirrored ones when the options ask for it.
    private func outputs(for batch: Tensor) throws -> OutputMaps {
        let program = try program(shape: batch.shape)
        var maps = try OutputMaps(program.forward(["image": batch]))
        if options.flip { maps.average(withMirrored: try OutputMaps(program.forward(["image": batch.mirrored]))) }
        return maps
    }

    private func program(shape: [Int]) throws -> any Program {
        if let program = programs[shape] { return program }
        let program = try backend.compile(
            model.graph, parameters: model.parameters, inputs: ["image": shape], mode: .inference)
        programs[shape] = program
        return program
    }

    private var inputSizes: [Int] { preparation.inputSizes }

    /// The side, in pixels, of the look whose maps a prediction shows: the one nearest to the model's own.
    package var lookSize: Int { inputSizes[nearestToModelSize] }

    /// The position among the scales of the one whose heatmap is shown.
    private var nearestToModelSize: Int {
        inputSizes.indices.min { abs(inputSizes[$0] - model.inputSize) < abs(inputSizes[$1] - model.inputSize) } ?? 0
    }
}
