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

    /// Where its pictures come from.
    public var source: DatasetSource {
        DatasetSource(
            root: URL(fileURLWithPath: dataset.root), format: dataset.format, splitSeed: dataset.splitSeed,
            validationFraction: dataset.validationFraction)
    }

    /// The two splits.
    public func datasets(
        _ answers: NetworkAnswers
    ) throws -> (training: DetectionDataset, validation: DetectionDataset) {
        (try load(split: dataset.trainSplit, answers), try load(split: dataset.validationSplit, answers))
    }

    /// A split with the classes and joints of the network.
    public func load(split: String, _ answers: NetworkAnswers) throws -> DetectionDataset {
        try source.load(split: split, classNames: answers.classNames).answering(answers.skeleton, root: dataset.root)
    }

    /// The network with its first, random numbers.
    public func makeModel(_ answers: NetworkAnswers) throws -> Model {
        let configuration = NetworkConfiguration(
            name: network.name, classCount: answers.classNames.count, headChannels: network.headChannels,
            jointCount: answers.skeleton?.jointCount ?? 0)
        var model = try Model(
            network: configuration, classNames: answers.classNames, skeleton: answers.skeleton, inputSize: input.size,
            seed: training.seed)
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
