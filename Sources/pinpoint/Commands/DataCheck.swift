import ArgumentParser
import Boxes
import DatasetChecks
import Datasets
import Foundation

struct DataCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Check a data set: report its problems and summarize its contents.",
        discussion: """
            The ceiling is the AP of the annotations themselves, encoded and decoded at the chosen input size: no network \
            can do better on this data. With --strict, a data set with any problem or warning gives code 1, after the report.
            """)

    @Argument(help: "Data set folder, or the single file with all annotations.")
    var folder: String

    @Option(help: ArgumentHelp("Write a repaired copy to this folder.", valueName: "folder"))
    var fix: String?

    @Option(
        help: ArgumentHelp(
            "Input height and width of the network in pixels, as in 640 or 480x640.", valueName: "size"))
    var size: InputExtent = 256

    @Option(
        help: "Whether objects are boxes or points, where a data set has both; the points of boxes are their centres.")
    var objects = ObjectChoice.automatic

    @Flag(help: "Check only the annotations, using the image sizes that they state; images are not read.")
    var annotationsOnly = false

    @Flag(help: "Exit with code 1 if there is any problem, also a repaired or only suspicious one.")
    var strict = false

    @OptionGroup var report: ReportOptions

    func validate() throws {
        try validateInputSize(size, of: nil)
        if folder.isEmpty { throw ValidationError("Give a data set.") }
        if size.longerSide > 8192 { throw ValidationError("--size must be at most 8192.") }
        if annotationsOnly && fix != nil {
            throw ValidationError("--fix copies the images and cannot be combined with --annotations-only.")
        }
    }

    func run() throws {
        let source = DatasetSource(root: URL(fileURLWithPath: folder), objects: objects)
        let check = try DatasetCheck.run(source: source, inputSize: size, readsImages: !annotationsOnly)
        if let fix { try check.fix(into: URL(fileURLWithPath: fix)) }
        Terminal.standardOutput(report.json ? check.json().text(pretty: true) + "\n" : check.text() + "\n")
        if strict && !check.problems.isEmpty { throw StrictCheckError(count: check.problems.count) }
    }
}

/// A data set with problems, checked with `--strict`.
private struct StrictCheckError: Error, CustomStringConvertible {
    let count: Int

    var description: String { "the data set has \(count) \(count == 1 ? "problem" : "problems")" }
}

extension ObjectChoice: ExpressibleByArgument {}
