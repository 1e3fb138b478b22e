import Graphs
import Operators
import Tensors
import Testing

extension CatalogueUses {
    @Test func graphs() throws {
        var graph = Graph()
        let image = graph.input("image")
        let layer = graph.add("conv", Convolution(inputChannels: 3, outputChannels: 8, kernel: 3, padding: 1), image)
        graph.output("features", graph.add("relu", ReLU(), layer))

        let program = try ReferenceBackend().compile(
            graph, parameters: ParameterStore(for: graph, seed: 1), inputs: ["image": [1, 3, 16, 16]], mode: .inspection
        )
        let outputs = try program.forward(["image": Tensor([1, 3, 16, 16], repeating: 0.5)])
        try program.backward(["features": Tensor([1, 8, 16, 16], repeating: 1)])
        let slopes = try program.gradient("conv")
        #expect(outputs["features"]?.shape == [1, 8, 16, 16])
        #expect(slopes.shape == [1, 8, 16, 16])
    }
}
