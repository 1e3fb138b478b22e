import Foundation
import SwiftProtobuf

/// A network in an ONNX file: what it wants, what it gives, and graphs made of it.
///
/// Opsets 7 to 21 are read. What a file makes of memory is bounded by ``memoryFactor`` times its size, whatever it
/// declares: parameters and what is computed at import may together have ``foldedElements`` elements for each byte of
/// the file. To its size counts what was read of files beside it.
public struct ONNXModel: Sendable {
    /// An input or an output as the file declares it.
    public struct Port: Sendable, Equatable {
        /// Its name.
        public let name: String
        /// Its extents, nil for those that are free; nil in all where the file declares none.
        public let shape: [Int?]?
        /// What ONNX calls its elements: `float`, `int64`, ….
        public let elementKind: String
    }

    /// What a graph of it must be given. Weights that old files list among the inputs are none.
    public let inputs: [Port]
    /// What it gives.
    public let outputs: [Port]
    /// What the exporter noted, by keys.
    public let metadata: [String: String]
    /// The program that wrote it, with its version; empty where the file does not say.
    public let producer: String

    /// How many times a file's size it may take in memory, parsed and made a graph of, beside the first few megabytes.
    public static let memoryFactor = 768
    /// How many elements parameters may have, and what is computed at import, for each byte of the file, beside the
    /// first 131,072.
    public static let foldedElements = 16
    /// How many of them even the smallest file may have.
    static let freeElements = 1 << 17

    let proto: ProtoModel
    let folder: URL?
    let byteCount: Int

    /// Reads a file; data outside it are read from its folder when a graph is made.
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

    /// Reads a file's bytes.
    ///
    /// - Parameter folder: Where data outside the file lie; nil where there are none.
    /// - Throws: ``ONNXError`` when they are no model.
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
            throw .malformed(place: "the file", reason: "it holds no graph")
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

    /// The version of a set of operators that the file is written in; the first one where it does not say.
    func operatorSet(_ imports: [ProtoOperatorSet], domain: String = "") -> Int {
        Int(imports.first { standardDomain($0.domain) == domain }?.version ?? 1)
    }
}

/// ONNX's own operators have two spellings of their domain.
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
