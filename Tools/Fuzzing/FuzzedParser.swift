import Foundation
import Images
import ONNX
import Tensors
import TestSupport
import WeightFiles

/// A reader of files that come from elsewhere, and what it promises about any of them: it answers or throws, soon, and takes no
/// more memory than a factor times the file's size, beside what a stated claim of the file allows.
struct FuzzedParser: Sendable {
    /// What the command line calls it.
    let name: String
    /// Where files that it reads well are, below the package's folder, and how their names end.
    let examples: (folder: String, ending: String)
    /// Bytes of memory that it may take for each byte of the file.
    let memoryFactor: Int
    /// Bytes of memory that it may take besides, for what the file claims to hold, where the format can claim much with few bytes.
    var claim: @Sendable (URL) -> Int = { _ in 0 }
    /// Words of the format, which mutations put in.
    var words: [String] = []
    /// Puts a mutated part of an example back into a whole file; nil for formats whose parts do not know where they stand.
    var part: Part?
    /// Reads the file that has just been written. What it throws is an answer; so is what it returns, which tells answers apart.
    let parse: @Sendable (URL) throws -> String

    /// A part of a file that is mutated by itself.
    struct Part: Sendable {
        let extract: @Sendable ([UInt8]) -> [UInt8]?
        let wrap: @Sendable ([UInt8]) -> [UInt8]
    }

    /// Every parser there is; a new one adds its entry here.
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
    /// The pickle of a PyTorch archive, which is put into a new archive with a few storages.
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
