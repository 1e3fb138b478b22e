import Graphs
import Networks
import ONNX
import OperatorCases
import Operators
import Tensors
import Testing

@Suite struct ExportTests {
    private static func network(_ name: String) throws -> (graph: Graph, parameters: ParameterStore) {
        let graph = try NetworkCatalogue.make(NetworkConfiguration(name: name, classCount: 3, headChannels: 16))
        return (graph, ParameterStore(for: graph, seed: 4))
    }

    private static let image = ["image": [1, 3, 128, 256]]

    @Test(arguments: OperatorCatalogue.cases) func everyOperatorHasWords(example: OperatorCase) throws {
        let file = try ExportedFile(
            example.graph, ParameterStore(for: example.graph, seed: 1), inputs: example.inputShapes)
        file.expectValid()
        // One node has the name, and one value.
        _ = try file.node("node")
        #expect(file.model.graph.node.contains { $0.output.first == "node" })
        #expect(file.model.irVersion == 8)
        #expect(file.model.opsetImport.first?.version == 17)
        let shape = try #require(try example.graph.inferShapes(example.inputShapes).last)
        #expect(file.model.graph.output.map(ExportedFile.extents) == [shape.map(String.init)])
    }

    @Test(arguments: NetworkCatalogue.kinds) func namesStay(name: String) throws {
        let (graph, parameters) = try Self.network(name)
        let file = try ExportedFile(graph, parameters, inputs: Self.image)
        file.expectValid()
        for node in graph.nodes where node.operator != nil {
            #expect(try file.node(node.name).output == [node.name])
        }
        for entry in parameters.entries {
            let (shape, values) = try file.numbers(entry.name)
            #expect(shape == entry.declaration.shape)
            #expect(values.elementsEqual(entry.value.elements))
        }
        #expect(file.model.graph.input.map(\.name) == ["image"])
        #expect(file.model.graph.output.map(\.name) == ["heatmap", "size", "offset"])
        #expect(file.model.graph.output.map(ExportedFile.extents)[0] == ["1", "3", "32", "64"])
    }

    @Test(arguments: NetworkCatalogue.kinds) func freeExtentsReachTheOutputs(name: String) throws {
        let (graph, parameters) = try Self.network(name)
        let file = try ExportedFile(graph, parameters, inputs: Self.image) {
            $0.dynamicBatch = true
            $0.dynamicSize = true
        }
        #expect(file.model.graph.input.map(ExportedFile.extents) == [["batch", "3", "height", "width"]])
        #expect(file.model.graph.output.map(ExportedFile.extents)[1] == ["batch", "2", "height/4", "width/4"])
    }

    @Test func severalMapsHaveSizesOfTheirOwn() throws {
        var graph = Graph()
        let left = graph.add("left", ReLU(), graph.input("template"))
        graph.output("left", left)
        graph.output("right", graph.add("right", ReLU(), graph.input("search")))
        let file = try ExportedFile(
            graph, ParameterStore(for: graph), inputs: ["template": [1, 2, 4, 4], "search": [1, 2, 8, 8]]
        ) {
            $0.dynamicBatch = true
            $0.dynamicSize = true
        }
        #expect(
            file.model.graph.output.map(ExportedFile.extents) == [
                ["batch", "2", "template_height", "template_width"], ["batch", "2", "search_height", "search_width"],
            ])
    }

    @Test func whatNeedsAFixedSizeSaysSo() throws {
        var graph = Graph()
        let flat = graph.add("classifier", Linear(inputFeatures: 12, outputFeatures: 2), graph.input("image"))
        graph.output("classes", flat)
        let store = ParameterStore(for: graph)
        var options = ONNXExportOptions()
        options.dynamicBatch = true
        _ = try exportONNX(graph, parameters: store, inputs: ["image": [1, 3, 2, 2]], options: options)
        options.dynamicSize = true
        let error = #expect(throws: ONNXError.self) {
            _ = try exportONNX(graph, parameters: store, inputs: ["image": [1, 3, 2, 2]], options: options)
        }
        #expect(error?.description.contains("classifier") == true)
        #expect(error?.description.contains("fixed height") == true)
    }

    @Test func namesThatClashAreRefused() throws {
        var graph = Graph()
        let image = graph.input("image")
        let first = graph.add("heatmap", ReLU(), image)
        graph.output("heatmap", graph.add("second", ReLU(), first))
        #expect(throws: ONNXError.notExportable(node: "heatmap", reason: "two values would have this name")) {
            _ = try exportONNX(graph, parameters: ParameterStore(for: graph), inputs: ["image": [1, 1, 2, 2]])
        }
    }

    @Test func partsMakeRoomForNodes() throws {
        var graph = Graph()
        let taken = graph.add("fc/flat", ReLU(), graph.input("image"))
        graph.output("classes", graph.add("fc", Linear(inputFeatures: 3, outputFeatures: 2), taken))
        let file = try ExportedFile(graph, ParameterStore(for: graph), inputs: ["image": [2, 3, 1, 1]])
        file.expectValid()
        #expect(try file.node("fc").input.first == "fc/flat_2")
    }

    @Test func metadataIsSorted() throws {
        let (graph, parameters) = try Self.network("compact")
        let file = try ExportedFile(graph, parameters, inputs: Self.image) {
            $0.metadata = ["network": "compact", "classNames": "[\"a\"]"]
        }
        #expect(file.model.metadataProps.map(\.key) == ["classNames", "network"])
        #expect(file.model.graph.name == "compact")
    }

    @Test func theSameGraphGivesTheSameBytes() throws {
        let (graph, parameters) = try Self.network("compact")
        var options = ONNXExportOptions()
        options.decode = ONNXDecoding(stride: 4)
        options.dynamicSize = true
        options.metadata = ["a": "1", "b": "2", "c": "3"]
        let files = try (0..<2).map { _ in
            try exportONNX(graph, parameters: parameters, inputs: Self.image, options: options)
        }
        #expect(files[0] == files[1])
    }
}
