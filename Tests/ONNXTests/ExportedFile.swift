import Graphs
import ONNX
import Testing

/// An exported file, parsed with the schema.
struct ExportedFile {
    let model: ProtoModel

    init(
        _ graph: Graph, _ parameters: ParameterStore, inputs: [String: [Int]],
        _ change: (inout ONNXExportOptions) -> Void = { _ in }
    ) throws {
        var options = ONNXExportOptions()
        change(&options)
        model = try ProtoModel(
            serializedBytes: try exportONNX(graph, parameters: parameters, inputs: inputs, options: options))
    }

    func node(_ name: String) throws -> ProtoNodeDefinition {
        try #require(model.graph.node.first { $0.name == name }, "no node \(name)")
    }

    func numbers(_ name: String) throws -> (shape: [Int], values: [Float]) {
        let tensor = try #require(model.graph.initializer.first { $0.name == name }, "no initializer \(name)")
        return (
            tensor.dims.map(Int.init), tensor.rawData.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
        )
    }

    /// Returns extents like `["batch", "3", "height", "width"]`; a free extent without a name is empty.
    static func extents(_ value: ProtoValueInformation) -> [String] {
        value.type.tensorType.shape.dim.map { dimension in
            switch dimension.value {
            case .dimValue(let value)?: "\(value)"
            case .dimParam(let name)?: name
            case nil: ""
            }
        }
    }

    /// Expects a valid file: names are unique, and nodes read only values defined before them.
    func expectValid() {
        var known: Set<String> = [""]
        func define(_ name: String) { #expect(known.insert(name).inserted, "\(name) is defined twice") }
        for value in model.graph.input { define(value.name) }
        for tensor in model.graph.initializer { define(tensor.name) }
        for node in model.graph.node {
            for input in node.input { #expect(known.contains(input), "\(node.name) reads \(input)") }
            for output in node.output { define(output) }
        }
        for value in model.graph.output { #expect(known.contains(value.name), "no value \(value.name)") }
        #expect(Set(model.graph.node.map(\.name)).count == model.graph.node.count)
    }
}
