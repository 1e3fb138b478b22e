import DetectionLosses
import Evaluation
import Foundation
import JSON

/// What one epoch was like: a line of `log.jsonl`.
public struct EpochRecord: Sendable {
    /// Which one, from 1.
    public let epoch: Int
    /// The learning rate of its last step.
    public let learningRate: Double
    /// Means over its steps.
    public let losses: LossTerms
    /// The mean norm of the gradient, before it was limited.
    public let gradientNorm: Double
    /// Images a second while training; validation is not in it.
    public let imagesPerSecond: Double
    /// How long training took; validation is not in it.
    public let seconds: Double
    /// The part of it in which steps waited for their batches: all beyond the first step's is the loader's fault.
    public let dataWaitSeconds: Double
    /// How long validation took.
    public let validationSeconds: Double
    /// What validation said; nil when there was none after this epoch.
    public let validation: AveragePrecisionReport?
    /// Whether the validation was the best so far.
    public let isBest: Bool
    /// What was warned of.
    public let warnings: [String]

    /// The line, without its end.
    func line(classNames: [String], hasKeypoints: Bool) -> String {
        var object = JSONObject()
        object["epoch"] = .integer(epoch)
        object["learningRate"] = .number(learningRate)
        object["loss"] = .number(losses.total)
        object["heatmapLoss"] = .number(losses.heatmap)
        object["offsetLoss"] = .number(losses.offset)
        object["sizeLoss"] = .number(losses.size)
        if hasKeypoints {
            for term in losses.keypointTerms { object["\(term.name)Loss"] = .number(term.value) }
        }
        object["gradientNorm"] = .number(gradientNorm)
        object["imagesPerSecond"] = .number(Self.rounded(imagesPerSecond))
        object["seconds"] = .number(Self.rounded(seconds))
        object["dataWaitSeconds"] = .number(Self.rounded(dataWaitSeconds))
        if let validation {
            object["validationSeconds"] = .number(Self.rounded(validationSeconds))
            object["AP"] = .number(validation.AP)
            object["AP50"] = .number(validation.AP50)
            if let pose = validation.pose { object["poseAP"] = .number(pose.AP) }
            var perClass = JSONObject()
            for (name, value) in zip(classNames, validation.perClassAP50) { perClass[name] = .number(value) }
            object["AP50PerClass"] = .object(perClass)
            object["best"] = .bool(isBest)
        }
        if !warnings.isEmpty { object["warnings"] = .array(warnings.map { .string($0) }) }
        return JSONValue.object(object).text(pretty: false)
    }

    /// Stopwatch numbers deserve no more than milliseconds.
    private static func rounded(_ value: Double) -> Double { (value * 1000).rounded() / 1000 }
}
