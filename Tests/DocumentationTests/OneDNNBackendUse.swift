import Graphs
import OneDNNBackend
import Operators
import Tensors
import Testing

extension CatalogueUses {
    @Test func oneDNNBackend() throws {
        var graph = Graph()
        let layer = Convolution(inputChannels: 3, outputChannels: 4, kernel: 3, padding: 1)
        graph.output("features", graph.add("conv", layer, graph.input("image")))
        let backend = OneDNNBackend(precision: .automatic)
        let program = try backend.compile(
            graph, parameters: ParameterStore(for: graph, seed: 1), inputs: ["image": [1, 3, 32, 32]], mode: .inference)
        let outputs = try program.forward(["image": Tensor([1, 3, 32, 32], repeating: 1)])
        #expect(outputs["features"]?.shape == [1, 4, 32, 32])
    }
}
