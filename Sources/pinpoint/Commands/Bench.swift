import ArgumentParser
import ExperimentRunner
import Foundation
import Networks

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Time a training step, a forward pass, data loading, a whole demo, or explanations.",
        discussion: """
            train: forward, losses, backward and an Adam step on noise, with 10 objects an image. infer: a forward pass on \
            noise. data: images on disk to training batches, no network. demo: one image on disk to its overlay on disk, \
            as a program of its own and part by part. explain: Grad-CAM of the highest peaks of one image (as many as \
            --batch says) at the trunk's last three stages.
            """)

    @Option(help: "What is timed: train, infer, data, demo or explain.")
    var mode = Benchmark.Mode.train

    @Option(help: "One of \(NetworkCatalogue.names.joined(separator: ", ")).")
    var network = "compact"

    @Option(help: ArgumentHelp("With infer, an ONNX file instead.", valueName: "file"))
    var onnx: String?

    @Option(help: "How many classes it knows.")
    var classes = 20

    @Option(help: "The side of its input in pixels.")
    var size = 256

    @Option(help: "Images a step; with explain, peaks.")
    var batch = 8

    @Option(help: "How often it is timed, after one unmeasured run.")
    var runs = 5

    @Option(help: ArgumentHelp("With data, the data set; by default one is made up.", valueName: "folder"))
    var voc: String?

    @Option(
        help: ArgumentHelp(
            "With demo and explain, a run's folder or a weights file; by default random ones.", valueName: "path"))
    var model: String?

    @Option(help: ArgumentHelp("With demo and explain, the image; by default one is made up.", valueName: "file"))
    var image: String?

    @Flag(help: "With train and infer, say which layers and kernels the time goes to.")
    var layers = false

    @Flag(
        help:
            "With train and infer, time every precision that processor and network have, in turns, and say how far they differ."
    )
    var precisions = false

    @OptionGroup var backend: BackendOptions

    @OptionGroup var report: ReportOptions

    func validate() throws {
        if classes < 1 { throw ValidationError("--classes is 1 or more.") }
        try validateInputSize(size, of: network)
        if batch < 1 { throw ValidationError("--batch is 1 or more.") }
        if runs < 1 { throw ValidationError("--runs is 1 or more.") }
        if onnx != nil && mode != .infer { throw ValidationError("--onnx goes with --mode infer.") }
        if voc != nil && mode != .data { throw ValidationError("--voc goes with --mode data.") }
        if (model != nil || image != nil) && mode != .demo && mode != .explain {
            throw ValidationError("--model and --image go with --mode demo and --mode explain.")
        }
        if precisions && mode != .train && mode != .infer {
            throw ValidationError("--precisions goes with --mode train and --mode infer.")
        }
        if precisions && (layers || backend.precision != nil) {
            throw ValidationError("--precisions takes all of them: leave \(layers ? "--layers" : "--precision") out.")
        }
        if layers && mode != .train && mode != .infer {
            throw ValidationError("--layers goes with --mode train and --mode infer.")
        }
    }

    func run() throws {
        var benchmark = Benchmark(NetworkConfiguration(name: network, classCount: classes))
        benchmark.mode = mode
        benchmark.onnx = onnx.map { URL(fileURLWithPath: $0) }
        benchmark.inputSize = size
        benchmark.batchSize = batch
        benchmark.runs = runs
        benchmark.timesLayers = layers
        benchmark.backend = backend.choose()
        benchmark.comparesPrecisions = precisions
        benchmark.dataset = voc
        benchmark.model = model.map { URL(fileURLWithPath: $0) }
        benchmark.image = image.map { URL(fileURLWithPath: $0) }
        let result = try benchmark.run()
        Terminal.standardOutput(report.json ? result.json.text(pretty: true) + "\n" : result.text + "\n")
    }
}

extension Benchmark.Mode: ExpressibleByArgument {}
