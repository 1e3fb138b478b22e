import Datasets
import Experiments
import Foundation
import Inference
import Jobs
import Networks
import Tensors
import Training

/// Trains a network on the images that it will not audit: one that has learned an annotation by heart agrees with it, right or wrong.
struct FoldTraining {
    let experiment: Experiment
    let outputs: NetworkOutputs
    let folds: Int
    /// The folder with a run folder for each fold.
    let folder: URL
    let progress: (JobEvent) -> Void
    let report: (TrainingEvent) -> Void

    /// Trains for a fold, continues an interrupted training, or takes the result of a finished one of the same images and settings.
    func detector(fold: Int, training: DetectionDataset) throws -> Detector {
        let run = RunFolder(folder.appendingPathComponent("fold-\(fold + 1)", isDirectory: true))
        let lock = try FolderLock(run.url)
        defer { lock.release() }
        run.removeAbandonedFiles()
        progress(.note("fold \(fold + 1) of \(folds): training on \(training.samples.count) images"))
        do {
            try train(training, in: run, fold: fold, resumes: run.hasCheckpoint)
        } catch TrainingError.differentExperiment {
            progress(.note("the training in \(run.url.relativePath) is of other images or settings: starting over"))
            try train(training, in: run, fold: fold, resumes: false)
        }
        return Detector(try Model.load(run.url))
    }

    private func train(_ training: DetectionDataset, in run: RunFolder, fold: Int, resumes: Bool) throws {
        let model = try experiment.makeModel(outputs)
        if !resumes {
            _ = try model.start(from: experiment.startingPoint)
        }
        // Nothing chooses weights by the images that are audited.
        let trainer = try Trainer(
            model: model, training: training, validation: nil,
            configuration: experiment.trainingConfiguration(resuming: resumes), backend: experiment.backend.backend,
            runFolder: run.url, report: report)
        let summary = try trainer.run(resume: resumes)
        if summary.outcome == .interrupted {
            throw AuditError.interrupted(fold: fold + 1, folds: folds, folder: run.url.relativePath)
        }
    }
}
