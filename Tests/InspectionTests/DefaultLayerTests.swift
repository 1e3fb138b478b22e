import Graphs
import Inspection
import Operators
import Tensors
import Testing

/// The layer at which an element is explained: one that this very element is computed from.
@Suite("Default layers of a detector with two grids") struct DefaultLayerTests {
    /// Two grids, each with a head of its own, joined in one table `[batch, class, prediction]`, as YOLO's are.
    private func network(sigmoid: Bool = false) throws -> (Inspector, Tensor) {
        var graph = Graph()
        func block(_ name: String, _ input: Graph.Value, from channels: Int, stride: Extent) -> Graph.Value {
            let convolution = Convolution(
                inputChannels: channels, outputChannels: 4, kernel: 3, stride: stride, padding: 1)
            return graph.add("\(name)/act", ReLU(), graph.add("\(name)/conv", convolution, input))
        }
        let fine = block("fine", graph.input("image"), from: 3, stride: 2)
        let coarse = block("coarse", fine, from: 4, stride: 2)
        let answers = [("head0", fine), ("head1", coarse)].map { name, map in
            let last = block(name, map, from: 4, stride: 1)
            let answer = graph.add("\(name)/out", Convolution(inputChannels: 4, outputChannels: 5, kernel: 1), last)
            return graph.add("\(name)/flat", Reshape([.same, .same, .inferred]), answer)
        }
        let joined = graph.add("joined", Concatenate(axis: 2), answers)
        graph.output("table", sigmoid ? graph.add("scores", Sigmoid(), joined) : joined)
        let store = ParameterStore(for: graph, seed: 5)
        // All activations are above zero, so that gradients pass.
        for (name, channels) in [("fine", 3), ("coarse", 4), ("head0", 4), ("head1", 4)] {
            try store.assign("\(name)/conv.weight", Tensor([4, channels, 3, 3], repeating: 0.02))
            try store.assign("\(name)/conv.bias", Tensor([4], repeating: 1))
        }
        let inspector = try Inspector(graph: graph, parameters: store, backend: ReferenceBackend())
        return (inspector, Tensor([1, 3, 16, 16], elements: (0..<768).map { Float($0 * 29 % 97) / 48 - 1 }))
    }

    @Test("It is in the grid that found the object, and the element is computed from it")
    func grids() throws {
        let (inspector, input) = try network()
        // 64 predictions of the fine grid come first, then 16 of the coarse one.
        let layers = try [3, 70].map { prediction in
            try inspector.defaultLayers(for: Target("t", [.init("table", [1, prediction])]), input: input.shape)
        }
        #expect(layers[0].first == "head0/act" && !layers[0].contains("coarse/act"))
        #expect(layers[1].first == "head1/act" && layers[1].contains("fine/act"))
        for (prediction, layers) in zip([3, 70], layers) {
            let target = Target("t", [.init("table", [1, prediction])])
            let record = try inspector.record(input, layers: layers, targets: [target])
            for layer in layers { #expect(record.gradients[layer]?.elements.contains { $0 != 0 } == true, "\(layer)") }
        }
    }

    @Test("A saturated sigmoid has no gradient: the target moves before it, and says so")
    func saturation() throws {
        let (inspector, input) = try network(sigmoid: true)
        let target = Target("t", [.init("table", [1, 70])])
        #expect(try inspector.beforeSaturation(target, input: input) == nil)
        try inspector.parameters.assign("head1/out.bias", Tensor([5], repeating: 200))
        #expect(try inspector.scores(input, target: target) == [1])
        let moved = try #require(try inspector.beforeSaturation(target, input: input))
        #expect(moved.name == "t, before its sigmoid, which is saturated at 1")
        #expect(moved.terms == [.init("joined", [1, 70])])
        #expect(try inspector.scores(input, target: moved)[0] > 100)
        let gradients = try [target, moved].map { try inspector.inputGradients(input, target: $0) }
        #expect(gradients[0].elements.allSatisfy { $0 == 0 } && gradients[1].elements.contains { $0 != 0 })
    }
}
