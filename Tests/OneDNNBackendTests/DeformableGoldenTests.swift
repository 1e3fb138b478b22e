import Graphs
import JSON
import OneDNNBackend
import OperatorCases
import Operators
import Tensors
import TestSupport
import Testing

/// Deformable convolutions and all their gradients compared with torchvision, on both backends.
@Suite struct DeformableGoldenTests {
    @Test(arguments: [OneDNNBackend(), ReferenceBackend()] as [any Backend])
    func deformableConvolutionsAreTorchvisions(backend: any Backend) throws {
        let cases = try Golden.load("deformable")["cases"].array()
        #expect(cases.count >= 6)
        for golden in cases {
            let name = try golden["name"].string()
            let given = try golden["inputs"].object()
            let tensors = try Dictionary(uniqueKeysWithValues: given.map { ($0.key, try $0.value.tensor()) })
            let (input, weight) = (try #require(tensors["input"]), try #require(tensors["weight"]))
            func extent(_ key: String) throws -> Extent {
                let numbers = try golden[key].integers()
                return Extent(numbers[0], numbers[1])
            }
            let convolution = DeformableConvolution(
                inputChannels: input.shape[1], outputChannels: weight.shape[0], kernel: try extent("kernel"),
                stride: try extent("stride"), padding: try extent("padding"), dilation: try extent("dilation"),
                groups: try golden["groups"].integer(), offsetGroups: try golden["offsetGroups"].integer(),
                bias: tensors["bias"] != nil)
            var graph = Graph()
            let inputNames = ["input", "offset", "mask"].filter { tensors[$0] != nil }
            let values = inputNames.map { graph.input($0, needsGradientInTraining: true) }
            graph.output("output", graph.add("node", convolution, values))
            let store = ParameterStore(for: graph)
            for part in ["weight", "bias"] {
                if let tensor = tensors[part] { try store.assign("node.\(part)", tensor) }
            }
            let inputs = tensors.filter { inputNames.contains($0.key) }
            let program = try backend.compile(
                graph, parameters: store, inputs: inputs.mapValues(\.shape), mode: .training)
            let output = try #require(try program.forward(inputs)["output"])
            #expect(relativeDifference(output, try golden["output"].tensor()) < 1e-5, "\(name)")
            try program.backward(["output": golden["slope"].tensor()])
            for (key, expected) in try golden["gradients"].object() {
                let gradient =
                    try inputNames.contains(key)
                    ? program.gradient(key)
                    : Tensor(copying: try #require(store.entry("node.\(key)")?.gradient))
                #expect(relativeDifference(gradient, try expected.tensor()) < 1e-5, "\(key) of \(name)")
            }
        }
    }

    @Test func offsetsThatDoNotFitAreNamed() throws {
        let convolution = DeformableConvolution(inputChannels: 2, outputChannels: 2, kernel: 3, padding: 1)
        #expect(throws: ShapeError("the offset has the shape [1, 9, 4, 4] where [1, 18, 4, 4] was expected")) {
            try convolution.outputShape([[1, 2, 4, 4], [1, 9, 4, 4]])
        }
        #expect(throws: ShapeError("the mask has the shape [1, 9, 4, 5] where [1, 9, 4, 4] was expected")) {
            try convolution.outputShape([[1, 2, 4, 4], [1, 18, 4, 4], [1, 9, 4, 5]])
        }
    }

    /// A NaN offset must not be treated as a position outside of the map.
    @Test(arguments: [OneDNNBackend(), ReferenceBackend()] as [any Backend])
    func offsetsThatAreNoNumbersAreNotHidden(backend: any Backend) throws {
        let example = OperatorCase(
            "", DeformableConvolution(inputChannels: 16, outputChannels: 16, kernel: 1),
            [[1, 16, 2, 3], [1, 2, 2, 3]])
        var inputs = example.randomInputs(seed: 1)
        inputs["input1"] = Tensor(
            [1, 2, 2, 3], elements: [0, .nan, 0, 1e30, -.infinity, 0] + Array(repeating: 0, count: 6))
        let program = try backend.compile(
            example.graph, parameters: ParameterStore(for: example.graph, seed: 0), inputs: example.inputShapes,
            mode: .inference)
        let output = try #require(try program.forward(inputs)["output"])
        #expect((0..<6).map { output[0, 0, $0 / 3, $0 % 3].isNaN } == [false, true, false, false, false, false])
        #expect(output[0, 0, 1, 0] == 0 && output[0, 0, 1, 1] == 0)
    }
}
