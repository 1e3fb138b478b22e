import Graphs
import Networks
import OneDNNBackend
import Operators
import Tensors
import TestSupport
import Testing

/// Networks with parts that are frozen in training.
@Suite struct FreezingTests {
    private let graph: Graph
    private let image: Tensor

    init() throws {
        graph = try NetworkCatalogue.make(NetworkConfiguration(name: "compact", classCount: 2, headChannels: 8))
        var random = SeededGenerator(3)
        image = Tensor([2, 3, 64, 64], elements: (0..<2 * 3 * 64 * 64).map { _ in Float(random.normal()) })
    }

    @Test("Both backends agree", arguments: [["backbone"], ["backbone.stem", "**.bn1", "heads.size"], ["upsampler"]])
    func agreement(patterns: [String]) throws {
        let frozen = graph.freezing(try graph.nodesToFreeze(patterns))
        try compare(frozen, inputs: ["image": image], mode: .training, algorithm: .automatic, within: 2e-3)
    }

    @Test("Frozen layers keep their statistics, and no gradient propagates below them", arguments: [true, false])
    func frozenTrunk(isReference: Bool) throws {
        let backend: any Backend = isReference ? ReferenceBackend() : OneDNNBackend()
        let store = ParameterStore(for: graph, seed: 8)
        let before = Dictionary(uniqueKeysWithValues: store.entries.map { ($0.name, Tensor(copying: $0.value)) })
        let frozen = graph.freezing(try graph.nodesToFreeze(["backbone"]))
        let program = try backend.compile(
            frozen, parameters: store, inputs: ["image": image.shape], mode: .training)
        let outputs = try program.forward(["image": image])
        try program.backward(outputs.mapValues { Tensor($0.shape, repeating: 0.1) })
        for entry in store.entries {
            let isFrozen = entry.name.hasPrefix("backbone.")
            if entry.declaration.role == .statistic {
                #expect((before[entry.name] == Tensor(copying: entry.value)) == isFrozen, "\(entry.name)")
            } else if isFrozen {
                #expect(entry.gradient?.elements.allSatisfy { $0 == 0 } == true, "\(entry.name)")
            } else if entry.name.hasPrefix("heads.") {
                #expect(entry.gradient?.elements.contains { $0 != 0 } == true, "\(entry.name)")
            }
        }
        // The frozen backbone computes the same in training as in inference.
        let trunk = try graph.part(to: ["backbone.layer4"])
        let frozenTrunk = try frozen.part(to: ["backbone.layer4"])
        let other = ParameterStore(for: graph, seed: 8)
        let still = try backend.compile(trunk, parameters: other, inputs: ["image": image.shape], mode: .inference)
        let training = try backend.compile(
            frozenTrunk, parameters: other, inputs: ["image": image.shape], mode: .training)
        let (expected, actual) = (try still.forward(["image": image]), try training.forward(["image": image]))
        let name = "backbone.layer4"
        #expect(relativeDifference(try #require(actual[name]), try #require(expected[name])) < 1e-4)
    }

    @Test func patternsMeanWholeParts() throws {
        let all = try graph.nodesToFreeze(["**"])
        #expect(all == Set(graph.nodes.filter { $0.operator?.parameters.isEmpty == false }.map(\.name)))
        #expect(try graph.nodesToFreeze(["backbone"]) == all.filter { $0.hasPrefix("backbone.") })
        let layers = try graph.nodesToFreeze(["backbone.layer1", "backbone.layer*.0.conv1"])
        #expect(layers == all.filter { $0.hasPrefix("backbone.layer1.") || $0.hasSuffix(".0.conv1") })
        #expect(throws: GraphError.self) { try graph.nodesToFreeze(["backbone", "bakcbone"]) }
        #expect(throws: GraphError.self) { try graph.nodesToFreeze(["backbone.layer1.0.relu"]) }
        #expect(try graph.nodesToFreeze([]).isEmpty)
    }
}
