import ArgumentParser
import ExperimentRunner
import Foundation

struct Heatmap: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heatmap", abstract: "Draw and dump the centre heatmaps of pictures.",
        discussion: """
            For each picture: STEM.heatmap.png, a colour a class over the picture; STEM.CLASS.png, 16-bit grey, one cell a \
            pixel; STEM.npy, float32 [class, row, column]. A network with joints also leaves STEM.joints.png, \
            STEM.joint-NAME.png and STEM.joints.npy. --format is about the drawings over the picture; the grey ones are numbers.
            """)

    @OptionGroup var pictures: PictureOptions
    @OptionGroup var model: ModelOptions

    @Option(help: ArgumentHelp("Where the results go.", valueName: "folder"))
    var output = "heatmaps"

    @Option(help: "The lowest score of the boxes that are drawn.")
    var threshold = 0.3

    @OptionGroup var format: FormatOptions
    @OptionGroup var look: LookOptions

    func validate() throws {
        if !(0...1).contains(threshold) { throw ValidationError("--threshold is from 0 to 1.") }
    }

    func run() throws {
        let pictures = try pictures.collect()
        let predictor = try look.predictor(for: try model.loadFinder())
        let demo = HeatmapDemo(
            predictor: predictor, threshold: threshold, format: format.format,
            output: try OutputFolder(URL(fileURLWithPath: output)), progress: ProgressPrinter())
        let result = try demo.run(pictures)
        Terminal.standardOutput(result.text + "\n")
        try result.throwIfSomeFailed()
        finish(keeping: demo)
    }
}
