import ArgumentParser
import Benchmarks
import Boxes
import Foundation
import Networks

struct Bench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench",
        abstract: "Time a training step, a forward pass, data loading, a whole demo, or explanations.",
        discussion: """
            train: forward pass, losses, backward pass, clipping, optimizer and average of the weights on random input, with 10 objects per image. infer: \
            a forward pass on random input. data: from images on disk to training batches, without a network. demo: from one \
            image on disk to its overlay on disk, as a separate process and step by step. explain: Grad-CAM of the highest \
            peaks of one image (as many as --batch says) at the backbone's last three stages.
            """)

    @Option(help: "What to time.")
    var mode = Benchmark.Mode.train

    @Option(help: "Network architecture: \(NetworkCatalogue.names.joined(separator: ", ")).")
    var network = "compact"

    @Option(help: ArgumentHelp("With --mode infer, an ONNX file to time instead of --network.", valueName: "file"))
    var onnx: String?

    @Option(help: "Number of classes.")
    var classes = 20

    @Option(help: ArgumentHelp("Input height and width in pixels, as in 640 or 480x640.", valueName: "size"))
    var size: InputExtent = 256

    @Option(help: "Images per step; with --mode explain, the number of peaks.")
    var batch = 8

    @Option(help: "Number of timed runs, after one warm-up run.")
    var runs = 5

    @Option(
        name: [.customLong("data"), .customLong("voc")],
        help: ArgumentHelp("With --mode data, the data set; by default a synthetic one.", valueName: "folder"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "With --mode demo and explain, a run folder or a weights file; by default random weights.",
            valueName: "path"))
    var model: String?

    @Option(
        help: ArgumentHelp("With --mode demo and explain, the image; by default a synthetic one.", valueName: "file"))
    var image: String?

    @Flag(help: "With --mode train and infer, report the time of each layer and kernel.")
    var layers = false

    @Flag(
        help:
            "With --mode train and infer, time all supported precisions in turns and report how much their outputs differ."
    )
    var precisions = false

    @OptionGroup var backend: BackendOptions

    @OptionGroup var report: ReportOptions

    func validate() throws {
        if classes < 1 { throw ValidationError("--classes must be 1 or more.") }
        try validateInputSize(size, of: network)
        if batch < 1 { throw ValidationError("--batch must be 1 or more.") }
        if runs < 1 { throw ValidationError("--runs must be 1 or more.") }
        if onnx != nil && mode != .infer { throw ValidationError("--onnx requires --mode infer.") }
        if data != nil && mode != .data { throw ValidationError("--data requires --mode data.") }
        if (model != nil || image != nil) && mode != .demo && mode != .explain {
            throw ValidationError("--model and --image require --mode demo or --mode explain.")
        }
        if precisions && mode != .train && mode != .infer {
            throw ValidationError("--precisions requires --mode train or --mode infer.")
        }
        if precisions && (layers || backend.precision != nil) {
            throw ValidationError("--precisions times all precisions: remove \(layers ? "--layers" : "--precision").")
        }
        if layers && mode != .train && mode != .infer {
            throw ValidationError("--layers requires --mode train or --mode infer.")
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
        benchmark.dataset = data
        benchmark.model = model.map { URL(fileURLWithPath: $0) }
        benchmark.image = image.map { URL(fileURLWithPath: $0) }
        let result = try benchmark.run()
        Terminal.standardOutput(report.json ? result.json.text(pretty: true) + "\n" : result.text + "\n")
    }
}

extension Benchmark.Mode: ExpressibleByArgument {}
