import Graphs
import WeightFiles

extension Model {
    /// The metadata of a model in weights files and ONNX files: `network`, `headChannels`, `classNames` (a JSON list), `inputSize`, `mean`
    /// and `standardDeviation` (JSON lists of three numbers), and the keypoints if there are any.
    public var metadata: [String: String] { description.metadata }

    /// Creates a model whose graph comes from a file, too: a network that was exported as a graph and imported again.
    ///
    /// - Parameters:
    ///   - metadata: The ``metadata`` of the exported model.
    ///   - graph: The graph, with a detector's input and outputs.
    ///   - parameters: The graph's parameters.
    ///   - path: The file, for errors.
    /// - Throws: ``WeightsError/undescribed(path:reason:)`` when the metadata is incomplete or invalid.
    public init(
        metadata: [String: String], graph: Graph, parameters: ParameterStore, path: String
    ) throws(WeightsError) {
        let description = try ModelDescription(metadata, path: path)
        do {
            self = try Model(description) { _ in parameters }
        } catch {
            throw .undescribed(path: path, reason: error.description)
        }
        self.graph = graph
    }
}
