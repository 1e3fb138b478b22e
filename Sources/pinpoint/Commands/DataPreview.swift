import ArgumentParser
import ExperimentRunner
import Foundation

struct DataPreview: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Draw what the trainer would see: augmented images, boxes, target heatmaps.",
        discussion: "Most trainings that fail have wrong boxes that nobody looked at. Look here first.")

    @OptionGroup var experiment: ExperimentOptions

    @Option(help: ArgumentHelp("Where the images go.", valueName: "folder"))
    var output = "preview"

    @Option(help: "How many images.")
    var count = 16

    @Option(help: "Which epoch's augmentation, from 1.")
    var epoch = 1

    @Flag(help: "Leave the images as validation sees them.")
    var plain = false

    @OptionGroup var format: FormatOptions

    func validate() throws {
        if count < 1 { throw ValidationError("--count is 1 or more.") }
        if epoch < 1 { throw ValidationError("--epoch is 1 or more.") }
    }

    func run() throws {
        let preview = DatasetPreview(
            experiment: try experiment.load(), epoch: epoch - 1, augments: !plain, format: format.format)
        let folder = try OutputFolder(URL(fileURLWithPath: output))
        let sheet = try preview.write(count: count, to: folder, progress: ProgressPrinter())
        Terminal.standardOutput("\(sheet.relativePath)\n")
    }
}
