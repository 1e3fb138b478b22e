import Datasets
import Foundation
import Networks
import Tensors
import Training

extension Experiment {
    /// Creates an experiment on a data set with default settings, then applies overrides.
    ///
    /// A run without a name gets the name of the data set's folder.
    public init(dataset root: String, overrides: [String] = []) throws(ExperimentError) {
        self.init()
        dataset.root = root
        try apply(overrides)
        if name.isEmpty { name = URL(fileURLWithPath: dataset.root).lastPathComponent }
        try validate()
    }

    /// The run's output folder.
    public var folder: URL { URL(fileURLWithPath: outputs.folder).appendingPathComponent(name, isDirectory: true) }

    /// The data set as configured.
    public var source: DatasetSource {
        DatasetSource(
            root: URL(fileURLWithPath: dataset.root), format: dataset.format, splitSeed: dataset.splitSeed,
            validationFraction: dataset.validationFraction, difficult: dataset.difficult,
            objects: training.objects)
    }

    /// Reads the data set into an index.
    public func index() throws(DatasetError) -> DatasetIndex { try DatasetIndex(source) }

    /// Returns the training split, or all folds but one, with the classes and keypoints of the network.
    ///
    /// - Throws: ``RunError/emptySplit(split:root:)`` for a split without images; any loading error.
    public func trainingSplit(of index: DatasetIndex, _ answers: NetworkOutputs) throws -> DetectionDataset {
        let split =
            try fold(of: index, answers)?.training ?? load(dataset.trainSplit, of: index, answers)
        if split.samples.isEmpty { throw RunError.emptySplit(split: split.split, root: dataset.root) }
        return split
    }

    /// Returns the validation split, or the fold that validates, with the classes and keypoints of the network.
    public func validationSplit(of index: DatasetIndex, _ answers: NetworkOutputs) throws -> DetectionDataset {
        try fold(of: index, answers)?.validation ?? load(dataset.validationSplit, of: index, answers)
    }

    /// Returns both parts of the images of both splits; nil without cross-validation.
    private func fold(
        of index: DatasetIndex, _ answers: NetworkOutputs
    ) throws -> (training: DetectionDataset, validation: DetectionDataset)? {
        guard let count = dataset.folds else { return nil }
        let splits = [dataset.trainSplit, dataset.validationSplit]
        let pool = try index.pool(of: splits, classNames: answers.classNames)
            .answering(answers, root: dataset.root)
        return try pool.parts(of: Folds(of: pool, count: count, seed: dataset.splitSeed), fold: dataset.fold - 1)
    }

    private func load(
        _ split: String, of index: DatasetIndex, _ answers: NetworkOutputs
    ) throws -> DetectionDataset {
        try index.dataset(split: split, classNames: answers.classNames).answering(answers, root: dataset.root)
    }

    /// Creates the network with random initial weights.
    public func makeModel(_ answers: NetworkOutputs) throws -> Model {
        let configuration = NetworkConfiguration(
            name: network.name, classCount: answers.classNames.count, headChannels: network.headChannels,
            keypointCount: answers.skeleton?.keypointCount ?? 0, objectKind: answers.objectKind)
        var model = try Model(
            network: configuration, classNames: answers.classNames, skeleton: answers.skeleton, inputSize: input.size,
            seed: training.seed)
        model.categoryIDs = answers.categoryIDs
        model.mean = input.mean.map(Float.init)
        model.standardDeviation = input.standardDeviation.map(Float.init)
        return model
    }

    /// What the network's parameters are before training.
    package var startingPoint: StartingPoint { StartingPoint(network.pretrained, network: network.name) }

    /// How it is trained: ``training``, with the weights where it starts, which a resumed run must agree with.
    ///
    /// - Throws: what finding and reading the weights throws; not when resuming, which needs them no more.
    package func trainingConfiguration(resuming: Bool) throws -> TrainingConfiguration {
        var configuration = training
        let location: URL
        switch startingPoint {
        case .random: return configuration
        case .included:
            configuration.startingWeights = StartingWeights(
                path: StartingPoint.includedName, contentHash: IncludedWeights.contentHash(for: network.name))
            return configuration
        case .weights(let url): location = url.standardizedFileURL
        }
        configuration.startingWeights = StartingWeights(path: location.path)
        do {
            var hash = ContentHash()
            let file = try LoadedFile(Model.weightsFile(at: location))
            file.load(0..<file.count)
            hash.add(file.bytes)
            configuration.startingWeights?.contentHash = hash.hexadecimal
        } catch  where resuming {}
        return configuration
    }
}
