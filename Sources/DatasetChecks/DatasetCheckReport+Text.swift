import Boxes
import Datasets
import DetectionHeads
import Foundation
import Tensors

extension DatasetCheckReport {
    /// The report for a terminal: every problem, then the summary.
    public func text() -> String {
        terminalLines(problemLines + summaryLines + keypointLines + boxLines + ceilingLines)
    }

    private var problemLines: [String] {
        if problems.isEmpty { return ["No problems.", ""] }
        let errors = problems.filter { $0.severity == .error }.count
        let head =
            "\(count(problems.count, "problem")): \(errors) with something left out, "
            + "\(problems.count - errors) repaired or only suspicious"
        let width = counts.map(\.rule.rawValue.count).max() ?? 0
        let rules = counts.map { "  \(left($0.rule.rawValue, width))  \($0.count)" }
        return findingLines + ownProblemLines + ["", head] + rules + [""]
    }

    /// Problems of the data set as a whole, in a separate first part.
    private var findingLines: [String] {
        let findings = problems.filter(\.isSystematic).map(\.description)
        return findings.isEmpty ? [] : findings + [""]
    }

    /// The other problems, file by file; a limited number for each rule.
    private var ownProblemLines: [String] {
        var shown: [DatasetRule: Int] = [:]
        var lines: [String] = []
        for problem in problems where !problem.isSystematic {
            shown[problem.rule, default: 0] += 1
            if shown[problem.rule, default: 0] <= Self.shownOfARule { lines.append(problem.description) }
        }
        for rule in DatasetRule.allCases {
            guard let count = shown[rule], count > Self.shownOfARule else { continue }
            lines.append("\(rule.rawValue): \(count - Self.shownOfARule) more; --json lists all of them")
        }
        return lines
    }

    private static let shownOfARule = 100

    private var summaryLines: [String] {
        let background = summary.background == 0 ? "" : ", \(summary.background) of them background"
        let unusable = summary.unusable == 0 ? "" : "; \(summary.unusable) unusable"
        var lines = [
            "\(index.source.root.relativePath): \(summary.layout), \(count(summary.images, "image"))\(background), "
                + "\(count(summary.objects, "object"))\(unusable)", "",
        ]
        lines += table(
            ["split", "images", "background", "objects"],
            summary.splits.map { [$0.name, "\($0.images)", "\($0.background)", "\($0.objects)"] })
        if !summary.hasLists { lines.append("  (no split lists: divided by random seed \(index.source.splitSeed))") }
        lines.append("")
        lines += table(
            ["class", "objects", "images", "difficult", "truncated"],
            summary.classes.map { [$0.name, "\($0.objects)", "\($0.images)", "\($0.difficult)", "\($0.truncated)"] })
        return lines + [""]
    }

    private var keypointLines: [String] {
        guard let keypoints = summary.keypoints else { return [] }
        return [keypoints.head] + table(["keypoint", "visible", "hidden", "absent"], keypoints.rows) + [""]
    }

    private var boxLines: [String] {
        let boxes = summary.boxes
        if summary.objectKind == .points { return pointLines }
        if boxes.widths.isEmpty { return ["No boxes.", ""] }
        let (size, stride) = (summary.inputSize, outputStride)
        let cells = InputExtent(rows: size.rows / stride, columns: size.columns / stride)
        let named = BoxStatistics.percentiles.map { $0 == 0 ? "least" : $0 == 100 ? "most" : "\($0) %" }
        func row(_ name: String, _ values: [Double]) -> [String] { [name] + values.map { fixed($0, 1) } }
        var lines = ["Boxes in output cells, for input size \(size) (\(cells.sides) cells)"]
        lines += table([""] + named, [row("width", boxes.widths), row("height", boxes.heights)])
        lines += [""] + histogramLines
        lines.append("  smaller than a cell               \(boxes.belowCell)")
        lines.append("  same cell as one of its class     \(boxes.collisions.sameClass)")
        lines.append("  same cell as one of another class \(boxes.collisions.crossClass)")
        return lines + [mostLine, ""]
    }

    /// The largest number of objects in an image, and whether all can be detected.
    private var mostLine: String {
        let (most, limit) = (summary.boxes.mostObjects, AchievablePrecision.maximumDetections(of: summary.objectKind))
        return "  most objects in an image          \(most)\(most > limit ? ", but decoding returns \(limit)" : "")"
    }

    private var pointLines: [String] {
        let boxes = summary.boxes
        let (rows, columns) = (summary.inputSize.rows / outputStride, summary.inputSize.columns / outputStride)
        var lines = ["Points, for input size \(summary.inputSize) (\(rows) x \(columns) cells)"]
        if !boxes.spacing.isEmpty {
            let named = BoxStatistics.percentiles.map { $0 == 0 ? "least" : $0 == 100 ? "most" : "\($0) %" }
            lines += table([""] + named, [["cells to the nearest of its class"] + boxes.spacing.map { fixed($0, 1) }])
            lines.append("")
        }
        lines.append("  same cell as one of its class     \(boxes.collisions.sameClass)")
        lines.append("  same cell as one of another class \(boxes.collisions.crossClass)")
        return lines + [mostLine, ""]
    }

    private var histogramLines: [String] {
        let (bins, counts) = (BoxStatistics.bins, summary.boxes.histogram)
        let scale = 40 / Double(max(1, counts.max() ?? 1))
        let used = counts.indices.filter { counts[$0] > 0 }
        return ((used.first ?? 0)...(used.last ?? 0)).map { index in
            let isLast = index + 1 == bins.count
            let range = isLast ? "\(plain(bins[index])) up" : "\(plain(bins[index]))-\(plain(bins[index + 1]))"
            let bar = String(repeating: "#", count: Int((Double(counts[index]) * scale).rounded(.up)))
            return "  \(right(range, 5)) \(right("\(counts[index])", 6))  \(bar)"
        } + [""]
    }

    private var ceilingLines: [String] {
        let ceiling = summary.ceiling
        if ceiling.AP < 0 { return ["Ceiling: there are no objects."] }
        let chosen = ceiling.imageCount < summary.images ? " (on \(ceiling.imageCount) of the images)" : ""
        if summary.objectKind == .points {
            return [
                "Ceiling\(chosen): annotations encoded as targets and decoded again score AP \(fixed(ceiling.AP, 3)); "
                    + "\(count(ceiling.lostObjects, "object")) lost"
            ]
        }
        return [
            "Ceiling\(chosen): annotations encoded as targets and decoded again score AP \(fixed(ceiling.AP, 3)), AP50 "
                + "\(fixed(ceiling.AP50, 3)); \(count(ceiling.lostObjects, "object")) lost"
        ]
    }

    /// Formats rows as columns with headings: the first aligned left, the others right.
    private func table(_ heads: [String], _ rows: [[String]]) -> [String] {
        textTable([heads] + rows).split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }
    }

    private func left(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }

    private func fixed(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }

    private func count(_ number: Int, _ noun: String) -> String { "\(number) \(noun)\(number == 1 ? "" : "s")" }
}
