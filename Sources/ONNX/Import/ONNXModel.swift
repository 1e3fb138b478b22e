import Foundation
import SwiftProtobuf

/// A network in an ONNX file: its inputs and outputs, and the graphs made from it.
///
/// Opsets 7 to 21 are supported. Memory use is bounded by ``memoryFactor`` times the file's size, whatever the file declares: parameters
/// and values computed at import may together have ``foldedElements`` elements per byte of the file. External data that were read count
/// towards its size.
public struct ONNXModel: Sendable {
    /// A declared input or output.
    public struct Port: Sendable, Equatable {
        /// The name.
        public let name: String
        /// The extents, nil for free ones; nil if the file declares no shape.
        public let shape: [Int?]?
        /// ONNX's name of the element type: `float`, `int64`, ….
        public let elementKind: String
    }

    /// The graph's inputs, without the weights that old files list among them.
    public let inputs: [Port]
    /// The graph's outputs.
    public let outputs: [Port]
    /// The metadata written by the exporter.
    public let metadata: [String: String]
    /// The program that wrote the file, with its version; empty if not given.
    public let producer: String

    /// The limit for memory use (parsed file and graph) as a multiple of the file's size, apart from the first few megabytes.
    public static let memoryFactor = 768
    /// The limit for elements of parameters and values computed at import, per byte of the file, apart from the first 131,072.
    public static let foldedElements = 16
    /// The number of such elements that even the smallest file may have.
    static let freeElements = 1 << 17

    let proto: ProtoModel
    let folder: URL?

    /// The files in the model's folder that its weights are in, as the model names them.
    package var externalFiles: [URL] {
        guard let folder else { return [] }
        let entries = proto.graph.initializer.lazy.filter { $0.dataLocation == .external }.flatMap(\.externalData)
        return Set(entries.filter { $0.key == "location" }.map(\.value)).sorted().map(folder.appendingPathComponent)
    }
    let byteCount: Int

    /// Reads a file; external data are read from its folder when a graph is made.
    ///
    /// - Throws: ``ONNXError``.
    public init(contentsOf url: URL) throws(ONNXError) {
        let data: Data
        do {
            data = try Data(contentsOf: url, options: .mappedIfSafe)
        } catch {
            throw .unreadable(path: url.path, reason: (error as NSError).localizedDescription)
        }
        try self.init(data, folder: url.deletingLastPathComponent())
    }

    /// Parses a file's bytes.
    ///
    /// - Parameter folder: The folder of external data; nil if there is none.
    /// - Throws: ``ONNXError`` when the bytes are not a valid model.
    public init(_ data: Data, folder: URL? = nil) throws(ONNXError) {
        try WireFormat.check(data)
        var options = BinaryDecodingOptions()
        options.discardUnknownFields = true
        options.messageDepthLimit = WireFormat.depthLimit
        do {
            proto = try ProtoModel(serializedBytes: data, partial: true, options: options)
        } catch {
            throw .malformed(place: "the file", reason: "it is not encoded as an ONNX model (\(error))")
        }
        guard proto.hasGraph, !proto.graph.node.isEmpty || !proto.graph.output.isEmpty else {
            throw .malformed(place: "the file", reason: "it contains no graph")
        }
        self.folder = folder
        byteCount = data.count
        let initialized = Set(
            proto.graph.initializer.map(\.name) + proto.graph.sparseInitializer.map(\.values.name))
        inputs = proto.graph.input.filter { !initialized.contains($0.name) }.map(Port.init)
        outputs = proto.graph.output.map(Port.init)
        metadata = Dictionary(proto.metadataProps.map { ($0.key, $0.value) }) { first, _ in first }
        producer = [proto.producerName, proto.producerVersion].filter { !$0.isEmpty }.joined(separator: " ")
    }

    /// Returns the version of an operator set used by the file; 1 if not given.
    func operatorSet(_ imports: [ProtoOperatorSet], domain: String = "") -> Int {
        Int(imports.first { standardDomain($0.domain) == domain }?.version ?? 1)
    }
}

/// Returns the normalized name of a domain: ONNX's own has two spellings.
func standardDomain(_ domain: String) -> String { domain == "ai.onnx" ? "" : domain }

extension ONNXModel.Port {
    init(_ proto: ProtoValueInformation) {
        name = proto.name
        guard case .tensorType(let tensor)? = proto.type.value else {
            (shape, elementKind) = (nil, "undefined")
            return
        }
        elementKind = elementName(tensor.elemType)
        shape =
            tensor.hasShape
            ? tensor.shape.dim.map { dimension in
                if case .dimValue(let extent)? = dimension.value, extent > 0 { Int(extent) } else { nil }
            } : nil
    }
}
