import Foundation
import JSON
import Training

/// The log of a run, read from `log.jsonl`; a resumed run's log has all epochs.
struct TrainingLog {
    /// The values of one log line that are plotted.
    struct Entry {
        let epoch: Double
        let loss, heatmap, offset, size, learningRate: Double?
        let ap, ap50, poseAP: Double?
        let keypointDisplacement, keypointHeatmap, keypointOffset: Double?
    }

    let entries: [Entry]

    /// Reads the log; a missing log has no entries.
    init(of folder: RunFolder) {
        let text = (try? String(contentsOf: folder.log, encoding: .utf8)) ?? ""
        entries = text.split(separator: "\n").compactMap { line in
            guard let json = try? JSONValue(parsing: String(line)) else { return nil }
            func number(_ key: String) -> Double? { try? json.optional(key)?.number() }
            guard let epoch = number("epoch") else { return nil }
            return Entry(
                epoch: epoch, loss: number("loss"), heatmap: number("heatmapLoss"), offset: number("offsetLoss"),
                size: number("sizeLoss"), learningRate: number("learningRate"), ap: number("AP"),
                ap50: number("AP50"), poseAP: number("poseAP"),
                keypointDisplacement: number("keypointDisplacementLoss"),
                keypointHeatmap: number("keypointHeatmapLoss"), keypointOffset: number("keypointOffsetLoss"))
        }
    }

    /// Returns the points of one column over the epochs.
    func points(_ column: (Entry) -> Double?) -> [(Double, Double)] {
        entries.compactMap { entry in column(entry).map { (entry.epoch, $0) } }
    }
}
