import DetectionHeads
import DetectionLosses
import Evaluation
import Foundation
import JSON

/// The results of one epoch: a line of `log.jsonl`.
public struct EpochRecord: Sendable {
    /// The epoch's number, from 1.
    public let epoch: Int
    /// How many epochs the run is going to have, where a budget of time decides that.
    public let plannedEpochs: Int?
    /// The learning rate of the epoch's last step.
    public let learningRate: Double
    /// The mean losses over the epoch's steps.
    public let losses: LossTerms
    /// The mean norm of the gradient, before clipping.
    public let gradientNorm: Double
    /// Images per second while training, without validation.
    public let imagesPerSecond: Double
    /// The training time in seconds, without validation.
    public let seconds: Double
    /// The part of the training time spent waiting for batches; anything beyond the first step's wait means that the loader is too slow.
    public let dataWaitSeconds: Double
    /// The validation time in seconds.
    public let validationSeconds: Double
    /// The validation results; nil when this epoch was not validated.
    public let validation: AveragePrecisionReport?
    /// The losses on the validation split, without augmentation; nil when this epoch was not validated, no image could
    /// be read, or a loss is not finite.
    public let validationLosses: LossTerms?
    /// Whether these validation results are the best so far.
    public let isBest: Bool
    /// The warnings of this epoch.
    public let warnings: [String]

    init(
        epoch: Int, plannedEpochs: Int?, learningRate: Double, sums: TrainingState.Sums, steps: Int, images: Int,
        validationSeconds: Double,
        validation: AveragePrecisionReport?, validationLosses: LossTerms?, isBest: Bool, warnings: [String]
    ) {
        self.epoch = epoch
        self.plannedEpochs = plannedEpochs
        self.learningRate = learningRate
        losses = sums.losses / Double(max(1, steps))
        gradientNorm = sums.gradientNorm / Double(max(1, steps))
        imagesPerSecond = Double(images) / max(sums.seconds, 1e-9)
        seconds = sums.seconds
        dataWaitSeconds = sums.dataWaitSeconds
        self.validationSeconds = validationSeconds
        self.validation = validation
        self.validationLosses = validationLosses
        self.isBest = isBest
        self.warnings = warnings
    }

    /// The line, without its end.
    func line(classNames: [String]) -> String {
        var object = JSONObject()
        object["epoch"] = .integer(epoch)
        if let plannedEpochs { object["plannedEpochs"] = .integer(plannedEpochs) }
        object["learningRate"] = .number(learningRate)
        object["loss"] = .number(losses.total)
        for term in losses.terms { object[term.head.logKey] = .number(term.value) }
        object["gradientNorm"] = .number(gradientNorm)
        object["imagesPerSecond"] = .number(Self.rounded(imagesPerSecond))
        object["seconds"] = .number(Self.rounded(seconds))
        object["dataWaitSeconds"] = .number(Self.rounded(dataWaitSeconds))
        if let validationLosses {
            object["validationLoss"] = .number(validationLosses.total)
            for term in validationLosses.terms { object[term.head.validationLogKey] = .number(term.value) }
        }
        if let validation {
            object["validationSeconds"] = .number(Self.rounded(validationSeconds))
            var perClass = JSONObject()
            if let points = validation.points {
                object["pointAP"] = Self.score(points.all.AP)
                object["pointF1"] = Self.score(points.all.F1)
                object["MAE"] = .number(points.all.counts.meanAbsolute)
                object["RMSE"] = .number(points.all.counts.rootMeanSquare)
                for (name, value) in zip(classNames, points.classes) { perClass[name] = Self.score(value.AP) }
                object["pointAPPerClass"] = .object(perClass)
            } else {
                object["AP"] = Self.score(validation.AP)
                object["AP50"] = Self.score(validation.AP50)
                if let pose = validation.pose { object["poseAP"] = Self.score(pose.AP) }
                for (name, value) in zip(classNames, validation.perClassAP50) { perClass[name] = Self.score(value) }
                object["AP50PerClass"] = .object(perClass)
            }
            object["best"] = .bool(isBest)
        }
        if !warnings.isEmpty { object["warnings"] = .array(warnings.map { .string($0) }) }
        return JSONValue.object(object).text(pretty: false)
    }

    /// A measure, which reports give as -1 where there is nothing to score.
    private static func score(_ value: Double) -> JSONValue { value < 0 ? .null : .number(value) }

    /// Rounds times and rates to three decimals.
    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}

extension DetectionHead {
    /// The name of its loss in `log.jsonl`: `heatmapLoss`.
    public var logKey: String { "\(name)Loss" }

    /// The name of its loss on the validation split: `validationHeatmapLoss`.
    public var validationLogKey: String { "validation" + name.prefix(1).uppercased() + name.dropFirst() + "Loss" }
}
