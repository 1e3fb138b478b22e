import ArgumentParser
import Foundation
import Jobs

struct Demo: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo", abstract: "Detect objects in images and draw them.",
        discussion: """
            Writes each image with its detections (as PNG, or in another --format), and detections.json in COCO's results \
            format.
            """)

    @OptionGroup var images: ImageOptions
    @OptionGroup var model: ModelOptions

    @Option(help: ArgumentHelp("Output folder.", valueName: "folder"))
    var output = "detections"

    @Option(help: "Minimum score of a detection.")
    var threshold = 0.3

    @Option(
        help: "Maximum detections per image; those with the highest scores are kept. (default: 100, of points 1000)")
    var top: Int?

    @OptionGroup var format: FormatOptions
    @OptionGroup var look: TestTimeAugmentationOptions
    @OptionGroup var report: ReportOptions

    func validate() throws {
        if !(0...1).contains(threshold) { throw ValidationError("--threshold must be from 0 to 1.") }
        if let top, !(1...10_000).contains(top) { throw ValidationError("--top must be from 1 to 10000.") }
    }

    func run() throws {
        let images = try ImageSource.identified(
            images.collect(), byRunOf: URL(fileURLWithPath: model.model))
        let detector = try model.loadFinder()
        let predictor = try look.predictor(for: detector, maximumDetections: top.map { max(100, $0) })
        let top = top ?? predictor.options.maximumDetections(of: detector.objectKind)
        let demo = DetectionDemo(
            predictor: predictor, threshold: threshold, maximumDetections: top, format: format.format,
            output: try OutputFolder(URL(fileURLWithPath: output)), progress: ProgressPrinter().report)
        let result = try demo.run(images)
        if report.json {
            try Terminal.standardOutput(contentsOf: result.file)
        } else {
            Terminal.standardOutput(result.text + "\n")
        }
        try result.throwIfSomeFailed()
        finish(keeping: demo)
    }
}
