import Datasets
import Graphs
import Networks

/// Returns everything that determines the results of a run, as named values, so that a checkpoint can list what differs in another
/// experiment. Settings that affect only speed (threads, caches, checkpoints) are left out, and so is the number of epochs, because a
/// finished run may be extended.
func fingerprint(
    model: Model, training: DetectionDataset, configuration: TrainingConfiguration, plan: BatchPlan,
    backend: any Backend
) -> [String: String] {
    var values: [String: String] = [
        "network": model.network.name,
        "headChannels": "\(model.network.headChannels)",
        "classes": model.classNames.joined(separator: ", "),
        "inputSize": "\(model.inputSize)",
        "mean": "\(model.mean)",
        "standardDeviation": "\(model.standardDeviation)",
        "images": "\(training.samples.count)",
        "imageNames": hexadecimalHash(training.samples.map(\.id)),
        "ignoredObjects": "\(training.samples.reduce(0) { $0 + $1.objects.count(where: \.isIgnored) })",
        "batchSize": "\(plan.batchSize)",
        "learningRate": "\(configuration.learningRate ?? configuration.automaticLearningRate)",
        "schedule": "\(configuration.schedule)",
        "warmUpSteps": "\(configuration.warmUpSteps)",
        "gradientClip": "\(configuration.gradientClip)",
        "averageDecay": "\(configuration.averageDecay)",
        "evaluateEvery": "\(configuration.evaluateEvery)",
        "seed": "\(configuration.seed)",
        "backend": backend.identity,
    ]
    // Only if there are any: checkpoints of earlier versions have no such values.
    if !configuration.freeze.isEmpty { values["freeze"] = configuration.freeze.joined(separator: ", ") }
    if let start = configuration.startingWeights { values["pretrained"] = start }
    list(configuration.optimizer, as: "optimizer", in: &values)
    list(configuration.augmentation, as: "augmentation", in: &values)
    list(configuration.targets, as: "targets", in: &values)
    list(configuration.loss, as: "loss", in: &values)
    if let skeleton = training.skeleton {
        values["keypoints"] = skeleton.keypointNames.joined(separator: ", ")
        values["mirrorPairs"] = "\(skeleton.mirrorPairs.map { [$0.first, $0.second] })"
    } else {
        // Keypoint weights have no effect here, so they must not prevent a run from resuming.
        for name in values.keys where name.hasPrefix("loss.weights.keypoint") { values[name] = nil }
    }
    return values
}

/// Adds every stored property of a structure, and of nested structures, under its dotted name.
private func list(_ value: Any, as name: String, in values: inout [String: String]) {
    let mirror = Mirror(reflecting: value)
    guard mirror.displayStyle == .struct, !mirror.children.isEmpty else {
        values[name] = "\(value)"
        return
    }
    for child in mirror.children { list(child.value, as: "\(name).\(child.label ?? "")", in: &values) }
}

/// Returns the FNV-1a hash of all names, which is enough to notice that a data set changed.
private func hexadecimalHash(_ names: [String]) -> String {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in names.joined(separator: "\n").utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    return String(hash, radix: 16)
}
