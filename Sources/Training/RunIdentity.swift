import Datasets
import Foundation
import Graphs
import Networks
import Settings
import Tensors

/// What decides the numbers of a run, as named values: a run is only resumed under the same, and where they differ, both are named.
///
/// Settings are in it where they change results (``SettingEffect/results``); data sets and pretrained weights by their content, however
/// they are called. What only decides a run's pace is not in it, nor is the number of epochs: a finished run may be made longer.
struct RunIdentity: Hashable {
    private var values: [String: String] = [:]

    /// Takes the place of a value that cannot be known any more.
    static let unknown = "unknown"

    /// A sentence for each value in which this identity differs from that of a checkpoint.
    func differences(from earlier: RunIdentity) -> [String] {
        Set(values.keys).union(earlier.values.keys).sorted().compactMap { name in
            let (then, now) = (earlier.values[name] ?? "nothing", values[name] ?? "nothing")
            return then == now || now == Self.unknown ? nil : "\(name) was \(then) and is \(now)"
        }
    }

    /// What a run is.
    init(
        _ configuration: TrainingConfiguration, model: Model, training: DetectionDataset,
        validation: DetectionDataset?, plan: BatchPlan, backend: any Backend
    ) {
        for setting in TrainingConfiguration.settings where setting.effect == .results && setting.applies(configuration)
        {
            values[setting.key] = setting.write(configuration).text()
        }
        values["pretrained"] = configuration.startingWeights
        values["network"] = model.network.name
        values["headChannels"] = "\(model.network.headChannels)"
        values["classes"] = model.classNames.joined(separator: ", ")
        values["inputSize"] = "\(model.inputSize)"
        values["mean"] = "\(model.mean)"
        values["standardDeviation"] = "\(model.standardDeviation)"
        values["imagesPerStep"] = "\(plan.imagesPerStep)"
        values["backend"] = backend.identity
        if let skeleton = model.skeleton {
            values["keypoints"] = skeleton.keypointNames.joined(separator: ", ")
            values["mirrorPairs"] = "\(skeleton.mirrorPairs.map { [$0.first, $0.second] })"
        }
        for (name, dataset) in [("training set", training), ("validation set", validation)] {
            guard let dataset else { continue }
            values[name] = "\(dataset.samples.count) images, annotations \(dataset.contentHash)"
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
                hash.add(
                    item: "\(object.classIndex) \(object.box) \(object.difficult) \(object.crowd) \(object.isIgnored)")
                for keypoint in object.keypoints { hash.add(item: "\(keypoint)") }
            }
        }
        return hash.hexadecimal
    }
}
