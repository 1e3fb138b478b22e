import GoldenNetwork
import Graphs
import Inspection
import OneDNNBackend
import Operators
import Tensors
import TestSupport
import Testing

/// The inspector's results for a small network, compared with those of whole programs.
@Suite struct InspectorTests {
    static let backends: [any Backend] = [ReferenceBackend(), OneDNNBackend()]

    private func network(_ backend: any Backend) throws -> (Inspector, Graph, ParameterStore, Tensor) {
        let (golden, graph, store) = try GoldenNetwork.network()
        let batch = try golden["input"].tensor()
        let input = Tensor(
            [1] + batch.shape.dropFirst(), elements: batch.elements.prefix(batch.count / batch.shape[0]))
        return (try Inspector(graph: graph, parameters: store, backend: backend), graph, store, input)
    }

    private let targets = [
        Target("a", [.init("heatmap", [0, 4, 5])]),
        Target("b", [.init("size", [1, 2, 3], weight: 0.5), .init("heatmap", [2, 0, 0], weight: -2)]),
        Target("c", [.init("size", [0, 0, 7])]),
    ]

    /// More targets than fit into one backward pass: each pass finds the forward pass's values intact.
    @Test(arguments: backends)
    func manyTargetsAreAsRightAsOne(backend: any Backend) throws {
        let (inspector, _, _, input) = try network(backend)
        let layers = ["image", "l2"]
        let many = (0..<70).map { Target("\($0)", [.init("heatmap", [$0 % 3, $0 / 9, $0 % 9])]) }
        let record = try inspector.record(input, layers: layers, targets: many)
        for index in [0, 31, 32, 63, 64, 69] {
            let alone = try inspector.record(input, layers: layers, targets: [many[index]])
            for layer in layers {
                let found = try #require(record.gradients[layer]).item(index)
                #expect(relativeDifference(found, try #require(alone.gradients[layer]).item(0)) < 1e-5, "\(index)")
            }
        }
    }

    @Test(arguments: backends)
    func recordsAreWhatAWholeProgramLeaves(backend: any Backend) throws {
        let (inspector, graph, store, input) = try network(backend)
        let layers = ["image", "l2", "up"]
        let record = try inspector.record(input, layers: layers, targets: targets)
        let program = try ReferenceBackend().compile(
            graph, parameters: store, inputs: ["image": input.shape], mode: .inspection)
        let outputs = try program.forward(["image": input])
        for (index, target) in targets.enumerated() {
            var seeds = outputs.mapValues { Tensor($0.shape) }
            var value: Float = 0
            for term in target.terms {
                let (c, y, x) = (term.place[0], term.place[1], term.place[2])
                seeds[term.output]?[0, c, y, x] += term.weight
                value += term.weight * (outputs[term.output]?[0, c, y, x] ?? .nan)
            }
            #expect(abs(record.values[index] - value) < 1e-4)
            try program.backward(seeds)
            for layer in layers {
                let gradients = try #require(record.gradients[layer])
                let expected = try program.gradient(layer)
                #expect(relativeDifference(gradients.item(index), expected.item(0)) < 1e-4)
                #expect(expected.elements.contains { $0 != 0 })
            }
        }
        for layer in layers {
            let held = try #require(record.activations[layer])
            #expect(relativeDifference(held, try program.value(layer).item(0)) < 1e-5)
            #expect(relativeDifference(try #require(inspector.activations(input, layers: layers)[layer]), held) < 1e-5)
        }
    }

    @Test(arguments: backends)
    func aLayersOwnValueInItsPlaceChangesNothing(backend: any Backend) throws {
        let (inspector, _, _, input) = try network(backend)
        for target in targets {
            let expected = try inspector.scores(input, target: target)[0]
            for layer in ["l2", "l1.add", "hm1relu"] {
                let held = try #require(inspector.activations(input, layers: [layer])[layer])
                let found = try inspector.scores(
                    replacing: layer,
                    by: Tensor([3] + held.shape, elements: held.elements + held.elements + held.elements),
                    input: input, target: target)
                #expect(found.count == 3 && found.allSatisfy { abs($0 - expected) < 1e-4 })
            }
        }
    }

