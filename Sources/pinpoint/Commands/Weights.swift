import ArgumentParser
import DetectorLoading
import Foundation
import Networks
import WeightFiles

struct Weights: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weights", abstract: "List the tensors of a weights file, or check how they fit a network.",
        discussion: """
            Reads safetensors files and files written by torch.save, without running any code in them. With --network, \
            reports which parameters have a matching tensor, which are missing or have another shape, and which tensors are \
            left over.
            """)

    @Argument(help: ArgumentHelp("Weights file.", valueName: "file"))
    var file: String

    @Option(help: "Network architecture to compare with: \(NetworkCatalogue.names.joined(separator: ", ")).")
    var network: String?

    @Option(help: "Number of classes of the network.")
    var classes = 80

    @OptionGroup var report: ReportOptions

    func validate() throws {
        if classes < 1 { throw ValidationError("--classes must be 1 or more.") }
    }

    func run() throws {
        let content = try WeightsReader(URL(fileURLWithPath: file))
        guard let network else {
            let listing = try WeightsListing(content)
            Terminal.standardOutput((report.json ? listing.json.text(pretty: true) : listing.text) + "\n")
            return
        }
        let headChannels = WeightsMatch.headChannels(in: content, network: network)
        let graph = try NetworkCatalogue.make(
            NetworkConfiguration(name: network, classCount: classes, headChannels: headChannels))
        let match = WeightsMatch(content, graph: graph, network: network)
        Terminal.standardOutput((report.json ? match.json.text(pretty: true) : match.text) + "\n")
    }
}
