import ArgumentParser
import Boxes
import DetectorLoading
import Foundation
import Graphs
import Jobs
import Networks
import ONNX
import Tensors

struct Layers: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layers", abstract: "List a network's layers: operator, output shape, parameters, multiply-adds.",
        discussion: """
            With --onnx and --input, the graph is run on arrays without preprocessing; --outputs writes each output as an \
            array, with slashes in names replaced by underscores.
            """)

    @Option(help: ArgumentHelp("Run folder or weights file.", valueName: "path"))
    var model: String?

    @Option(help: "Network architecture: \(NetworkCatalogue.names.joined(separator: ", ")).")
    var network: String?

    @Option(help: ArgumentHelp("ONNX file.", valueName: "file"))
    var onnx: String?

    @Option(help: "Number of classes, with --network.")
    var classes = 20

    @Option(
        help: ArgumentHelp(
            "Input height and width in pixels, as in 640 or 480x640; by default the model's own, or 256. With --onnx, those of its inputs.",
            valueName: "size"))
    var size: InputExtent?

    @Option(
        help: ArgumentHelp(
            "Array (.npy) to run an ONNX file on, or NAME=FILE for an input by name; can be repeated.",
            valueName: "array"))
    var input: [String] = []

    @Option(help: ArgumentHelp("Folder for the outputs computed from --input.", valueName: "folder"))
    var outputs: String?

    @Option(
        help: ArgumentHelp(
            "Tensor or node of an ONNX file to compute instead of its outputs; can be repeated.", valueName: "name"))
    var until: [String] = []

    @OptionGroup var backend: BackendOptions

    @OptionGroup var report: ReportOptions

    func validate() throws {
        if [model, network, onnx].compactMap({ $0 }).count != 1 {
            throw ValidationError("Give one of --model, --network and --onnx.")
        }
        if classes < 1 { throw ValidationError("--classes must be 1 or more.") }
        if onnx == nil {
            if !input.isEmpty || outputs != nil || !until.isEmpty {
                throw ValidationError("--input, --outputs and --until require --onnx.")
            }
            try validateInputSize(size, of: network)
        }
        if outputs != nil && input.isEmpty { throw ValidationError("--outputs requires --input.") }
    }

    func run() throws {
        if let onnx { return try list(onnx) }
        let list: LayerList
        if let model {
            let model = try Model.load(URL(fileURLWithPath: model))
            list = try LayerList(of: model, inputSize: size ?? model.inputSize)
        } else {
            let configuration = NetworkConfiguration(name: network ?? "", classCount: classes)
            list = try LayerList(of: configuration, inputSize: size ?? 256)
        }
        Terminal.standardOutput(report.json ? list.json.text(pretty: true) + "\n" : list.text + "\n")
    }

    private func list(_ file: String) throws {
        let backend = backend.choose().backend
        let raw = try RawNetwork(
            URL(fileURLWithPath: file), inputs: input.map(RawNetwork.Input.init(argument:)),
            size: size.map { ($0.rows, $0.columns) }, results: until.isEmpty ? nil : until)
        if input.isEmpty {
            let list = try LayerList(of: raw.network.graph, inputs: raw.network.inputShapes)
            Terminal.standardOutput(report.json ? list.json.text(pretty: true) + "\n" : list.text + "\n")
            return
        }
        let results = try raw.run(on: backend)
        let files = try outputs.map { try raw.write(results, to: URL(fileURLWithPath: $0)) } ?? []
        let summary = RawOutputs(results, files: files)
        Terminal.standardOutput(report.json ? summary.json.text(pretty: true) + "\n" : summary.text + "\n")
    }
}

extension RawNetwork.Input {
    /// `FILE` or `NAME=FILE`.
    fileprivate init(argument: String) {
        let parts = argument.split(separator: "=", maxSplits: 1).map(String.init)
        let isNamed = parts.count == 2 && !FileKind.mayExist(URL(fileURLWithPath: argument))
        self.init(name: isNamed ? parts[0] : nil, file: URL(fileURLWithPath: isNamed ? parts[1] : argument))
    }
}
