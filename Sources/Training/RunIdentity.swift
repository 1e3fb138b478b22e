import Datasets
import Evaluation
import Foundation
import Graphs
import Networks
import Settings
import Tensors

/// What decides the numbers of a run, as named values: a run is only resumed under the same, and where they differ, both are named.
///
/// Training settings are in it where they change results (``SettingEffect/results``), those of the network and its input as the model's
/// own; annotations and image files by their content. What only decides a run's pace is not in it, nor is the number of epochs: a finished run may be
/// made longer.
struct RunIdentity: Hashable {
    private var values: [String: String] = [:]

    /// A sentence for each value in which this identity differs from that of a checkpoint.
    func differences(from earlier: RunIdentity) -> [String] {
        let names = Set(values.keys).union(earlier.values.keys).subtracting([Self.weightsHash])
        return names.sorted().compactMap { name in
            let (then, now) = (earlier.values[name], values[name])
            // A run needs its pretrained weights no more: they may have changed or gone, or lie elsewhere.
            if then == now || name == Self.weights && hasSameWeights(as: earlier) { return nil }
            // A setting that an earlier version did not have was what its default is now.
            if then == nil, now != nil, now == Self.defaults[name] { return nil }
            // Earlier versions did not record it; where there is no set, there are no images either.
            if name.hasSuffix(Self.images) && (then == nil || now == nil) { return nil }
            return Self.difference(in: name, from: then ?? "nothing", to: now ?? "nothing")
        }
    }

    /// The default of each setting that is compared.
    private static let defaults: [String: String] = {
        let configuration = TrainingConfiguration()
        return Dictionary(
            uniqueKeysWithValues: TrainingConfiguration.settings.map { ($0.key, $0.write(configuration).text()) })
    }()

    /// A sentence about a value. Hashes say nothing to a reader; what they stand for does.
    private static func difference(in name: String, from then: String, to now: String) -> String {
        if name.hasSuffix(images) {
            return "image files of the \(name.dropLast(images.count)) have changed"
        }
        let (before, after) = (then.components(separatedBy: annotations), now.components(separatedBy: annotations))
        guard before.count == 2 || after.count == 2 else { return "\(name) was \(then) and is \(now)" }
        if before[0] == after[0] { return "the annotations of the \(name) have changed" }
        return "the \(name) was \(before[0]) and is \(after[0])"
    }

    private static let datasets = ["training set", "validation set"]
    private static let annotations = ", annotations "
    private static let images = ", images"

    /// Whether a checkpoint has an identity of this form.
    var isKnown: Bool { values["training.batchSize"] != nil }

    private static let (weights, weightsHash) = ("pretrained", "pretrainedContent")

    /// Takes over the weights that a run really started from.
    mutating func takeStart(from earlier: RunIdentity) {
        for name in [Self.weights, Self.weightsHash] { values[name] = earlier.values[name] }
    }

    private func hasSameWeights(as other: RunIdentity) -> Bool {
        guard let hash = values[Self.weightsHash] else { return false }
        return hash == other.values[Self.weightsHash]
    }

    /// What a run is.
    init(
        _ configuration: TrainingConfiguration, model: Model, training: DetectionDataset,
        validation: DetectionDataset?, plan: BatchPlan, backend: any Backend
    ) {
        var configuration = configuration
        // As many as there are, which may be fewer than were asked for.
        (configuration.batchSize, configuration.accumulation) = (plan.batchSize, plan.accumulation)
        configuration.learningRate = configuration.initialLearningRate(imagesPerStep: plan.imagesPerStep)
        // What was left to the data set when a run began stands in its complete experiment, from which it may be resumed.
        let kind = model.network.objectKind
        configuration.objects = kind == .points ? .points : .boxes
        configuration.prediction.maximumDetections = configuration.prediction.maximumDetections(of: kind)
        configuration.trainsKeypoints = model.skeleton != nil
        configuration.keypointSigmas = model.skeleton.map {
            configuration.keypointSigmas ?? KeypointSimilarity(of: $0).sigmas
        }
        for setting in TrainingConfiguration.settings
        where setting.effect == .results && setting.applies(configuration) {
            values[setting.key] = setting.write(configuration).text()
        }
        values[Self.weights] = configuration.startingWeights?.path
        values[Self.weightsHash] = configuration.startingWeights?.contentHash
        values["focal"] = "\(configuration.loss.focal)"
        values["network"] = model.network.name
        values["headChannels"] = "\(model.network.headChannels)"
        values["classes"] = model.classNames.joined(separator: ", ")
        values["inputSize"] = "\(model.inputSize)"
        values["mean"] = "\(model.mean)"
        values["standardDeviation"] = "\(model.standardDeviation)"
        values["backend"] = backend.identity
        if kind == .points { values["objects"] = kind.rawValue }
        if let skeleton = model.skeleton {
            values["keypoints"] = skeleton.keypointNames.joined(separator: ", ")
            values["mirrorPairs"] = "\(skeleton.mirrorPairs.map { [$0.first, $0.second] })"
        }
        for (name, dataset) in zip(Self.datasets, [training, validation]) {
            guard let dataset else { continue }
            values[name] = "\(dataset.samples.count) images\(Self.annotations)\(dataset.contentHash)"
            values[name + Self.images] = dataset.imageContentHash
        }
    }
}

extension RunIdentity {
    /// How checkpoints keep it.
    var metadata: [String: String] {
        Dictionary(uniqueKeysWithValues: values.map { (Self.prefix + $0.key, $0.value) })
    }

    /// Reads what ``metadata`` wrote.
    init(metadata: [String: String]) {
        values = [:]
        for (name, value) in metadata where name.hasPrefix(Self.prefix) {
            values[String(name.dropFirst(Self.prefix.count))] = value
        }
    }

    private static let prefix = "experiment."
}

extension DetectionDataset {
    /// A hash of everything that training and evaluation read of the annotations: names of images, objects, their flags and keypoints.
    fileprivate var contentHash: String {
        var hash = ContentHash()
        for sample in samples {
            hash.add(item: sample.id)
            for object in sample.objects {
                let flags = (object.difficult ? 1 : 0) + (object.crowd ? 2 : 0) + (object.isIgnored ? 4 : 0)
                hash.add([Double(object.classIndex), Double(flags), Double(object.keypoints.count)])
                hash.add([object.box.xMin, object.box.yMin, object.box.xMax, object.box.yMax, object.area ?? -1])
                for keypoint in object.keypoints {
                    hash.add([Double(keypoint.visibility.rawValue), keypoint.x, keypoint.y])
                }
            }
        }
        return hash.hexadecimal
    }
}
