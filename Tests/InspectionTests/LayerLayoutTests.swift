import Graphs
import Inspection
import Operators
import Tensors
import TestSupport
import Testing

/// Layers whose rows and columns are not the last two axes.
@Suite("Layouts of layers") struct LayerLayoutTests {
    /// A convolution, whose result is also there with its channels last, as tokens, and as tokens after a class token; a linear head sums
    /// all of it.
    private func network() throws -> (Inspector, Tensor) {
        var graph = Graph()
        let image = graph.input("image")
        let map = graph.add("map", Convolution(inputChannels: 3, outputChannels: 4, kernel: 4, stride: 4), image)
        let last = graph.add("last", Transpose(axes: [0, 2, 3, 1]), map)
        let normal = graph.add("normal", LayerNormalization(shape: [4]), last)
        let first = graph.add("first", Transpose(axes: [0, 3, 1, 2]), normal)
        let flat = graph.add("flat", Reshape([.same, .same, .inferred]), first)
        let tokens = graph.add("tokens", Transpose(axes: [0, 2, 1]), flat)
        let start = graph.add("start", Constant(shape: [1, 1, 4]), [])
        let joined = graph.add("joined", Concatenate(axis: 1), start, tokens)
        let active = graph.add("active", ReLU(), joined)
        let squares = graph.add("squares", Multiply(), active, active)
        let mean = graph.add("mean", Reduction(.mean, axes: [1], keepsAxes: false), squares)
        graph.output("y", graph.add("head", Linear(inputFeatures: 4, outputFeatures: 2), mean))
        let store = ParameterStore(for: graph, seed: 3)
        try store.assign("start.value", Tensor([1, 1, 4], repeating: 9))
        // The first token is one, for one image.
        let inspector = try Inspector(
            graph: graph, parameters: store, backend: ReferenceBackend(), maximumBatch: 1)
        return (inspector, Tensor([1, 3, 12, 20], elements: (0..<720).map { Float($0 * 37 % 101) / 50 - 1 }))
    }

    @Test("Maps have the same rows and columns in every layout, and the token of no cell is left out")
    func layouts() throws {
        let (inspector, input) = try network()
        let layers = ["map", "last", "normal", "first", "flat", "tokens", "joined", "active"]
        let maps = try inspector.maps(of: layers, input: input.shape)
        #expect(maps.allSatisfy { $0?.rows == 3 && $0?.columns == 5 && $0?.channels == 4 })
        #expect(maps[1]?.layout == .channelsLast && maps[4]?.layout == .flattened(rows: 3, columns: 5))
        #expect(maps[6]?.layout == .tokens(rows: 3, columns: 5, leading: 1))
        #expect(try inspector.maps(of: ["mean"], input: input.shape)[0] == nil)
    }

    @Test(
        "The same tensor gives the same map, whatever its layout", arguments: [Method.gradCAM, .ablationCAM, .eigenCAM])
    func maps(method: Method) throws {
        let (inspector, input) = try network()
        let found = try Explainer(inspector).explain(
            input, by: method, layers: ["first", "normal", "flat", "tokens", "joined"],
            targets: [Target("y", [.init("y", [1])])])[0].layers.map(\.map)
        #expect(found.allSatisfy { $0.shape == [3, 5] })
        for map in found { #expect(relativeDifference(map, found[0]) < 1e-4) }
        #expect(found[0].elements.contains { $0 != 0 })
    }

    @Test("Without convolutional activations, default layers are those of tokens")
    func defaults() throws {
        let (inspector, input) = try network()
        let target = Target("y", [.init("y", [1])])
        #expect(try inspector.defaultLayers(for: target, input: input.shape).first == "normal")
        // What only the first token is computed from has no cells.
        #expect(try inspector.defaultLayers(for: Target("t", [.init("joined", [0, 2])]), input: input.shape) == [])
        #expect(try inspector.defaultLayers(for: Target("t", [.init("active", [4, 2])]), input: input.shape) != [])
    }
}
