import ArgumentParser
import Foundation
import Jobs
import Tensors

struct DataPreview: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview",
        abstract: "Draw training samples: augmented images with boxes and target heatmaps.",
        discussion:
            "Check the boxes here before training: most failed trainings have wrong boxes that went unnoticed.")

    @OptionGroup var experiment: ExperimentOptions

    @Option(help: ArgumentHelp("Output folder.", valueName: "folder"))
    var output = "preview"

    @Option(help: "Number of images.")
    var count = 16

    @Option(help: "Epoch whose augmentation is shown, from 1.")
    var epoch = 1

    @Flag(help: "Show the images without augmentation, as in validation.")
    var plain = false

    @Flag(help: "Show one image with each kind of augmentation alone, by name.")
    var kinds = false

    @OptionGroup var format: FormatOptions

    func validate() throws {
        if kinds && plain { throw ValidationError("--kinds shows augmentation, and --plain none: use one.") }
        if count < 1 { throw ValidationError("--count must be 1 or more.") }
        if epoch < 1 { throw ValidationError("--epoch must be 1 or more.") }
    }

    func run() throws {
        let preview = DatasetPreview(
            experiment: try experiment.load(), epoch: epoch - 1, augments: !plain, format: format.format)
        let folder = try OutputFolder(URL(fileURLWithPath: output))
        let report = ProgressPrinter().report
        let sheet =
            try kinds
            ? preview.writeKinds(to: folder, progress: report)
            : preview.write(count: count, to: folder, progress: report)
        Terminal.standardOutput(terminalLines([sheet.relativePath]) + "\n")
    }
}
