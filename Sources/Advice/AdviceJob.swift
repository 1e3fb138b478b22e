import Boxes
import DatasetChecks
import Datasets
import Experiments
import Networks

/// Reads a data set and derives advice from it.
package struct AdviceJob {
    /// The experiment that the advice is for: its data set and network.
    package let experiment: Experiment
    /// The data set.
    package let index: DatasetIndex
    private let training: DetectionDataset
    private let validation: DetectionDataset

    /// The achievable precision is measured on an even selection of so many images; it is computed for several input sizes.
    private static let measuredImages = 500

    /// Reads the splits of an experiment.
    ///
    /// - Throws: The errors of finding and reading data sets, and of splits without images.
    package init(_ experiment: Experiment, index: DatasetIndex) throws {
        self.experiment = experiment
        self.index = index
        let answers = try experiment.answers(on: index)
        if answers.objectKind == .points {
            throw ExperimentError.invalid(
                file: "", problems: ["advice depends on the sizes of boxes, but the objects of the data set are points"]
            )
        }
        training = try experiment.trainingSplit(of: index, answers)
        validation = try experiment.validationSplit(of: index, answers)
    }

    /// Returns the advice, which is the same on every machine.
    package func advice() -> Advice {
        let samples = training.samples + validation.samples
        let step = max(1, (samples.count + Self.measuredImages - 1) / Self.measuredImages)
        let measured = stride(from: 0, to: samples.count, by: step).map { samples[$0] }
        return Advice(
            DatasetFacts(training: training, validation: validation),
            multiple: NetworkCatalogue.inputMultiple(of: experiment.network.name)
        ) { size in
            AchievablePrecision(measured, inputSize: InputExtent(side: size), classNames: training.classNames).AP50
        }
    }

    /// Returns the time of a training step at the proposed size and batch, in seconds.
    ///
    /// - Throws: Errors of the network.
    package func secondsPerStep(_ advice: Advice) throws -> Double {
        try StepTime(experiment: experiment, classCount: training.classNames.count).measure(
            size: advice.inputSize, batch: advice.batchSize)
    }
}
