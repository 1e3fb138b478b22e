import ArgumentParser
import ExperimentRunner
import Foundation
import Networks

struct Layers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List a network's layers: operator, output shape, parameters, multiply-adds.")

    @Option(help: ArgumentHelp("A run's folder or a weights file.", valueName: "path"))
    var model: String?

    @Option(help: "A network that need not be trained: \(NetworkCatalogue.names.joined(separator: ", ")).")
    var network: String?

    @Option(help: "How many classes it knows, with --network.")
    var classes = 20

    @Option(help: "The side of its input in pixels; by default the model's own, or 256.")
    var size: Int?

    @OptionGroup var report: ReportOptions

    func validate() throws {
        if (model == nil) == (network == nil) { throw ValidationError("Give either --model or --network.") }
        if classes < 1 { throw ValidationError("--classes is 1 or more.") }
        if let size, size < 32 || size % 32 != 0 { throw ValidationError("--size is a multiple of 32.") }
    }

    func run() throws {
        let list: LayerList
        if let model {
            let model = try Model.load(URL(fileURLWithPath: model))
            list = try LayerList(of: model.graph, inputSize: size ?? model.inputSize)
        } else {
            let configuration = NetworkConfiguration(name: network ?? "", classCount: classes)
            list = try LayerList(of: try NetworkCatalogue.make(configuration), inputSize: size ?? 256)
        }
        Terminal.standardOutput(report.json ? list.json.text(pretty: true) + "\n" : list.text + "\n")
    }
}
