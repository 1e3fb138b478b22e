import Foundation
import JSON
import Tensors

extension Advice {
    /// The reasons for the terminal: two lines for each proposed setting, then the remarks.
    package var text: String {
        let settings = choices.flatMap { ["\($0.key) = \($0.value.text())", "  \($0.reason)"] }
        return terminalLines(settings + remarks.map { "note: \($0)" } + (time.map { [$0] } ?? []))
    }

    /// Returns the settings that `train` takes by itself, in a line.
    func summary(inputSize: Int, choosesLoss: Bool) -> String {
        let loss = choosesLoss ? ", loss.size=\(SizeLossAdvice.loss.rawValue)" : ""
        return "input.size=\(inputSize), training.epochs=\(epochs), training.batchSize=\(batchSize)\(loss) "
            + "suit this data set; "
            + "`pinpoint data advise` says why, and --set chooses others"
    }

    private var time: String? {
        seconds.map { seconds in
            let minutes = seconds / 60
            let length =
                minutes < 90 ? String(format: "%.1f minutes", minutes) : String(format: "%.1f hours", minutes / 60)
            return "This training takes about \(length) on this machine."
        }
    }

    /// Returns the advice as an experiment file, with the reasons as comments.
    ///
    /// - Parameters:
    ///   - root: The data set's path, as the file is to name it.
    ///   - file: The name of the file in the command that runs it.
    package func experiment(root: String, file: String) -> String {
        let images = "\(facts.trainingImages) training images, \(facts.validationImages) validation images"
        var lines = Self.comment(
            "Proposed by `pinpoint data advise`: \(images), \(facts.classes.count) classes.", indent: 0)
        lines += ["//", "//   pinpoint run \(file.shownOnTerminal)", "//"]
        if let time { lines += Self.comment(time, indent: 0) }
        for remark in remarks { lines += Self.comment(remark, indent: 0) }
        if lines.last == "//" { lines.removeLast() }
        let dataset = Choice(key: "dataset.root", value: .string(root), reason: "")
        var sections: [(name: String, choices: [Choice])] = []
        for choice in [dataset] + choices {
            let name = Self.parts(choice.key).section
            if sections.last?.name != name { sections.append((name, [])) }
            sections[sections.count - 1].choices.append(choice)
        }
        lines.append("{")
        for (position, section) in sections.enumerated() {
            lines.append("  \"\(section.name)\": {")
            for (place, choice) in section.choices.enumerated() {
                lines += Self.comment(choice.reason, indent: 4)
                let comma = place + 1 < section.choices.count ? "," : ""
                lines.append("    \"\(Self.parts(choice.key).name)\": \(choice.value.text())\(comma)")
            }
            lines.append("  }" + (position + 1 < sections.count ? "," : ""))
        }
        return (lines + ["}", ""]).joined(separator: "\n")
    }

    private static func parts(_ key: String) -> (section: String, name: String) {
        let parts = key.split(separator: ".").map(String.init)
        return (parts[0], parts.dropFirst().joined(separator: "."))
    }

    /// Returns a text as comments of at most 120 columns. Names of classes keep to their line.
    private static func comment(_ text: String, indent: Int) -> [String] {
        let start = String(repeating: " ", count: indent) + "//"
        var lines: [String] = []
        var line = start
        for word in text.shownOnTerminal.split(separator: " ") {
            if line.count + 1 + word.count > 120 && line != start {
                lines.append(line)
                line = start
            }
            line += " " + word
        }
        return line == start ? lines : lines + [line]
    }
}
