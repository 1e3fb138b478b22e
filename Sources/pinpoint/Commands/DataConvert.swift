import ArgumentParser
import DatasetWriting
import Datasets
import ExperimentRunner
import Foundation

struct DataConvert: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Write a data set of any format that is read as VOC, COCO or YOLO.",
        discussion: """
            Boxes, classes, identities and splits are kept; what cannot be used is left out, and counted. Where the new \
            format has no place for identities, a file identities.json beside it has them.
            """)

    @Argument(help: "The folder of the data set, or the one file with all annotations.")
    var source: String

    @Argument(help: "The folder to make.")
    var folder: String

    @Option(help: ArgumentHelp("The format to write: voc, coco or yolo.", valueName: "format"))
    var to: DatasetWriter.Format

    @Flag(help: "Link to the images instead of copying them.")
    var link = false

    func validate() throws {
        if source.isEmpty || folder.isEmpty { throw ValidationError("Name the data set and the folder to make.") }
    }

    func run() throws {
        let printer = ProgressPrinter()
        let root = URL(fileURLWithPath: source)
        let index = try DatasetIndex(DatasetSource(root: root))
        for finding in index.findings { printer.report(.warning("\(finding)")) }
        let content = DatasetContent(index)
        for loss in content.losses(in: to) { printer.report(.warning(loss)) }
        try DatasetWriter(format: to, images: link ? .linked : .copied).write(
            content, to: URL(fileURLWithPath: folder), source: root)
        let objects = content.images.reduce(0) { $0 + $1.objects.count }
        let left = index.unusableImageCount
        let rest = left == 0 ? "" : "; \(left) could not be used, and `pinpoint data check` says why"
        Terminal.standardOutput("\(folder): \(content.images.count) images, \(objects) objects\(rest)\n")
    }
}

extension DatasetWriter.Format: ExpressibleByArgument {}
