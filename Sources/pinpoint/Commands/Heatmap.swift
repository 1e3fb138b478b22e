import ArgumentParser
import Foundation
import Jobs

struct Heatmap: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heatmap", abstract: "Draw and save the centre heatmaps of images.",
        discussion: """
            For each image: STEM.heatmap.png, one colour per class over the image; STEM.CLASS.png, 16-bit greyscale, one \
            pixel per cell; STEM.npy, float32 [class, row, column]. For networks with keypoints, also STEM.keypoints.png, \
            STEM.keypoint-NAME.png and STEM.keypoints.npy. --format applies to the drawings over the image only.
            """)

    @OptionGroup var images: ImageOptions
    @OptionGroup var model: ModelOptions

    @Option(help: ArgumentHelp("Output folder.", valueName: "folder"))
    var output = "heatmaps"

    @Option(help: "Minimum score of the boxes drawn.")
    var threshold = 0.3

    @OptionGroup var format: FormatOptions
    @OptionGroup var look: TestTimeAugmentationOptions

    func validate() throws {
        if !(0...1).contains(threshold) { throw ValidationError("--threshold must be from 0 to 1.") }
    }

    func run() throws {
        let images = try images.collect()
        let predictor = try look.predictor(for: try model.loadFinder())
        let demo = HeatmapDemo(
            predictor: predictor, threshold: threshold, format: format.format,
            output: try OutputFolder(URL(fileURLWithPath: output)), progress: ProgressPrinter().report)
        let result = try demo.run(images)
        Terminal.standardOutput(result.text + "\n")
        try result.throwIfSomeFailed()
        finish(keeping: demo)
    }
}
