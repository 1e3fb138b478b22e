import GoldenNetwork
import Graphs
import Operators
import Tensors
import TestSupport
import Testing

@Suite struct ProgramTests {
    private func diamond() -> (Graph, ParameterStore) {
        var graph = Graph()
        let image = graph.input("image", needsGradientInTraining: true)
        let left = graph.add("left", ReLU(), image)
        let right = graph.add("right", Sigmoid(), image)
        let sum = graph.add("sum", Add(), left, right)
        graph.output("result", graph.add("product", Multiply(), sum, left))
        return (graph, ParameterStore(for: graph, seed: 0))
    }

    @Test func reusedMemoryDoesNotChangeTheResult() throws {
        let (golden, graph, store) = try network()
        let input = try golden["input"].tensor()
        func run(_ mode: ProgramMode) throws -> [String: Tensor] {
            let program = try ReferenceBackend().compile(
                graph, parameters: store, inputs: ["image": input.shape], mode: mode)
            _ = try program.forward(["image": Tensor(input.shape, repeating: 3)])
            return try program.forward(["image": input])
        }
        #expect(try run(.inference) == run(.inspection))
    }

    @Test func gradientsOfAValueReadTwiceAddUp() throws {
        let (graph, store) = diamond()
        let program = try ReferenceBackend().compile(
            graph, parameters: store, inputs: ["image": [1, 1, 1, 2]], mode: .inspection)
        let x: [Float] = [0.5, -1]
        _ = try program.forward(["image": Tensor([1, 1, 1, 2], elements: x)])
        try program.backward(["result": Tensor([1, 1, 1, 2], repeating: 1)])
        // d/dx (relu(x) + s(x)) relu(x): for x > 0 that is 2x + s + x s (1 - s), for x < 0 it is 0.
        let s = 1 / (1 + exp(-0.5 as Float))
        let expected = 2 * 0.5 + s + 0.5 * s * (1 - s)
        let gradient = try program.gradient("image").elements
        #expect(abs(gradient[0] - expected) < 1e-6)
        #expect(gradient[1] == 0)
        try program.backward(["result": Tensor([1, 1, 1, 2], repeating: 1)])
        #expect(try program.gradient("image").elements == gradient, "a second backward pass starts from zero")
    }

    @Test func theSameStepTwiceGivesTheSameBits() throws {
        let (golden, graph, store) = try network()
        let input = try golden["input"].tensor()
        let seeds = try golden["seeds"].array().map { try $0.tensor() }
        let program = try ReferenceBackend().compile(
            graph, parameters: store, inputs: ["image": input.shape], mode: .training)
        func step() throws -> [Tensor] {
            _ = try program.forward(["image": input])
            try program.backward(["heatmap": seeds[0], "size": seeds[1]])
            return store.entries.compactMap { $0.gradient.map(Tensor.init(copying:)) }
        }
        #expect(try step() == step())
    }

    @Test func wrongInputsAreNamed() throws {
        let (graph, store) = diamond()
        let backend = ReferenceBackend()
        #expect(throws: GraphError.missingInput("image")) {
            try backend.compile(graph, parameters: store, inputs: [:], mode: .training)
        }
        #expect(throws: GraphError.unexpectedInput(name: "photo", shape: [1], expected: nil)) {
            try backend.compile(graph, parameters: store, inputs: ["image": [1], "photo": [1]], mode: .training)
        }
        let program = try backend.compile(graph, parameters: store, inputs: ["image": [2]], mode: .inference)
        #expect(throws: GraphError.unexpectedInput(name: "image", shape: [3], expected: [2])) {
            try program.forward(["image": Tensor([3])])
        }
        #expect(throws: GraphError.self) { try program.backward([:]) }
        #expect(throws: GraphError.unknownNode("lefft", nearest: ["left"])) { try program.value("lefft") }
    }

    @Test func shapeErrorsNameTheNode() throws {
        var graph = Graph()
        let image = graph.input("image")
        graph.output("y", graph.add("stem", Convolution(inputChannels: 3, outputChannels: 4, kernel: 3), image))
        do {
            _ = try graph.inferShapes(["image": [1, 5, 8, 8]])
            Issue.record("five channels were accepted where three were expected")
        } catch {
            #expect("\(error)".hasPrefix("stem (Conv): "))
            #expect("\(error)".contains("5"))
        }
    }

    @Test func parametersMustFit() throws {
        var graph = Graph()
        let image = graph.input("image")
        graph.output("y", graph.add("stem", Convolution(inputChannels: 3, outputChannels: 4, kernel: 3), image))
        let empty = ParameterStore(for: Graph(), seed: 0)
        #expect(throws: GraphError.parameter(name: "stem.weight", expected: [4, 3, 3, 3], found: nil)) {
            try ReferenceBackend().compile(
                graph, parameters: empty, inputs: ["image": [1, 3, 8, 8]], mode: .inference)
        }
    }
}

/// `exp` without Foundation.
private func exp(_ x: Float) -> Float { (0..<30).reversed().reduce(1) { 1 + x / Float($1 + 1) * $0 } }
