import Foundation
import Images
import ONNX
import Tensors
import TestSupport
import WeightFiles

/// A parser of foreign files, and what it guarantees for any file: it soon returns or throws, and takes no more memory than
/// a factor times the file's size, plus an allowance for what the file claims to contain.
struct FuzzedParser: Sendable {
    /// The name on the command line.
    let name: String
    /// The folder of valid example files, below the package's folder, and the suffix of their names.
    var examples: (folder: String, ending: String)
    /// Bytes of memory that the parser may take for each byte of the file.
    let memoryFactor: Int
    /// Additional bytes of memory that the parser may take for the claimed content, in formats where a few bytes can claim much.
    var claim: @Sendable (URL) -> Int = { _ in 0 }
    /// Words of the format, which mutations insert.
    var words: [String] = []
    /// How a part of an example is mutated and put back into a whole file; nil for formats that are mutated as a whole.
    var part: Part?
    /// Reads the file that has just been written. Its answer is what it returns or throws; different kinds of files give different answers.
    let parse: @Sendable (URL) throws -> String

    /// A part of a file that is mutated by itself.
    struct Part: Sendable {
        let extract: @Sendable ([UInt8]) -> [UInt8]?
        let wrap: @Sendable ([UInt8]) -> [UInt8]
    }

    /// All parsers; a new one adds its entry here.
    static let all = networks + text + datasets + ImageFormat.allCases.map(FuzzedParser.image)

    private static let networks: [FuzzedParser] =
        [
            FuzzedParser(
                name: "safetensors", examples: ("Tests/WeightFilesTests/Files", ".safetensors"), memoryFactor: 256,
                words: ["\"F32\"", "\"BF16\"", "\"I64\"", "\"data_offsets\"", "\"shape\"", "\"dtype\"", "__metadata__"]
            ) { url in
                let file = try SafeTensorsFile(contentsOf: url)
                return "\(file.tensors.map(\.tensor.shape.count))"
            },
            FuzzedParser(
                name: "pth", examples: ("Tests/WeightFilesTests/Files", ".pth"), memoryFactor: WeightsFile.memoryFactor,
                words: pickleWords, part: .pickle, parse: readWeights),
            FuzzedParser(
                name: "pth-legacy", examples: ("Tests/WeightFilesTests/Files", ".legacy"),
                memoryFactor: WeightsFile.memoryFactor, words: pickleWords, parse: readWeights),
            FuzzedParser(
                name: "npy", examples: ("Tests/WeightFilesTests/Files", ".npy"), memoryFactor: 64,
                words: ["'descr'", "'<f4'", "'fortran_order': False", "'shape': (", ",)"]
            ) { url in
                let tensor = try Tensor(npy: try Data(contentsOf: url))
                return "\(tensor.shape.count)"
            },
            FuzzedParser(
                name: "onnx", examples: ("Tests/Goldens/onnx", ".onnx"), memoryFactor: ONNXModel.memoryFactor,
                // A few bytes can claim a large tensor of equal elements.
                claim: { url in
                    let file = (try? Data(contentsOf: url)) ?? Data()
                    let claims = ["ConstantOfShape", "Expand"].contains { file.range(of: Data($0.utf8)) != nil }
                    return claims ? 4 * ONNXModel.uniformElements : 0
                },
                words: [
                    "Conv", "Reshape", "Concat", "Slice", "Gather", "Expand", "Resize", "Split", "Range", "Tile", "Pad",
                    "If",
                    "axis", "perm", "pads", "kernel_shape", "strides", "dilations", "group", "to", "raw_data",
                    "location",
                ]
            ) { url in
                let model = try ONNXModel(contentsOf: url)
                var shapes: [String: [Int]] = [:]
                for port in model.inputs {
                    let declared = port.shape ?? [nil, nil, nil, nil]
                    shapes[port.name] = declared.prefix(8).enumerated().map { axis, extent in
                        extent ?? (axis == 0 ? 1 : axis == 1 ? 3 : 16)
                    }
                }
                let network = try model.network(inputs: shapes)
                return "\(Set(network.graph.nodes.compactMap { $0.operator?.kind }).sorted())"
            },
        ]
}

private let pickleWords = [
    "cos\nsystem\n", "ccollections\nOrderedDict\n", "ctorch._utils\n_rebuild_tensor_v2\n", "ctorch\nFloatStorage\n",
    "ctorch\nLongStorage\n", "(", ")", "}", "]", "R", "t", "u", "e", "0", "2", ".", "Q", "\u{1}", "K\u{1}",
    "M\u{1}\u{1}", "q\u{5}",
    "h\u{5}", "cbuiltins\ndict\n", "ctorch._tensor\n_rebuild_from_type_v2\n", "ctorch._utils\n_rebuild_parameter\n",
]

@Sendable
private func readWeights(_ url: URL) throws -> String {
    let file = try WeightsFile.read(url)
    return "\(file.tensors.map(\.tensor.shape.count)) \(file.origin)"
}

extension FuzzedParser.Part {
    /// The pickle of a PyTorch archive, put into a new archive with a few storages.
    fileprivate static let pickle = Self { archive in
        guard let name = archive.firstRange(of: "data.pkl".utf8), name.lowerBound >= 30 else { return nil }
        // The extra field's length is the last number of the header before the name.
        guard let header = archive[..<name.lowerBound].lastIndex(of: 0x50).map({ $0 + 28 }), header + 1 < archive.count
        else { return nil }
        let start = name.upperBound + Int(archive[header]) + Int(archive[header + 1]) << 8
        guard start < archive.count else { return nil }
        let end = archive[start...].firstRange(of: [0x50, 0x4b])?.lowerBound ?? archive.count
        return Array(archive[start..<end])
    } wrap: { pickle in
        let storages = (0..<20).map { StoredZip.Entry("a/data/\($0)", [UInt8](repeating: UInt8($0), count: 64)) }
        return StoredZip([StoredZip.Entry("a/data.pkl", pickle)] + storages).bytes
    }
}
