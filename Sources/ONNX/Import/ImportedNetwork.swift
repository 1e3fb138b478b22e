import Graphs
import Tensors

/// A graph made of an ONNX file, for inputs of given shapes, with the file's weights.
///
/// Nodes have the file's names; where a node has none, that of its first output. Tensors' names are second names of the nodes
/// that compute them, also where a node of the file does nothing and is left out.
public struct ImportedNetwork: Sendable {
    /// The graph; its outputs have the file's names.
    public let graph: Graph
    /// Every parameter of the graph.
    public let parameters: ParameterStore
    /// The shapes that the graph was made for.
    public let inputShapes: [String: [Int]]
    /// Whether the graph is right for other extents of the inputs' first axis, too: whether nothing in it was computed from this
    /// one.
    public let takesOtherBatchSizes: Bool
}

extension ONNXModel {
    /// A graph for inputs of these shapes.
    ///
    /// - Parameters:
    ///   - inputs: A shape for each input whose declared one has free axes, or is not the one that is wanted; for others the
    ///     declared one counts. A free first axis is 1.
    ///   - results: What to compute instead of the file's outputs: tensors or nodes (then their first output) by name, so that a
    ///     tail that Pinpoint lacks can be left away. The graph's outputs have these names.
    /// - Throws: ``ONNXError``: the file contradicts itself, lacks a shape, or needs what Pinpoint does not have, which is then
    ///   named all at once.
    public func network(
        inputs: [String: [Int]] = [:], results: [String]? = nil
    ) throws(ONNXError) -> ImportedNetwork {
        let importer = try Importer(self, shapes: inputs)
        return try importer.network(results: results)
    }

    /// The shape to make a graph for.
    func shape(of port: Port, given: [Int]?) throws(ONNXError) -> [Int] {
        let declared = port.shape
        if let given {
            guard given.allSatisfy({ $0 > 0 }), let count = product(given), count <= Importer.elementLimit else {
                throw .input(name: port.name, reason: "\(given) is no shape that an input can have")
            }
            if let declared, declared.count != given.count {
                throw .input(
                    name: port.name, reason: "the file declares \(declared.count) axes, and the shape is \(given)")
            }
            return given
        }
        guard let declared else { throw .input(name: port.name, reason: "the file declares no shape; give one") }
        let free = declared.indices.filter { $0 > 0 && declared[$0] == nil }
        guard free.isEmpty else {
            let extents = declared.map { $0.map(String.init) ?? "?" }.joined(separator: " x ")
            throw .input(name: port.name, reason: "its shape is \(extents) with free extents; give one")
        }
        let shape = declared.map { $0 ?? 1 }
        guard let count = product(shape), count <= Importer.elementLimit else {
            throw .input(name: port.name, reason: "\(shape) is no shape that an input can have")
        }
        return shape
    }
}
