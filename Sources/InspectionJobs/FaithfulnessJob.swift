import Boxes
import Datasets
import Foundation
import Images
import Inference
import Inspection
import Interruption
import Jobs
import Networks
import PeakDecoding
import Tensors

/// Measures which method explains a model best: on a split of a data set, explains the annotated objects that the model finds, by
/// several methods at several layers, and measures how faithful the maps are.
public struct FaithfulnessJob {
    /// Explains targets of one input, `[1, 3, row, column]`, by a method: returns for each a map of the input's size in `0...1`, nil
    /// for a flat one, and the time taken.
    public typealias Explain = (
        _ input: Tensor, _ method: Method, _ layers: [String], _ targets: [Target]
    ) throws -> [(map: Tensor?, milliseconds: Double)]

    /// The methods and layers to compare, and the amount of data.
    public struct Settings: Hashable, Sendable {
        /// The methods; those that use layers have a row per layer.
        public var methods: [Method]
        /// The layers.
        public var layers: [String]
        /// The maximum number of images, from the start of the split.
        public var imageLimit = 20
        /// The maximum number of objects per image: the one with the highest score of each class, then the second of each, and so on.
        public var objectLimit = 3
        /// The minimum score of a detection.
        public var threshold = 0.3
        /// The number of steps of the deletion and insertion curves.
        public var steps = 31
        /// The number of input pixels by which boxes are widened in the pointing game.
        public var pointingMargin = 0.0
        /// The random seed of the random baseline's maps.
        public var seed: UInt64 = 1

        /// Creates settings for comparing methods at layers.
        public init(methods: [Method], layers: [String]) {
            self.methods = methods
            self.layers = layers
        }
    }

    private let predictor: Predictor
    private let settings: Settings
    private let explain: Explain
    private let logits: (_ inputs: Tensor, _ target: Target) throws -> [Float]
    private let progress: (JobEvent) -> Void

    /// Creates a job without running it.
    ///
    /// - Parameters:
    ///   - explain: Computes the maps.
    ///   - logits: The target's value for each of many inputs, before the sigmoid.
    public init(
        predictor: Predictor, settings: Settings, explain: @escaping Explain,
        logits: @escaping (_ inputs: Tensor, _ target: Target) throws -> [Float], progress: @escaping (JobEvent) -> Void
    ) {
        self.predictor = predictor
        self.settings = settings
        self.explain = explain
        self.logits = logits
        self.progress = progress
    }

    /// Creates a job that measures an explainer's maps, without running it.
    public init(predictor: Predictor, explainer: Explainer, settings: Settings, progress: @escaping (JobEvent) -> Void)
    {
        self.init(
            predictor: predictor, settings: settings,
            explain: { input, method, layers, targets in
                try explainer.explain(input, by: method, layers: layers, targets: targets).map {
                    ($0.combined(rows: input.shape[2], columns: input.shape[3]), $0.milliseconds)
                }
            }, logits: { inputs, target in try explainer.inspector.scores(inputs, target: target) },
            progress: progress)
    }

    /// Runs the job.
    ///
    /// - Throws: ``FaithfulnessJobError/nothingFound(imageCount:threshold:)``; errors of explaining. Images that cannot be read are
    ///   reported and left out.
    public func run(_ dataset: DetectionDataset) throws -> FaithfulnessReport {
        let decoder = predictor.detector.decoder
        guard decoder.scoreForm.probability(of: 0) != nil else {
            throw InspectionError.unsuitable(
                "the decoder '\(decoder.name)' computes scores from more values than are explained, so changes of a score cannot be measured"
            )
        }
        let chosen = try choose(dataset)
        let rows = settings.rows
        guard !chosen.isEmpty else {
            throw FaithfulnessJobError.nothingFound(
                imageCount: min(dataset.samples.count, settings.imageLimit), threshold: settings.threshold)
        }
        var judged = rows.map { _ in Tally() }
        let objectCount = chosen.reduce(0) { $0 + $1.objects.count }
        var finished = 0
        try chosen.forEachUntilInterrupted { image in
            let (input, view) = predictor.input(for: try predictor.read(image.sample.imageURL))
            let judge = FaithfulnessEvaluator(
                input: input.reshaped(Array(input.shape.dropFirst())), steps: settings.steps,
                pointingMargin: settings.pointingMargin)
            for (index, row) in rows.enumerated() {
                let maps = try maps(input, row, image.objects.map(\.target), seed: finished)
                for (object, map) in zip(image.objects, maps) {
                    let scores = try judge.scores(
                        of: map.map, box: view(object.box), milliseconds: map.milliseconds
                    ) { inputs in try logits(inputs, object.target).compactMap(decoder.scoreForm.probability(of:)) }
                    judged[index].add(scores, isFlat: map.isFlat)
                }
                progress(
                    .working(
                        "scoring explanations",
                        finished: finished * rows.count + (index + 1) * image.objects.count,
                        count: objectCount * rows.count))
            }
            finished += image.objects.count
        }
        return FaithfulnessReport(
            table: FaithfulnessTable(rows: zip(rows, judged).map { $1.row($0) }), imageCount: chosen.count,
            objectCount: objectCount, split: dataset.split)
    }

