import Graphs
import ONNX
import Operators
import Tensors
import Testing

extension CatalogueUses {
    @Test func onnx() throws {
        var graph = Graph()
        let layer = Convolution(inputChannels: 3, outputChannels: 4, kernel: 3, padding: 1)
        graph.output("features", graph.add("conv", layer, graph.input("image")))
        let parameters = ParameterStore(for: graph, seed: 1)
        let file = try exportONNX(graph, parameters: parameters, inputs: ["image": [1, 3, 16, 16]])
        let network = try ONNXModel(file).network()
        let program = try ReferenceBackend().compile(
            network.graph, parameters: network.parameters, inputs: network.inputShapes, mode: .inference)
        let outputs = try program.forward(["image": Tensor([1, 3, 16, 16], repeating: 1)])
        #expect(outputs["features"]?.shape == [1, 4, 16, 16])
    }
}
