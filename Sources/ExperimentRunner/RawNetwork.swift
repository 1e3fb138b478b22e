import Foundation
import Graphs
import JSON
import Networks
import ONNX
import Tensors

/// A network from an ONNX file, run on arrays as they are: nothing is prepared, nothing is decoded.
public struct RawNetwork: Sendable {
    /// An array for one of the inputs; without a name for the first one that no other is for.
    public struct Input: Sendable {
        /// The input's name.
        public var name: String?
        /// The `.npy` file.
        public var file: URL

        /// An array.
        public init(name: String?, file: URL) {
            self.name = name
            self.file = file
        }
    }

    /// The graph, made for the arrays' shapes.
    public let network: ImportedNetwork
    private let arrays: [String: Tensor]
    private let sources: [URL]

    /// Reads a file and the arrays for it.
    ///
    /// - Parameters:
    ///   - size: Rows and columns of inputs that are maps and have no array; these are made for one map.
    ///   - results: What to compute instead of the file's outputs.
    /// - Throws: What is wrong with the file, the arrays, or both together.
    public init(
        _ url: URL, inputs: [Input] = [], size: (rows: Int, columns: Int)? = nil, results: [String]? = nil
    ) throws {
        sources = [url] + inputs.map(\.file)
        (network, arrays) = try ImportError.naming(url) {
            try Self.read(ONNXModel(contentsOf: url), inputs: inputs, size: size, results: results)
        }
    }

    private static func read(
        _ model: ONNXModel, inputs: [Input], size: (rows: Int, columns: Int)?, results: [String]?
    ) throws -> (network: ImportedNetwork, arrays: [String: Tensor]) {
        var arrays: [String: Tensor] = [:]
        for input in inputs where input.name != nil { arrays[input.name ?? ""] = try read(input.file) }
        for input in inputs where input.name == nil {
            guard let port = model.inputs.first(where: { arrays[$0.name] == nil }) else {
                throw ONNXError.input(name: input.file.path, reason: "every input has an array already")
            }
            arrays[port.name] = try read(input.file)
        }
        var shapes = arrays.mapValues(\.shape)
        if let size {
            for port in model.inputs where shapes[port.name] == nil {
                guard let declared = port.shape, declared.count == 4 else { continue }
                shapes[port.name] = [1, declared[1] ?? 3, size.rows, size.columns]
            }
        }
        return (try model.network(inputs: shapes, results: results), arrays)
    }

    /// What an array of each input gives: every output by its name.
    public func run(on backend: any Backend) throws -> [(name: String, value: Tensor)] {
        let program = try backend.compile(
            network.graph, parameters: network.parameters, inputs: network.inputShapes, mode: .inference)
        let outputs = try program.forward(arrays)
        return network.graph.outputs.compactMap { output in outputs[output.name].map { (output.name, $0) } }
    }

    /// Writes an array for each output, as `NAME.npy`; what files must not be called, such as slashes, becomes an underscore.
    ///
    /// - Returns: The files, in order.
    /// - Throws: ``ImageSourceError/wouldOverwrite(_:)`` when a result would replace one of the arrays or the network.
    public func write(_ outputs: [(name: String, value: Tensor)], to folder: URL) throws -> [URL] {
        let folder = try OutputFolder(folder).sparing(sources)
        let files = try OutputNames.parts(for: outputs.map(\.name)).map { try folder.place($0, as: "npy") }
        for (output, file) in zip(outputs, files) { try writeAtomically(output.value.npyData(), to: file) }
        return files
    }

    private static func read(_ file: URL) throws -> Tensor {
        let data = try Data(contentsOf: file)
        do {
            return try Tensor(npy: data)
        } catch {
            throw ONNXError.unreadable(path: file.path, reason: error.description)
        }
    }
}

/// What a run on arrays gave, for people and programs.
public struct RawOutputs: Sendable {
    private let rows: [(name: String, value: Tensor, file: URL?)]

    /// The outputs, with the files that they were written to.
    public init(_ outputs: [(name: String, value: Tensor)], files: [URL]) {
        rows = outputs.enumerated().map { ($1.name, $1.value, files.indices.contains($0) ? files[$0] : nil) }
    }

    /// A table.
    public var text: String {
        let lines = rows.map { row in
            let range = Self.range(row.value)
            return [
                row.name, row.value.shape.map(String.init).joined(separator: " x "),
                row.file?.path ?? "", String(format: "%.4g", range.lowest), String(format: "%.4g", range.highest),
                String(format: "%.4g", range.mean),
            ]
        }
        return textTable([["output", "shape", "file", "lowest", "highest", "mean"]] + lines, flushLeft: 3)
    }

    /// `[{"name": …, "shape": …, "file": …, "lowest": …, "highest": …, "mean": …}]`.
    public var json: JSONValue {
        .array(
            rows.map { row in
                let range = Self.range(row.value)
                func number(_ value: Float) -> JSONValue { value.isFinite ? .number(Double(value)) : .null }
                var entry = JSONObject([
                    ("name", .string(row.name)), ("shape", .array(row.value.shape.map { .integer($0) })),
                    ("lowest", number(range.lowest)), ("highest", number(range.highest)), ("mean", number(range.mean)),
                ])
                if let file = row.file { entry["file"] = .string(file.path) }
                return .object(entry)
            })
    }

    private static func range(_ value: Tensor) -> (lowest: Float, highest: Float, mean: Float) {
        value.withElements { elements in
            var (lowest, highest, sum) = (Float.infinity, -Float.infinity, 0.0)
            for element in elements {
                (lowest, highest) = (min(lowest, element), max(highest, element))
                sum += Double(element)
            }
            return elements.isEmpty ? (0, 0, 0) : (lowest, highest, Float(sum / Double(elements.count)))
        }
    }
}
