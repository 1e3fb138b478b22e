import ArgumentParser
import ExperimentRunner
import Foundation
import Networks
import WeightFiles

struct Weights: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "weights", abstract: "List the tensors of a weights file, or how they fit a network.",
        discussion: """
            Reads safetensors and what torch.save writes, without running any code of the file. With --network it says which \
            parameters have a tensor that fits, which are missing or of another shape, and which tensors are left over.
            """)

    @Argument(help: ArgumentHelp("A weights file.", valueName: "file"))
    var file: String

    @Option(help: "A network that it may be for: \(NetworkCatalogue.names.joined(separator: ", ")).")
    var network: String?

    @Option(help: "How many classes the network knows.")
    var classes = 80

    @OptionGroup var report: ReportOptions

    func validate() throws {
        if classes < 1 { throw ValidationError("--classes is 1 or more.") }
    }

    func run() throws {
        let content = try WeightsFile.read(URL(fileURLWithPath: file))
        guard let network else {
            let listing = WeightsListing(content)
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
