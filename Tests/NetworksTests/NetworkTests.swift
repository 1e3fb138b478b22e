import Foundation
import Graphs
import Networks
import Tensors
import Testing

@Suite struct NetworkTests {
    /// Weights files depend on names and shapes: a change here makes every file of before unreadable.
    @Test(arguments: NetworkCatalogue.names)
    func parameterNamesArePinned(name: String) throws {
        let graph = try NetworkCatalogue.make(NetworkConfiguration(name: name, classCount: 3))
        let lines = graph.parameters.map { name, declaration in
            "\(name) \(declaration.shape.map(String.init).joined(separator: "x"))"
        }
        let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Snapshots/\(name).txt")
        if ProcessInfo.processInfo.environment["PINPOINT_RECORD"] != nil {
            try (lines.joined(separator: "\n") + "\n").write(to: url, atomically: true, encoding: .utf8)
        }
        let pinned = try String(contentsOf: url, encoding: .utf8).split(separator: "\n").map(String.init)
        #expect(lines == pinned)
    }

    @Test func resnet18IsTorchvisions() throws {
        let graph = try NetworkCatalogue.make(NetworkConfiguration(name: "resnet18", classCount: 3))
        let trunk = graph.parameters.filter { $0.name.hasPrefix("backbone.") && $0.declaration.role != .statistic }
        // torchvision's 11,689,512 without the 513,000 of its last layer.
        #expect(trunk.reduce(0) { $0 + $1.declaration.shape.reduce(1, *) } == 11_176_512)
        for stage in ["layer1", "layer1.0", "layer4"] { #expect(graph.value(named: "backbone.\(stage)") != nil) }
    }

    @Test func compactIsSmall() throws {
        let graph = try NetworkCatalogue.make(NetworkConfiguration(name: "compact", classCount: 3))
        #expect(graph.learnedParameterCount == 1_243_367)
        for (name, declaration) in graph.parameters where name.hasPrefix("backbone.") {
            #expect(declaration.shape[0] % 16 == 0, "\(name)")
        }
    }

    @Test("Heads answer at a quarter of the input, in boxes' terms", arguments: NetworkCatalogue.names)
    func shapes(name: String) throws {
        let model = try Model(
            network: NetworkConfiguration(name: name, classCount: 5, headChannels: 8),
            classNames: ["a", "b", "c", "d", "e"], inputSize: 96, seed: 7)
        let program = try ReferenceBackend().compile(
            model.graph, parameters: model.parameters, inputs: ["image": [2, 3, 96, 64]], mode: .inference)
        let outputs = try program.forward(["image": Tensor([2, 3, 96, 64], repeating: 0.5)])
        #expect(outputs["heatmap"]?.shape == [2, 5, 96 / outputStride, 64 / outputStride])
        #expect(outputs["size"]?.shape == [2, 2, 24, 16] && outputs["offset"]?.shape == [2, 2, 24, 16])
        // Untrained, every cell is an object with a probability of about 0.1, and no box has an extent.
        let heat = try #require(outputs["heatmap"]).elements.map { 1 / (1 + exp(-$0)) }
        let mean = heat.reduce(0, +) / Float(heat.count)
        #expect(mean > 0.05 && mean < 0.2, "\(mean)")
        #expect(try #require(outputs["size"]).elements.allSatisfy { abs($0) < 0.1 })
    }

    @Test func strangeRequestsGetASentence() throws {
        #expect(throws: NetworkError.unknownNetwork("resnet19", known: ["compact", "resnet18"])) {
            try NetworkCatalogue.make(NetworkConfiguration(name: "resnet19", classCount: 1))
        }
        #expect(throws: NetworkError.classCount(0)) {
            try NetworkCatalogue.make(NetworkConfiguration(name: "compact", classCount: 0))
        }
        #expect(throws: NetworkError.headChannels(-1)) {
            try NetworkCatalogue.make(NetworkConfiguration(name: "compact", classCount: 1, headChannels: -1))
        }
        let two = NetworkConfiguration(name: "compact", classCount: 2)
        #expect(throws: NetworkError.classNames(["a", "a"], classCount: 2)) {
            try Model(network: two, classNames: ["a", "a"], inputSize: 64, seed: 1)
        }
        #expect(throws: NetworkError.inputSize(100)) {
            try Model(network: two, classNames: ["a", "b"], inputSize: 100, seed: 1)
        }
    }

    @Test func layersAddUp() throws {
        let graph = try NetworkCatalogue.make(NetworkConfiguration(name: "resnet18", classCount: 3))
        let rows = try layerTable(graph, inputs: ["image": [1, 3, 256, 256]])
        #expect(rows.reduce(0) { $0 + $1.parameterCount } == graph.learnedParameterCount)
        let first = try #require(rows.first)
        #expect(first.name == "backbone.conv1" && first.kind == "Conv" && first.outputShape == [1, 64, 128, 128])
        #expect(first.parameterCount == 64 * 3 * 49 && first.multiplyAdds == 64 * 128 * 128 * 3 * 49)
        #expect(throws: GraphError.self) { try layerTable(graph, inputs: ["image": [1, 4, 256, 256]]) }
        let compact = try NetworkCatalogue.make(NetworkConfiguration(name: "compact", classCount: 3))
        let error = #expect(throws: GraphError.self) { try layerTable(compact, inputs: ["image": [1, 3, 72, 72]]) }
        #expect(error?.description.contains("upsampler") == true)
    }
}