    /// 23 inputs run as batches of 16, 4, 1, 1 and 1.
    @Test(arguments: backends)
    func anyNumberOfInputsIsAnsweredInOrder(backend: any Backend) throws {
        let (inspector, _, _, input) = try network(backend)
        var random = SeededGenerator(1)
        let count = 23
        let inputs = Tensor(
            [count] + input.shape.dropFirst(), elements: (0..<count * input.count).map { _ in Float(random.normal()) })
        let scores = try inspector.scores(inputs, target: targets[1])
        let gradients = try inspector.inputGradients(inputs, target: targets[1])
        #expect(scores.count == count && gradients.shape == inputs.shape)
        for index in [0, 15, 16, 19, 20, 22] {
            let one = inputs.item(index).reshaped(input.shape)
            #expect(abs(try inspector.scores(one, target: targets[1])[0] - scores[index]) < 1e-4)
            let gradient = try inspector.inputGradients(one, target: targets[1])
            #expect(relativeDifference(gradients.item(index), gradient.item(0)) < 1e-3)
        }
    }

    @Test func gradientsFollowDifferences() throws {
        let (inspector, _, _, input) = try network(ReferenceBackend())
        let gradient = try inspector.inputGradients(input, target: targets[0])
        var random = SeededGenerator(5)
        let direction = (0..<input.count).map { _ in Float(random.normal()) }
        func moved(_ step: Float) -> Tensor {
            Tensor(input.shape, elements: zip(input.elements, direction).map { $0 + step * $1 })
        }
        let slope = zip(gradient.elements, direction).reduce(0) { $0 + Double($1.0 * $1.1) }
        let scores = try [0.002, -0.002].map { try inspector.scores(moved($0), target: targets[0])[0] }
        #expect(abs(Double(scores[0] - scores[1]) / 0.004 - slope) < 0.02 * max(abs(slope), 0.1))
    }

    @Test func whatIsNotThereIsNamed() throws {
        let (inspector, _, _, input) = try network(ReferenceBackend())
        let term = Target.Term("heatmap", [0, 99, 0])
        let shape = Array(
            try inspector.graph.inferShapes(["image": input.shape])[inspector.graph.indexOfResult("heatmap")]
                .dropFirst())
        #expect(throws: InspectionError.noSuchElement(term, shape: shape)) {
            try inspector.scores(input, target: Target("x", [term]))
        }
        #expect(throws: GraphError.unknownNode("heat", nearest: [])) {
            try inspector.scores(input, target: Target("x", [.init("heat", [0])]))
        }
        #expect(throws: GraphError.self) { try inspector.record(input, layers: ["nowhere"], targets: targets) }
        var graph = Graph()
        graph.output("sum", graph.add("sum", Add(), graph.input("a"), graph.input("b")))
        #expect(throws: InspectionError.inputs(["a", "b"])) {
            try Inspector(graph: graph, parameters: ParameterStore(for: graph), backend: ReferenceBackend())
        }
        #expect(try inspector.reaches(targets[2], from: "up"))
        #expect(try !inspector.reaches(targets[2], from: "hm1"))
        #expect(try inspector.defaultLayers(for: targets[0], input: input.shape).first == "l2")
        #expect(try inspector.layerBeforeLinearHead(of: "heatmap") == "hm1relu")
    }

    @Test func elementsAreReadAsTheyAreWritten() {
        #expect(Target(element: "heatmap,1,2,3")?.terms == [.init("heatmap", [1, 2, 3])])
        #expect(Target(element: "logits, 7")?.terms == [.init("logits", [7])])
        for wrong in ["", "heatmap", "heatmap,", "heatmap,x,1,2", ",1,2", "heatmap,1,,2"] {
            #expect(Target(element: wrong) == nil, "\(wrong)")
        }
    }
}
