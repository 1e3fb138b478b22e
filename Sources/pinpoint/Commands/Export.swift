import ArgumentParser
import ExperimentRunner
import Foundation
import Networks

struct Export: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write a network as an ONNX file.",
        discussion: """
            The file's input is called image: float32 [batch, 3, row, column], red, green and blue from 0 to 1, less the mean, \
            divided by the standard deviation; both are in the file's metadata, with the class names. It returns the maps \
            heatmap (logits), size and offset; with --decode boxes (left, upper, right, lower edge in input pixels), scores \
            and classes. Nodes have the names that 'pinpoint layers' lists.
            """)

    @Option(help: ArgumentHelp("Where the ONNX file goes.", valueName: "file"))
    var onnx: String

    @Option(help: ArgumentHelp("A run's folder or a weights file.", valueName: "path"))
    var model: String?

    @Option(help: "A network with random numbers: \(NetworkCatalogue.names.joined(separator: ", ")).")
    var network: String?

    @Option(help: "How many classes it knows, with --network.")
    var classes = 20

    @Option(help: "The side of its input in pixels; by default the model's own, or 256.")
    var size: Int?

    @Flag(help: "Take any number of images at once.")
    var dynamicBatch = false

    @Flag(help: "Take images of any size that the network can halve as often as it must: a multiple of 32 for most.")
    var dynamicSize = false

    @Flag(help: "Both of these.")
    var dynamic = false

    @Flag(help: "Make batch normalizations part of the convolutions before them.")
    var fold = false

    @Flag(help: "Return detections, not maps: the peaks of the heatmap as boxes, the best first.")
    var decode = false

    @Option(help: "At most so many detections an image, with --decode; by default 100.")
    var top: Int?

    @OptionGroup var report: ReportOptions

    func validate() throws {
        if (model == nil) == (network == nil) { throw ValidationError("Give either --model or --network.") }
        if classes < 1 { throw ValidationError("--classes is 1 or more.") }
        try validateInputSize(size, of: network)
        if let top, top < 1 { throw ValidationError("--top is 1 or more.") }
        if top != nil && !decode { throw ValidationError("--top goes with --decode.") }
    }

    func run() throws {
        var job = ExportJob(try load(), to: URL(fileURLWithPath: onnx))
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
