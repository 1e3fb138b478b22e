import Evaluation
import Foundation
import Inference
import Networks

extension Trainer {
    /// Writes everything that going on needs. The checkpoint comes first: it is what a resumed run believes.
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

    /// Goes on from the folder's checkpoint. The log is written anew from it, for a run that was killed may have got
    /// further with it; so are, with the next checkpoint, the last weights.
    func restoreCheckpoint() throws {
        let checkpoint = try Checkpoint(contentsOf: folder.checkpoint)
        let differences = checkpoint.differences(from: identity)
        guard differences.isEmpty else {
            throw TrainingError.differentExperiment(path: folder.checkpoint.path, differences: differences)
        }
        guard checkpoint.state.step <= plan.stepsPerEpoch else {
            throw TrainingError.badCheckpoint(path: folder.checkpoint.path, reason: "it is beyond the epoch's end")
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
                    + "\(configuration.schedule.name) schedule goes on as if it had always been so")
        }
    }

    private var identity: [String: String] {
        fingerprint(model: model, training: training, configuration: configuration, plan: plan, backend: backend)
    }

    /// What the run is going to do.
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