    private struct JudgedMap {
        /// `[row, column]` of the input, in `0...1`; zeros for a flat one.
        let map: Tensor
        let isFlat: Bool
        let milliseconds: Double
    }

    private func maps(_ input: Tensor, _ row: Row, _ targets: [Target], seed: Int) throws -> [JudgedMap] {
        let (rows, columns) = (input.shape[2], input.shape[3])
        switch row.method {
        case .random:
            // A different map for each object.
            return targets.indices.map { index in
                let map = randomMap(rows: rows, columns: columns, seed: settings.seed &+ UInt64(seed + index))
                return JudgedMap(map: map, isFlat: false, milliseconds: .nan)
            }
        case .centerGaussian:
            let map = centerGaussianMap(rows: rows, columns: columns)
            return targets.map { _ in JudgedMap(map: map, isFlat: false, milliseconds: .nan) }
        default:
            return try explain(input, row.method, row.layer.map { [$0] } ?? [], targets).map {
                JudgedMap(
                    map: $0.map ?? Tensor([rows, columns]), isFlat: $0.map == nil, milliseconds: $0.milliseconds)
            }
        }
    }

    /// Returns the images in which annotated objects were found, with the objects to explain.
    private func choose(_ dataset: DetectionDataset) throws -> [ChosenImage] {
        let samples = dataset.samples.prefix(settings.imageLimit)
        var chosen: [ChosenImage] = []
        let (detector, threshold, limit) = (predictor.detector, settings.threshold, settings.objectLimit)
        try ImageRun(predictor: predictor, files: samples.map(\.imageURL), keepsImages: false).run {
            index, _, prediction in
            ImageProduct(
                value: ChosenImage(
                    samples[index], prediction.detections, by: detector, threshold: threshold, limit: limit))
        } collect: { index, image in
            do {
                let image = try image.get()
                if !image.objects.isEmpty { chosen.append(image) }
            } catch let error as ImageError {
                progress(.warning("\(error)"))
            }
            progress(.working("detecting objects", finished: index + 1, count: samples.count))
        }
        return chosen
    }
}

extension FaithfulnessJob {
    /// A method at a layer, if it uses one.
    struct Row {
        let method: Method
        let layer: String?

        var isBaseline: Bool { [.random, .centerGaussian].contains(method) }
    }

    /// The scores of a row's maps so far.
    private struct Tally {
        private var scores: [FaithfulnessScores] = []
        private var flatCount = 0

        mutating func add(_ map: FaithfulnessScores, isFlat: Bool) {
            scores.append(map)
            if isFlat { flatCount += 1 }
        }

        func row(_ row: Row) -> FaithfulnessTable.Row {
            FaithfulnessTable.Row(
                method: row.method.rawValue, layer: row.layer, isBaseline: row.isBaseline, maps: scores,
                flatMapCount: flatCount)
        }
    }
}

extension FaithfulnessJob.Settings {
    /// The rows of the table: methods that use layers once per layer, and both baselines last.
    var rows: [FaithfulnessJob.Row] {
        let floors: [Method] = [.random, .centerGaussian]
        let asked = methods.filter { !floors.contains($0) }.flatMap { method in
            method.subject == .layers
                ? layers.map { FaithfulnessJob.Row(method: method, layer: $0) }
                : [FaithfulnessJob.Row(method: method, layer: nil)]
        }
        return asked + floors.map { FaithfulnessJob.Row(method: $0, layer: nil) }
    }
}
