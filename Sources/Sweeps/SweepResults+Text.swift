import Evaluation
import Foundation
import Tensors
import Training

extension SweepResults {
    /// The candidates as a table for the terminal, the best first; below it the failures, and how to train the best.
    public var text: String {
        let rows = standings.enumerated().map { rank, standing in ["\(rank + 1)"] + cells(of: standing) }
        var parts = [textTable([["", "settings"] + heading] + rows, flushLeft: 2)]
        let failures = self.failures
        if !failures.isEmpty {
            parts.append(terminalLines(failures.map { "failed: \($0.trial.name): \($0.reason)" }))
        }
        if let best = standings.first, best.mean != nil, !best.candidate.settings.isEmpty {
            parts.append(terminalLines(["best: \(best.candidate.options)"]))
        }
        parts.append(terminalLines(["the page is \(folder.page.relativePath)"]))
        return parts.joined(separator: "\n\n")
    }

    /// The names of the columns after that of the settings.
    package var heading: [String] {
        let columns = [measure.title, "±", "lowest", "highest", "trials"]
        return definition.shares.count > 1 ? columns + ["epochs"] : columns
    }

    /// The cells of a candidate.
    package func cells(of standing: Standing) -> [String] {
        func text(_ value: Double?) -> String { value.map(figure) ?? "-" }
        let trials =
            standing.values.count == standing.trialCount
            ? "\(standing.trialCount)" : "\(standing.values.count) of \(standing.trialCount)"
        let cells = [
            standing.candidate.label, text(standing.mean), text(standing.standardDeviation),
            text(standing.values.min()), text(standing.values.max()), trials,
        ]
        return definition.shares.count > 1 ? cells + [standing.share == 1 ? "all" : "1/\(standing.share)"] : cells
    }

    /// A line per trial as comma-separated values (RFC 4180): its settings, how it ended, and what it measured.
    package var csv: String {
        let keys = definition.variations.map(\.key)
        let heading =
            ["trial"] + keys + ["seed", "fold", "share", "status", "epochs", "bestEpoch", "seconds"]
            + SweepMeasure.allCases.map(\.rawValue) + ["reason"]
        let rows = trials.map { trial in
            let record = record(of: trial)
            let result = record.result
            let status = result != nil ? "finished" : record.failure != nil ? "failed" : "unfinished"
            var row = [trial.name] + definition.candidates[trial.candidate].settings.map(\.value)
            row += ["\(trial.seed)", trial.fold.map { "\($0)" } ?? "", "\(trial.share)", status]
            row += [
                result.map { "\($0.epochs)" } ?? "", result.map { "\($0.bestEpoch)" } ?? "",
                result.map { String(format: "%.1f", $0.seconds) } ?? "",
            ]
            row += SweepMeasure.allCases.map { result?.measures[$0].map { "\($0)" } ?? "" }
            return row + [record.failure ?? ""]
        }
        return ([heading] + rows).map { $0.map(ResultsTable.field).joined(separator: ",") + "\r\n" }.joined()
    }
}
