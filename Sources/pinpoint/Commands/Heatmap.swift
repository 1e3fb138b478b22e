import ArgumentParser
import ExperimentRunner
import Foundation

struct Heatmap: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heatmap", abstract: "Draw and dump the centre heatmaps of images.",
        discussion: """
            For each image: STEM.heatmap.png, a colour a class over the image; STEM.CLASS.png, 16-bit grey, one cell a \
            pixel; STEM.npy, float32 [class, row, column]. A network with keypoints also leaves STEM.keypoints.png, \
            STEM.keypoint-NAME.png and STEM.keypoints.npy. --format is about the drawings over the image; the grey ones are numbers.
            """)

    @OptionGroup var images: ImageOptions
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
        let images = try images.collect()
        let predictor = try look.predictor(for: try model.loadFinder())
        let demo = HeatmapDemo(
            predictor: predictor, threshold: threshold, format: format.format,
            output: try OutputFolder(URL(fileURLWithPath: output)), progress: ProgressPrinter())
        let result = try demo.run(images)
        Terminal.standardOutput(result.text + "\n")
        try result.throwIfSomeFailed()
        finish(keeping: demo)
    }
}
