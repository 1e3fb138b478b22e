import Evaluation
import Foundation
import PeakDecoding
import Tensors

extension DecodingExplanation {
    /// Returns the steps as text for a terminal: a row for each peak that reaches the threshold, one line about the peaks below it, and a
    /// sentence for each missed object. Cells count from 0; offsets and sizes are in cells, boxes in image pixels.
    public func listing(classNames: [String]) -> String {
        let high = trace.candidates.filter { $0.outcome != .belowThreshold }
        var sentences = [below(high.count, classNames)]
        if let review { sentences.append(tally(review)) }
        sentences += misses.map { "missed: \(sentence($0, classNames: classNames))" }
        return (high.isEmpty ? "" : table(high, classNames) + "\n") + terminalLines(sentences)
    }

    private func table(_ candidates: [DecodingTrace.Candidate], _ classNames: [String]) -> String {
        let isPoints = objectKind == .points
        let places = isPoints ? ["point (pixels)"] : ["size", "box (pixels)"]
        var rows = [["rank", "class", "row", "column", "probability", "suppressed", "offset"] + places + [""]]
        let (counts, verdicts) = (suppressedCounts(), verdicts())
        for candidate in candidates {
            let (cell, position) = (candidate.cell, candidate.rank - 1)
            let size = isPoints ? [] : ["\(tenths(candidate.width)) x \(tenths(candidate.height))"]
            let numbers = [
                "\(candidate.rank)", classNames[cell.classIndex], "\(cell.row)", "\(cell.column)",
                thousandths(cell.probability), "\(counts[position])",
                "\(decimals(candidate.offsetX)) \(decimals(candidate.offsetY))",
            ]
            rows.append(numbers + size + [pixels(candidate), fate(candidate, verdicts[position])])
        }
        return aligned(rows, flushLeft: [1, isPoints ? 8 : 9])
    }

    private func pixels(_ candidate: DecodingTrace.Candidate) -> String {
        guard candidate.box.isFinite, let back = imageToCells.inverse else { return "-" }
        let box = candidate.detection.mapped(by: back).box
        let numbers = objectKind == .points ? [box.xMin, box.yMin] : [box.xMin, box.yMin, box.xMax, box.yMax]
        return numbers.map { edge in
            let text = whole(edge)
            return String(repeating: " ", count: max(0, 4 - text.count)) + text
        }.joined(separator: " ")
    }

    private func fate(_ candidate: DecodingTrace.Candidate, _ verdict: ImageReview.Verdict?) -> String {
        switch candidate.outcome {
        case .kept: verdict.map { "kept: \($0.title)" } ?? "kept"
        case .beyondLimit: "dropped: beyond the limit of \(trace.limit)"
        case .notFinite: "dropped: no finite box"
        case .belowThreshold: "dropped: below \(plain(trace.threshold))"
        }
    }

    private func below(_ count: Int, _ classNames: [String]) -> String {
        let rest = trace.candidates.count - count
        guard rest > 0 else { return count == 0 ? "no peak at all" : "no further peak" }
        let next = trace.candidates[count]
        let place = "\(classNames[next.cell.classIndex]) at row \(next.cell.row), column \(next.cell.column)"
        return "\(count == 0 ? "" : "and ")\(rest) \(rest == 1 ? "peak" : "peaks") below the threshold of "
            + "\(plain(trace.threshold)), the highest \(thousandths(next.cell.probability)) (\(place))"
    }

    private func tally(_ review: ImageReview) -> String {
        let found = review.matchedCount
        let errors = ImageReview.Verdict.allCases.filter(\.isError).compactMap { verdict -> String? in
            let count = review.findings(verdict).count
            return count == 0 ? nil : "\(count) \(count == 1 ? verdict.title : verdict.plural)"
        }
        return "\(found) of \(found + review.missed.count) objects found"
            + (errors.isEmpty ? "" : "; detections: " + errors.joined(separator: ", "))
    }
}

extension ImageReview.Verdict {
    /// The verdict in words.
    public var title: String {
        switch self {
        case .matched: "found"
        case .duplicate: "duplicate"
        case .poorlyLocalized: "poorly localized"
        case .wrongClass: "wrong class"
        case .falsePositive: "false positive"
        case .ignored: "ignored"
        }
    }

    fileprivate var plural: String {
        switch self {
        case .duplicate, .falsePositive: title + "s"
        case .wrongClass: "wrong classes"
        case .matched, .poorlyLocalized, .ignored: title
        }
    }
}

/// Aligns columns to equal widths, flush right unless listed in `flushLeft`.
private func aligned(_ rows: [[String]], flushLeft: Set<Int>) -> String {
    let rows = rows.map { $0.map(\.shownOnTerminal) }
    let widths = (rows.first ?? []).indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { row in
        let line = row.enumerated().map { column, text in
            let padding = String(repeating: " ", count: widths[column] - text.count)
            return flushLeft.contains(column) ? text + padding : padding + text
        }.joined(separator: "  ")
        return String(line.reversed().drop { $0 == " " }.reversed())
    }.joined(separator: "\n")
}
