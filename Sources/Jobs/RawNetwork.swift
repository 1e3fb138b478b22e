import DetectorLoading
import Foundation
import Graphs
import JSON
import Networks
import ONNX
import Tensors

/// A network from an ONNX file, run on arrays without preprocessing or decoding.
public struct RawNetwork: Sendable {
    /// An array for one of the inputs; without a name, for the first input that has none.
    public struct Input: Sendable {
        /// The input's name.
        public var name: String?
        /// The `.npy` file.
        public var file: URL

        /// Creates an input from an array file.
        public init(name: String?, file: URL) {
            self.name = name
            self.file = file
        }
    }

    /// The graph, built for the arrays' shapes.
    public let network: ImportedNetwork
    private let arrays: [String: Tensor]
    private let sources: [URL]

    /// Reads a file and the arrays for it.
    ///
    /// - Parameters:
    ///   - size: Rows and columns of 4-dimensional inputs without an array; their batch size is 1.
    ///   - results: What to compute instead of the file's outputs.
    /// - Throws: An error about the file, the arrays, or their combination.
    public init(
        _ url: URL, inputs: [Input] = [], size: (rows: Int, columns: Int)? = nil, results: [String]? = nil
    ) throws {
        let (model, read) = try ImportError.naming(url) {
            let model = try ONNXModel(contentsOf: url)
            return (model, try Self.read(model, inputs: inputs, size: size, results: results))
        }
        (network, arrays) = read
        sources = [url] + model.externalFiles + inputs.map(\.file)
    }

    private static func read(
        _ model: ONNXModel, inputs: [Input], size: (rows: Int, columns: Int)?, results: [String]?
    ) throws -> (network: ImportedNetwork, arrays: [String: Tensor]) {
        // The arrays' shapes decide whether they fit; only then are their numbers read.
        var arrays: [String: NumPyFile] = [:]
        for input in inputs where input.name != nil { arrays[input.name ?? ""] = try open(input.file) }
        for input in inputs where input.name == nil {
            guard let port = model.inputs.first(where: { arrays[$0.name] == nil }) else {
                throw ONNXError.input(name: input.file.path, reason: "every input already has an array")
            }
            arrays[port.name] = try open(input.file)
        }
        var shapes = arrays.mapValues(\.shape)
        if let size {
            for port in model.inputs where shapes[port.name] == nil {
                guard let declared = port.shape, declared.count == 4 else { continue }
                shapes[port.name] = [1, declared[1] ?? 3, size.rows, size.columns]
            }
        }
        let network = try model.network(inputs: shapes, results: results)
        return (network, arrays.mapValues { $0.tensor() })
    }

    /// Runs the network and returns every output by its name.
    public func run(on backend: any Backend) throws -> [(name: String, value: Tensor)] {
        let program = try backend.compile(
            network.graph, parameters: network.parameters, inputs: network.inputShapes, mode: .inference)
        // Arrays may be given for inputs that the results are not computed from.
        let outputs = try program.forward(arrays.filter { network.inputShapes[$0.key] != nil })
        return network.graph.outputs.compactMap { output in outputs[output.name].map { (output.name, $0) } }
    }

    /// Writes each output as `NAME.npy`; characters that file names must not have, such as slashes, become underscores.
    ///
    /// - Returns: The files, in order.
    /// - Throws: ``OutputError/sameFile(_:_:)`` if a result would replace one of the arrays or the network.
    public func write(_ outputs: [(name: String, value: Tensor)], to folder: URL) throws -> [URL] {
        let folder = try OutputFolder(folder).sparing(sources)
        let files = try OutputNames.parts(for: outputs.map(\.name)).map { try folder.place($0, as: "npy") }
        try folder.requireApart(files)
        for (output, file) in zip(outputs, files) { try writeAtomically(output.value.npyData(), to: file) }
        return files
    }

    private static func open(_ file: URL) throws -> NumPyFile {
        do {
            return try NumPyFile(file)
        } catch let error as NumPyError {
            throw ONNXError.unreadable(path: file.path, reason: error.description)
        }
    }
}

/// The outputs of a run on arrays, as text and JSON.
public struct RawOutputs: Sendable {
    private let rows: [(name: String, value: Tensor, file: URL?)]

    /// Creates a report of the outputs and the files that they were written to.
    public init(_ outputs: [(name: String, value: Tensor)], files: [URL]) {
        rows = outputs.enumerated().map { ($1.name, $1.value, files.indices.contains($0) ? files[$0] : nil) }
    }

    /// A table of the outputs.
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
