import Evaluation
import Foundation
import Inference

extension Trainer {
    /// Validates if due, keeps the best weights, and writes the log.
    ///
    /// - Throws: ``Interruption`` during validation. The epoch's steps are kept; a resumed run repeats the end of the epoch.
    func finishEpoch() throws {
        let began = ContinuousClock.now
        let report = try validateIfDue()
        let validationSeconds = began.secondsToNow
        let isBest = try keepIfBest(report)
        if let diagnosis = state.watch.endEpoch() { warn(diagnosis.message) }
        if let message = warnings.unreadableMessage() { warn(message) }
        let seconds = state.sums.seconds
        let record = EpochRecord(
            epoch: state.epoch + 1, learningRate: learningRate(step: max(0, finishedSteps - 1)),
            losses: state.meanLosses,
            gradientNorm: state.sums.gradientNorm / Double(max(1, state.step)),
            imagesPerSecond: Double(state.step * plan.batchSize) / max(seconds, 1e-9), seconds: seconds,
            dataWaitSeconds: state.sums.dataWaitSeconds, validationSeconds: validationSeconds, validation: report,
            isBest: isBest, warnings: warnings.takeFresh())
        state.finishEpoch(logging: record.line(classNames: model.classNames, hasKeypoints: model.skeleton != nil))
        try folder.writeLog(state.log)
        try saveLastWeights()
        progress.report(.epochFinished(record))
    }

    private func validateIfDue() throws -> AveragePrecisionReport? {
        let epoch = state.epoch + 1
        guard let validation, epoch % configuration.evaluateEvery == 0 || epoch == configuration.epochs else {
            return nil
        }
        let result = try evaluate(
            predictor: predictor, dataset: validation, keypointSigmas: configuration.keypointSigmas
        ) { finished, count in
            if interrupt?.isRaised == true { throw Interruption() }
            progress.report(.validating(finished: finished, count: count))
        }
        warnings.note(unreadable: result.unreadable)
        return result.report
    }

    /// Saves the weights when their AP50 (with keypoints: their OKS AP) is higher than any before; of equal ones the earlier is kept. An
    /// undefined value (a validation set without objects) counts as zero.
    private func keepIfBest(_ report: AveragePrecisionReport?) throws -> Bool {
        guard let (name, value) = report?.deciding else { return false }
        let score = max(0, value)
        if let best = state.bestScore, score <= best { return false }
        // The file is written first, because the best epoch that a checkpoint names must have its weights on disk.
        try shown.save(
            to: folder.bestWeights, extraMetadata: ["epoch": String(state.epoch + 1), name: String(score)])
        state.bestScore = score
        state.bestEpoch = state.epoch + 1
        return true
    }

    func saveLastWeights() throws {
        try shown.save(to: folder.lastWeights, extraMetadata: ["epoch": String(state.epoch)])
    }
}
