import ArgumentParser
import DatasetWriting
import Datasets
import Foundation
import Tensors

struct DataConvert: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Convert a data set of any supported format to VOC, COCO or YOLO.",
        discussion: """
            Boxes, classes, ids and splits are kept; unusable annotations are left out and counted. If the new format \
            cannot store ids, they are written to identities.json beside it.
            """)

    @Argument(help: "Data set folder, or the single file with all annotations.")
    var source: String

    @Argument(help: "Folder to create.")
    var folder: String

    @Option(help: ArgumentHelp("Output format.", valueName: "format"))
    var to: DatasetWriter.Format

    @Flag(help: "Link to the images instead of copying them.")
    var link = false

    func validate() throws {
        if source.isEmpty || folder.isEmpty { throw ValidationError("Give the data set and the folder to create.") }
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
        let rest = left == 0 ? "" : "; \(left) could not be used (`pinpoint data check` says why)"
        Terminal.standardOutput(
            terminalLines(["\(folder): \(content.images.count) images, \(objects) objects\(rest)"]) + "\n")
    }
}

extension DatasetWriter.Format: ExpressibleByArgument {}
