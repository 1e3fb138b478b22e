import ArgumentParser
import DatasetChecks
import Datasets
import ExperimentRunner
import Foundation

struct DataCheck: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check", abstract: "Read a whole data set, name what is wrong with it, and sum it up.",
        discussion: """
            The ceiling is the AP that encoding and decoding the annotations themselves would reach at the chosen input \
            size: no network on that data can do better.
            """)

    @Argument(help: "The folder of the data set, or the one file with all annotations.")
    var folder: String

    @Option(help: ArgumentHelp("Write a mended copy there.", valueName: "folder"))
    var fix: String?

    @Option(help: "The side of the network's input in pixels.")
    var size = 256

    @Flag(help: "Check annotations alone, by the extents that they state; images are not read.")
    var annotationsOnly = false

    @OptionGroup var report: ReportOptions

    func validate() throws {
        try validateInputSize(size, of: nil)
        if folder.isEmpty { throw ValidationError("Name the data set.") }
        if size > 8192 { throw ValidationError("--size is at most 8192.") }
        if annotationsOnly && fix != nil { throw ValidationError("--fix copies images, so it reads them.") }
    }

    func run() throws {
        let source = DatasetSource(root: URL(fileURLWithPath: folder))
        let check = try DatasetCheck.run(source: source, inputSize: size, readsImages: !annotationsOnly)
        if let fix { try check.fix(into: URL(fileURLWithPath: fix)) }
        Terminal.standardOutput(report.json ? check.json().text(pretty: true) + "\n" : check.text() + "\n")
    }
}
