import DetectionHeads
import Foundation
import Graphs
import Networks
import Tensors
import TestSupport
import Testing

@Suite struct NetworkTests {
    /// Weights files depend on names and shapes: a change here makes all earlier files unreadable. Networks that are published elsewhere
    /// are compared with their published definitions.
    @Test(arguments: ["compact", "resnet18", "hourglass-small"])
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

    /// With the prefixes of the table, every parameter has the name and shape of CenterNet's own definition.
    @Test func parametersAreThoseThatArePublished() throws {
        let networks = try Golden.load("networks")["networks"].array()
        #expect(networks.count >= 11)
        for golden in networks {
            let name = try golden["name"].string()
            let graph = try NetworkCatalogue.make(NetworkConfiguration(name: name, classCount: 3))
            #expect(graph.learnedParameterCount == (try golden["parameterCount"].integer()), "\(name)")
            let scheme = try #require(PublishedNames.schemes(for: name).first { $0.name == "CenterNet" })
            let lines = try graph.parameters.map { parameter, declaration in
                let published = try #require(scheme.published(parameter), "\(parameter)")
                return "\(published) \(declaration.shape.map(String.init).joined(separator: "x"))"
            }
            #expect(lines.count == (try golden["names"].integer()))
            // Sorted by bytes, as in Python.
            let listing = lines.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
            #expect(Int(hash(listing.joined(separator: "\n"))) == (try golden["namesHash"].integer()), "\(name)")
        }
    }

    /// FNV-1a, 32 bits.
    private func hash(_ text: String) -> UInt32 { text.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 } }

    @Test func bilinearWeightsEnlargeAsPublished() throws {
        let graph = try NetworkCatalogue.make(NetworkConfiguration(name: "dla34", classCount: 3))
        let store = ParameterStore(for: graph, seed: 1)
        let weight = try #require(store["upsampler.ida_up.up_2.weight"])
        #expect(weight.shape == [64, 1, 8, 8])
        // Half the kernel size is 4 and its centre value 0.875: 1/8, 3/8, 5/8, 7/8 and back, in both directions.
        let line: [Float] = [1, 3, 5, 7, 7, 5, 3, 1]
        for channel in [0, 63] {
            for row in 0..<8 {
                for column in 0..<8 { #expect(weight[channel, 0, row, column] == line[row] * line[column] / 64) }
            }
        }
        let offsets = try #require(store["upsampler.ida_up.node_1.conv.conv_offset_mask.weight"])
        #expect(offsets.shape == [27, 64, 3, 3] && offsets.elements.allSatisfy { $0 == 0 })
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

    @Test("Heads have a quarter of the input's resolution", arguments: NetworkCatalogue.kinds)
    func shapes(name: String) throws {
        let model = try Model(
            network: NetworkConfiguration(name: name, classCount: 5, headChannels: 8),
            classNames: ["a", "b", "c", "d", "e"], inputSize: 128, seed: 7)
        let program = try ReferenceBackend().compile(
            model.graph, parameters: model.parameters, inputs: ["image": [2, 3, 128, 64]], mode: .inference)
        let outputs = try program.forward(["image": Tensor([2, 3, 128, 64], repeating: 0.5)])
        #expect(outputs["heatmap"]?.shape == [2, 5, 128 / outputStride, 64 / outputStride])
        #expect(outputs["size"]?.shape == [2, 2, 32, 16] && outputs["offset"]?.shape == [2, 2, 32, 16])
        // Without training, every cell is an object with a probability of about 0.1, and all boxes have size zero.
        let heat = try #require(outputs["heatmap"]).elements.map { 1 / (1 + exp(-$0)) }
        let mean = heat.reduce(0, +) / Float(heat.count)
        #expect(mean > 0.05 && mean < 0.2, "\(mean)")
        // The published networks of these two kinds are not initialized to zero.
        let bound: Float = name.hasPrefix("hourglass") || name == "dla34" ? 3 : 0.1
        #expect(try #require(outputs["size"]).elements.allSatisfy { abs($0) < bound })
    }

    @Test func strangeRequestsGetASentence() throws {
        #expect(throws: NetworkError.unknownNetwork("resnet19", known: NetworkCatalogue.names)) {
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
        #expect(throws: NetworkError.inputSize(100, multiple: 32)) {
            try Model(network: two, classNames: ["a", "b"], inputSize: 100, seed: 1)
        }
        let deep = NetworkConfiguration(name: "hourglass104", classCount: 1)
        #expect(deep.headChannels == 256)
        #expect(throws: NetworkError.inputSize(192, multiple: 128)) {
            try Model(network: deep, classNames: ["a"], inputSize: 192, seed: 1)
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
