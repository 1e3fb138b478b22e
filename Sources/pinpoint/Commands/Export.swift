import ArgumentParser
import Boxes
import Foundation
import Jobs
import Networks

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Export a network as an ONNX file.",
        discussion: """
            The input is named image: float32 [batch, 3, row, column], RGB from 0 to 1, minus the mean, divided by the \
            standard deviation; both are in the file's metadata, with the class names. The outputs are the maps heatmap \
            (logits), size and offset; with --decode, boxes (left, top, right and bottom edge in input pixels), scores and \
            classes. Nodes have the names that 'pinpoint layers' lists.
            """)

    @Option(help: ArgumentHelp("Output file.", valueName: "file"))
    var onnx: String

    @Option(help: ArgumentHelp("Run folder or weights file.", valueName: "path"))
    var model: String?

    @Option(help: "Network architecture with random weights: \(NetworkCatalogue.names.joined(separator: ", ")).")
    var network: String?

    @Option(help: "Number of classes, with --network.")
    var classes = 20

    @Option(
        help: ArgumentHelp(
            "Input height and width in pixels, as in 640 or 480x640; by default the model's own, or 256.",
            valueName: "size"))
    var size: InputExtent?

    @Flag(help: "Accept any batch size.")
    var dynamicBatch = false

    @Flag(help: "Accept images of any size that the network can downsample evenly: multiples of 32 for most networks.")
    var dynamicSize = false

    @Flag(help: "Same as --dynamic-batch and --dynamic-size together.")
    var dynamic = false

    @Flag(help: "Fold batch normalization into the preceding convolutions.")
    var fold = false

    @Flag(help: "Output detections instead of maps: the peaks of the heatmap as boxes, highest scores first.")
    var decode = false

    @Option(help: "Maximum detections per image, with --decode; by default 100.")
    var top: Int?

    @OptionGroup var report: ReportOptions

    func validate() throws {
        if (model == nil) == (network == nil) { throw ValidationError("Give either --model or --network.") }
        if classes < 1 { throw ValidationError("--classes must be 1 or more.") }
        try validateInputSize(size, of: network)
        if let top, top < 1 { throw ValidationError("--top must be 1 or more.") }
        if top != nil && !decode { throw ValidationError("--top requires --decode.") }
    }

    func run() throws {
        var job = ExportJob(
            try load(), to: URL(fileURLWithPath: onnx), source: model.map { URL(fileURLWithPath: $0) })
        if let size { job.inputSize = size }
        job.dynamicBatch = dynamicBatch || dynamic
        job.dynamicSize = dynamicSize || dynamic
        job.foldsNormalization = fold
        job.top = decode ? top ?? 100 : nil
        let result = try job.run()
        Terminal.standardOutput(report.json ? result.json.text(pretty: true) + "\n" : result.text + "\n")
    }

    private func load() throws -> Model {
        if let model { return try Model.load(URL(fileURLWithPath: model)) }
        return try Model(
            network: NetworkConfiguration(name: network ?? "", classCount: classes),
            classNames: (0..<classes).map { "class\($0)" }, inputSize: size ?? 256, seed: 0)
    }
}
