import Evaluation
import Foundation
import Inference
import Networks

extension Trainer {
    /// Writes the checkpoint and then the last weights. The checkpoint comes first because resuming relies on it alone.
    func saveCheckpoint() throws {
        try Checkpoint.write(
            state: state, fingerprint: identity, plannedEpochs: configuration.epochs, parameters: model.parameters,
            optimizer: optimizer, average: average, to: folder.checkpoint)
        try saveLastWeights()
        lastCheckpoint = .now
        progress.report(.checkpoint(folder.checkpoint))
    }

    func saveCheckpointIfDue() throws {
        if lastCheckpoint.secondsToNow >= configuration.checkpointSeconds { try saveCheckpoint() }
    }

    /// Resumes from the folder's checkpoint. The log is rewritten from it, because a killed run may have logged more than its checkpoint
    /// covers; the next checkpoint rewrites the last weights for the same reason.
    func restoreCheckpoint() throws {
        let checkpoint = try Checkpoint(contentsOf: folder.checkpoint)
        let differences = checkpoint.differences(from: identity)
        guard differences.isEmpty else {
            throw TrainingError.differentExperiment(path: folder.checkpoint.path, differences: differences)
        }
        guard checkpoint.state.step <= plan.stepsPerEpoch else {
            throw TrainingError.badCheckpoint(
                path: folder.checkpoint.path, reason: "its step is beyond the end of the epoch")
        }
        do {
            try checkpoint.restore(parameters: model.parameters, optimizer: optimizer, average: average)
        } catch {
            throw TrainingError.badCheckpoint(path: folder.checkpoint.path, reason: error.description)
        }
        state = checkpoint.state
        try folder.writeLog(state.log)
        if checkpoint.plannedEpochs != configuration.epochs && configuration.schedule.dependsOnLength {
            warn(
                "the run was planned for \(checkpoint.plannedEpochs) epochs and now has \(configuration.epochs): the "
                    + "\(configuration.schedule.name) schedule continues as if planned for that from the start")
        }
    }

    private var identity: [String: String] {
        fingerprint(model: model, training: training, configuration: configuration, plan: plan, backend: backend)
    }

    /// The plan of the run.
    public var description: TrainingPlan {
        TrainingPlan(
            epochs: configuration.epochs, stepsPerEpoch: plan.stepsPerEpoch, batchSize: plan.batchSize,
            imageCount: training.samples.count, validationImageCount: validation?.samples.count ?? 0,
            learningRate: learningRate, parameterCount: model.graph.learnedParameterCount,
            frozenParameterCount: frozenParameterCount, kernels: backend.kernels)
    }

    func summary(_ outcome: TrainingSummary.Outcome, seconds: Double) -> TrainingSummary {
        let measure = model.skeleton == nil ? AveragePrecisionReport.boxMeasure : AveragePrecisionReport.poseMeasure
        let best = state.bestEpoch.flatMap { epoch in
            state.bestScore.map { (epoch: epoch, measure: measure, score: $0) }
        }
        return TrainingSummary(
            outcome: outcome, epochs: state.epoch, steps: finishedSteps,
            seconds: seconds, imagesPerSecond: Double(state.trainedImages) / max(state.trainingSeconds, 1e-9),
            dataWaitSeconds: state.dataWaitSeconds, peakMemoryBytes: peakMemoryBytes(), best: best,
            warnings: warnings.all)
    }
}
