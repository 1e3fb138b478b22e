import Evaluation
import Foundation
import Graphs
import JSON
import Training

/// The metrics of a whole run.
public struct RunMetrics: Sendable {
    /// The evaluation of the best weights on the validation split.
    public let report: AveragePrecisionReport
    /// The classes, in the report's order.
    public let classNames: [String]
    /// The summary of training.
    public let training: TrainingSummary
    /// The precision of training and evaluation.
    public let precision: Precision
    /// The total time of the run.
    public let seconds: Double

    /// The content of `metrics.json`.
    public var json: JSONValue {
        var training = JSONObject()
        training["epochs"] = .integer(self.training.epochs)
        training["seconds"] = .number(self.training.seconds)
        training["precision"] = .string(precision.rawValue)
        training["imagesPerSecond"] = .number(self.training.imagesPerSecond)
        training["dataWaitSeconds"] = .number(self.training.dataWaitSeconds)
        training["peakMemoryBytes"] = self.training.peakMemoryBytes.map { .integer($0) } ?? .null
        var object = JSONObject()
        object["validation"] = report.json(classNames: classNames)
        object["training"] = .object(training)
        object["seconds"] = .number(seconds)
        return .object(object)
    }

    /// The metrics for the terminal.
    public var text: String {
        let memory = training.peakMemoryBytes.map { String(format: ", at most %.2f GB of memory", Double($0) / 1e9) }
        return report.table(classNames: classNames)
            + String(
                format: "\n\n%d epochs in \(precision.rawValue), %.1f images/s in training%@; %.0f s in total",
                training.epochs, training.imagesPerSecond, memory ?? "", seconds)
    }
}
