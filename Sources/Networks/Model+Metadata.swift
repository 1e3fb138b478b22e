import Graphs
import WeightFiles

extension Model {
    /// What files say about a model beside its numbers, weights files and ONNX files alike: `network`, `headChannels`, `classNames`
    /// (a JSON list), `inputSize`, `mean` and `standardDeviation` (JSON lists of three numbers), and the keypoints of those that have any.
    public var metadata: [String: String] { ModelDescription(self).metadata }

    /// A model whose nodes come from a file, too: a network that was written as a graph and read again.
    ///
    /// - Parameters:
    ///   - metadata: What ``metadata`` was when the file was written.
    ///   - graph: Its nodes, with a detector's input and outputs.
    ///   - parameters: The graph's numbers.
    ///   - path: The file, for errors.
    /// - Throws: ``WeightsError/undescribed(path:reason:)`` when the metadata say too little or what cannot be.
    public init(
        metadata: [String: String], graph: Graph, parameters: ParameterStore, path: String
    ) throws(WeightsError) {
        let description = try ModelDescription(metadata, path: path)
        do {
            self = try description.model { _ in parameters }
        } catch {
            throw .undescribed(path: path, reason: error.description)
        }
        self.graph = graph
    }
}
