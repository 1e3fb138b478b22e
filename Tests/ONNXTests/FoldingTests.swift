import Graphs
import ONNX
import OperatorCases
import Operators
import Tensors
import TestSupport
import Testing

@Suite struct FoldingTests {
    private static let examples: [any Operator] = [
        Convolution(inputChannels: 4, outputChannels: 6, kernel: 3, padding: 1, groups: 2),
        Convolution(inputChannels: 4, outputChannels: 3, kernel: 1, bias: false),
        TransposedConvolution(
            inputChannels: 4, outputChannels: 6, kernel: Extent(4, 3), stride: 2, padding: 1, groups: 2),
        TransposedConvolution(inputChannels: 4, outputChannels: 6, kernel: 2, stride: 2, bias: false),
    ]

    @Test(arguments: examples.indices) func theConvolutionDoesBoth(index: Int) throws {
        let convolution = Self.examples[index]
        let shape = ["image": [2, 4, 5, 6]]
        var graph = Graph()
        let convolved = graph.add("conv", convolution, graph.input("image"))
        let channels = try #require(try graph.inferShapes(shape).last?[1])
        graph.output("map", graph.add("norm", BatchNormalization(channels: channels), convolved))
        let store = ParameterStore(for: graph, seed: 5)
        for (position, entry) in store.entries.enumerated() where entry.name.hasPrefix("norm") {
            var random = SeededGenerator(7, position)
            for element in entry.value.elements.indices {
                entry.value.elements[element] = Float(random.uniform(0.3, 1.7))
            }
        }
        let file = try ExportedFile(graph, store, inputs: shape) { $0.foldsNormalization = true }
        file.expectValid()
        #expect(file.model.graph.node.map(\.name) == ["conv", "map"])
        #expect(try file.node("conv").input == ["image", "conv.weight", "conv.bias"])
        #expect(try file.node("conv").output == ["norm"])

        // The same convolution with the file's weight and bias.
        var folded = Graph()
        folded.output("map", folded.add("conv", Self.withBias(convolution), folded.input("image")))
        let numbers = ParameterStore(for: folded)
        for entry in numbers.entries {
            let (shape, values) = try file.numbers(entry.name)
            try numbers.assign(entry.name, Tensor(shape, elements: values))
        }
        let example = OperatorCase("", convolution, [[2, 4, 5, 6]]).randomInputs(seed: 2)
        let input = ["image": try #require(example["input0"])]
        func run(_ graph: Graph, _ store: ParameterStore) throws -> Tensor {
            let program = try ReferenceBackend().compile(graph, parameters: store, inputs: shape, mode: .inference)
            return try #require(try program.forward(input)["map"])
        }
        #expect(relativeDifference(try run(folded, numbers), try run(graph, store)) < 1e-5)
    }

    @Test func aConvolutionThatIsReadElsewhereStaysAsItIs() throws {
        var graph = Graph()
        let convolution = Convolution(inputChannels: 1, outputChannels: 1, kernel: 1)
        let convolved = graph.add("conv", convolution, graph.input("image"))
        graph.output("norm", graph.add("norm", BatchNormalization(channels: 1), convolved))
        graph.output("conv", convolved)
        let file = try ExportedFile(graph, ParameterStore(for: graph, seed: 1), inputs: ["image": [1, 1, 2, 2]]) {
            $0.foldsNormalization = true
        }
        #expect(file.model.graph.node.map(\.opType) == ["Conv", "BatchNormalization"])
    }

    private static func withBias(_ operator: any Operator) -> any Operator {
        switch `operator` {
        case let it as Convolution:
            Convolution(
                inputChannels: it.inputChannels, outputChannels: it.outputChannels, kernel: it.kernel,
                stride: it.stride, padding: it.padding, dilation: it.dilation, groups: it.groups)
        case let it as TransposedConvolution:
            TransposedConvolution(
                inputChannels: it.inputChannels, outputChannels: it.outputChannels, kernel: it.kernel,
                stride: it.stride, padding: it.padding, outputPadding: it.outputPadding, dilation: it.dilation,
                groups: it.groups)
        default: `operator`
        }
    }
}
