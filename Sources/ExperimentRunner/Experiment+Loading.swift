import Datasets
import Foundation
import Networks

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

    /// The classes in the network's order: those that the experiment names, or all that the annotations name.
    ///
    /// - Throws: ``DatasetError`` when no annotation is of a class that the experiment names.
    public func classNames() throws -> [String] {
        if dataset.classes.isEmpty { return try source.discoverClasses() }
        try source.require(classNames: dataset.classes)
        return dataset.classes
    }

    /// The two splits.
    public func datasets(classNames: [String]) throws -> (training: DetectionDataset, validation: DetectionDataset) {
        let source = source
        return (
            try source.load(split: dataset.trainSplit, classNames: classNames),
            try source.load(split: dataset.validationSplit, classNames: classNames)
        )
    }

    /// The network with its first, random numbers.
    public func makeModel(classNames: [String]) throws -> Model {
        let configuration = NetworkConfiguration(
            name: network.name, classCount: classNames.count, headChannels: network.headChannels)
        var model = try Model(
            network: configuration, classNames: classNames, inputSize: input.size, seed: training.seed)
        model.mean = input.mean.map(Float.init)
        model.standardDeviation = input.standardDeviation.map(Float.init)
        return model
    }
}
