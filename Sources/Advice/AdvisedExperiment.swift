import Boxes
import Datasets
import Experiments
import Foundation
import Networks
import Tensors
import Training

/// An experiment whose input size, epochs and batch size were chosen for its data set.
package struct AdvisedExperiment {
    /// The experiment with the chosen settings.
    package let experiment: Experiment
    /// The data set, where it was read for the choice.
    package let index: DatasetIndex?
    /// The choice in a sentence; nil where nothing was chosen.
    package let note: String?

    /// Chooses the settings: those of the run that is continued, or else advice, which depends on the data set alone.
    ///
    /// Where a run would be refused anyway, nothing is read.
    ///
    /// - Parameters:
    ///   - resumes: Whether a run in the experiment's folder is continued.
    ///   - replaces: Whether a run there may be replaced.
    ///   - leavesLossOpen: Whether nobody has chosen how sizes are learned.
    /// - Throws: The errors of reading the data set.
    package init(_ experiment: Experiment, resumes: Bool, replaces: Bool, leavesLossOpen: Bool = true) throws {
        let folder = RunFolder(experiment.folder)
        if resumes, folder.hasCheckpoint {
            // With the settings that the run began with, even where images were added since.
            let earlier =
                (try? FileKind.of(folder.experiment)) == .file
                ? try Experiment(contentsOf: folder.experiment) : nil
            var experiment = experiment
            if let earlier {
                experiment.input.size = earlier.input.size
                experiment.training.epochs = earlier.training.epochs
                experiment.training.batchSize = earlier.training.batchSize
                if leavesLossOpen {
                    experiment.training.loss = earlier.training.loss
                    experiment.training.targets = earlier.training.targets
                }
            }
            (self.experiment, index, note) = (experiment, nil, nil)
            return
        }
        guard folder.remains.isEmpty || replaces else {
            (self.experiment, index, note) = (experiment, nil, nil)
            return
        }
        let index = try experiment.index()
        // Advice is about the sizes of boxes.
        guard try experiment.answers(on: index).objectKind == .boxes else {
            (self.experiment, self.index, note) = (experiment, index, nil)
            return
        }
        let advice = try AdviceJob(experiment, index: index).advice()
        var experiment = experiment
        let size = advice.inputSize(
            usual: experiment.input.size.longerSide,
            multiple: NetworkCatalogue.inputMultiple(of: experiment.network.name))
        experiment.input.size = InputExtent(side: size)
        experiment.training.epochs = advice.epochs
        experiment.training.batchSize = advice.batchSize
        if leavesLossOpen { SizeLossAdvice.apply(to: &experiment.training) }
        (self.experiment, self.index) = (experiment, index)
        note = advice.summary(inputSize: size, choosesLoss: leavesLossOpen)
    }
}
