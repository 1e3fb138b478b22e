import Datasets
import Foundation
import Networks
import Training

extension Experiment {
    /// An experiment on a data set with every setting at its default, then changed by overrides.
    ///
    /// A run without a name is called after the data set's folder.
    public init(dataset root: String, overrides: [String] = []) throws(ExperimentError) {
        self.init()
        dataset.root = root
        try apply(overrides)
        if name.isEmpty { name = URL(fileURLWithPath: dataset.root).lastPathComponent }
        try validate()
    }

    /// Where the run leaves everything.
    public var folder: URL { URL(fileURLWithPath: outputs.folder).appendingPathComponent(name, isDirectory: true) }

    /// Where its images come from.
    public var source: DatasetSource {
        DatasetSource(
            root: URL(fileURLWithPath: dataset.root), format: dataset.format, splitSeed: dataset.splitSeed,
            validationFraction: dataset.validationFraction, difficult: dataset.difficult)
    }

    /// The data set, read once: everything else is asked of it.
    public func index() throws(DatasetError) -> DatasetIndex { try DatasetIndex(source) }

    /// The split that is learned from, with the classes and keypoints of the network.
    ///
    /// - Throws: ``RunError/noObjects(split:root:)`` for one without a single object, beside what loading throws.
    public func trainingSplit(of index: DatasetIndex, _ answers: NetworkAnswers) throws -> DetectionDataset {
        let split = try load(dataset.trainSplit, of: index, answers)
        if split.samples.isEmpty { throw RunError.emptySplit(split: split.split, root: dataset.root) }
        return split
    }

    /// The split that is kept for validation, with the classes and keypoints of the network.
    public func validationSplit(of index: DatasetIndex, _ answers: NetworkAnswers) throws -> DetectionDataset {
        try load(dataset.validationSplit, of: index, answers)
    }

    private func load(
        _ split: String, of index: DatasetIndex, _ answers: NetworkAnswers
    ) throws -> DetectionDataset {
        try index.dataset(split: split, classNames: answers.classNames).answering(answers.skeleton, root: dataset.root)
    }

    /// The network with its first, random numbers.
    public func makeModel(_ answers: NetworkAnswers) throws -> Model {
        let configuration = NetworkConfiguration(
            name: network.name, classCount: answers.classNames.count, headChannels: network.headChannels,
            keypointCount: answers.skeleton?.keypointCount ?? 0)
        var model = try Model(
            network: configuration, classNames: answers.classNames, skeleton: answers.skeleton, inputSize: input.size,
            seed: training.seed)
        model.categoryIDs = answers.categoryIDs
        model.mean = input.mean.map(Float.init)
        model.standardDeviation = input.standardDeviation.map(Float.init)
        return model
    }

    /// How it learns: ``training``, with where it starts, which a resumed run must agree with.
    var trainingConfiguration: TrainingConfiguration {
        var configuration = training
        configuration.startingWeights = network.pretrained
        return configuration
    }
}
