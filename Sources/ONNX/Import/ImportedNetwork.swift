import Graphs
import Tensors

/// A graph imported from an ONNX file for inputs of given shapes, with the file's weights.
///
/// Nodes keep the file's names; a node without a name gets that of its first output. Tensor names become aliases of the nodes that compute
/// them, including tensors of no-op nodes, which are left out.
public struct ImportedNetwork: Sendable {
    /// The graph; its outputs have the file's names.
    public let graph: Graph
    /// Every parameter of the graph.
    public let parameters: ParameterStore
    /// The input shapes for which the graph was made.
    public let inputShapes: [String: [Int]]
    /// Whether the graph is also valid for other batch sizes, that is, whether nothing in it was computed from the size of the inputs'
    /// first axis.
    public let takesOtherBatchSizes: Bool
}

extension ONNXModel {
    /// Makes a graph for inputs of these shapes.
    ///
    /// - Parameters:
    ///   - inputs: Shapes for inputs whose declared shape has free axes or should be overridden; other inputs use the declared shape. A
    ///     free first axis defaults to 1.
    ///   - results: The tensors or nodes (meaning their first output) to compute instead of the file's outputs, so that unsupported nodes
    ///     at the end can be dropped. The graph's outputs have these names, and its inputs are those that they are computed from.
    /// - Throws: ``ONNXError`` when the file is inconsistent, a shape is missing, or Pinpoint does not support parts of it, which are then
    ///   all listed.
    public func network(
        inputs: [String: [Int]] = [:], results: [String]? = nil
    ) throws(ONNXError) -> ImportedNetwork {
        let importer = try Importer(self, shapes: inputs, results: results)
        return try importer.network(results: results)
    }

    /// Returns the shape of an input for which to make a graph.
    func shape(of port: Port, given: [Int]?) throws(ONNXError) -> [Int] {
        let declared = port.shape
        if let given {
            guard given.allSatisfy({ $0 > 0 }), let count = product(given), count <= Importer.elementLimit else {
                throw .input(name: port.name, reason: "\(given) is not a valid input shape")
            }
            if let declared, declared.count != given.count {
                throw .input(
                    name: port.name, reason: "the file declares \(declared.count) axes, but the given shape is \(given)"
                )
            }
            return given
        }
        guard let declared else { throw .input(name: port.name, reason: "the file declares no shape; specify one") }
        let free = declared.indices.filter { $0 > 0 && declared[$0] == nil }
        guard free.isEmpty else {
            let extents = declared.map { $0.map(String.init) ?? "?" }.joined(separator: " x ")
            throw .input(name: port.name, reason: "its declared shape \(extents) has free extents; specify one")
        }
        let shape = declared.map { $0 ?? 1 }
        guard let count = product(shape), count <= Importer.elementLimit else {
            throw .input(name: port.name, reason: "\(shape) is not a valid input shape")
        }
        return shape
    }
}
