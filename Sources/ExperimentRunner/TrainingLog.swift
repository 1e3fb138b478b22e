import Foundation
import JSON
import Tensors
import Training

/// The log of a run, read from `log.jsonl`; a resumed run's log has all epochs.
package struct TrainingLog {
    /// One object per epoch.
    package let entries: [JSONValue]

    /// Reads the log; a missing log has no entries, and damaged lines are skipped.
    ///
    /// - Throws: ``FileError`` when there is a log that cannot be read.
    package init(of folder: RunFolder) throws(FileError) {
        let exists = try FileKind.of(folder.log) != nil
        let text = exists ? String(decoding: try FileContents(folder.log).bytes, as: UTF8.self) : ""
        entries = text.split(separator: "\n").compactMap { try? JSONValue(parsing: String($0)) }
    }

    /// Returns the points of one number of the log over the epochs; epochs without it have none.
    package func points(_ key: String) -> [(Double, Double)] {
        entries.compactMap { entry in
            guard let epoch = try? entry.optional("epoch")?.number(), let value = try? entry.optional(key)?.number()
            else { return nil }
            return (epoch, value)
        }
    }

    /// Where the loss on the validation split parts from the training loss; nil where it does not, or was not measured often enough.
    var parting: LossParting? {
        func losses(_ key: String) -> [(epoch: Int, loss: Double)] { points(key).map { (Int($0.0), $0.1) } }
        return LossParting(training: losses("loss"), validation: losses("validationLoss"))
    }

    /// A sentence about the parting, if the losses were measured often enough to say anything.
    var partingSentences: [String] {
        if let parting {
            func change(_ values: (there: Double, end: Double)) -> String {
                String(format: "from %.3g to %.3g", values.there, values.end)
            }
            return [
                "After epoch \(parting.epoch) the loss on the validation split rises (\(change(parting.validation)) by the end) while "
                    + "the training loss goes on falling (\(change(parting.training))), both smoothed over three evaluations: from there "
                    + "on, training fits its own images (overfitting). More images or more augmentation move that point, fewer epochs end "
                    + "before it."
            ]
        }
        if points("validationLoss").count < LossParting.minimumEvaluations { return [] }
        return [
            "The loss on the validation split does not part from the training loss: there is no sign of overfitting."
        ]
    }
}
