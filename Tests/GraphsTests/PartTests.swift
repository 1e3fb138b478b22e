import Graphs
import Operators
import Tensors
import Testing

/// Parts of graphs, patterns for their nodes, and which values programs keep.
@Suite struct PartTests {
    /// image -> a.0 -> a.1 -> b.0 -> b.1; `c` adds a.1 and b.1; `d` reads a.1.
    private var graph: Graph {
        var graph = Graph()
        let image = graph.input("image")
        var value = graph.add("a.0", Convolution(inputChannels: 2, outputChannels: 2, kernel: 3, padding: 1), image)
        let a = graph.add("a.1", ReLU(), value)
        value = graph.add("b.0", Convolution(inputChannels: 2, outputChannels: 2, kernel: 1), a)
        value = graph.add("b.1", Sigmoid(), value)
        graph.output("sum", graph.add("c", Add(), a, value))
        graph.output("other", graph.add("d", ReLU(), a))
        return graph
    }

    private func image() -> Tensor {
        var random = SeededGenerator(3)
        return Tensor([1, 2, 5, 4], elements: (0..<40).map { _ in Float(random.normal()) })
    }

    @Test func aPartComputesWhatTheWholeDoes() throws {
        let (graph, image) = (graph, image())
        let store = ParameterStore(for: graph, seed: 1)
        let whole = try ReferenceBackend().compile(
            graph, parameters: store, inputs: ["image": image.shape], mode: .inspection)
        let expected = try whole.forward(["image": image])
        let part = try graph.part(from: ["a.1"], to: ["sum", "b.0"])
        #expect(part.nodes.map(\.name) == ["a.1", "b.0", "b.1", "c"])
        #expect(part.inputNames == ["a.1"])
        let value = try whole.value("a.1")
        let program = try ReferenceBackend().compile(
            part, parameters: store, inputs: ["a.1": value.shape], mode: .inference)
        let found = try program.forward(["a.1": value])
        #expect(found["sum"] == expected["sum"])
        #expect(try found["b.0"] == whole.value("b.0"))
    }

    @Test func inputsStayWhereSomethingStillDependsOnThem() throws {
        #expect(try graph.part(from: ["b.0"], to: ["sum"]).inputNames == ["image", "b.0"])
        #expect(try graph.part(to: ["other"]).nodes.map(\.name) == ["image", "a.0", "a.1", "d"])
        #expect(try graph.depends("sum", on: "b.0"))
        #expect(try !graph.depends("other", on: "b.0"))
    }

    @Test func starsStayInsideAPartAndTwoCross() throws {
        #expect(try graph.nodes(matching: "a.*") == ["a.0", "a.1"])
        #expect(try graph.nodes(matching: "*.0") == ["a.0", "b.0"])
        #expect(try graph.nodes(matching: "*") == ["c", "d"])
        #expect(try graph.nodes(matching: "**") == ["a.0", "a.1", "b.0", "b.1", "c", "d"])
        #expect(try graph.nodes(matching: "**1") == ["a.1", "b.1"])
        #expect(try graph.nodes(matching: "c") == ["c"])
        #expect(throws: GraphError.unknownNode("a.2", nearest: ["a.0", "a.1", "b.0"])) {
            try graph.nodes(matching: "a.2")
        }
        #expect(throws: GraphError.unknownNode("b*.x", nearest: ["b.0", "b.1", "a.0"])) {
            try graph.nodes(matching: "b*.x")
        }
    }

    @Test func onlyWhatIsTappedIsShown() throws {
        let (graph, image) = (graph, image())
        let program = try ReferenceBackend().compile(
            graph, parameters: ParameterStore(for: graph, seed: 1), inputs: ["image": image.shape],
            mode: .inspection, taps: Taps(["b.0"], seedCount: 2))
        _ = try program.forward(["image": image])
        try program.backward(["sum": Tensor([2, 2, 5, 4], repeating: 1), "other": Tensor([2, 2, 5, 4], repeating: 1)])
        #expect(try program.gradient("b.0").shape == [2, 2, 5, 4])
        #expect(throws: GraphError.notTapped("a.0")) { try program.value("a.0") }
        #expect(throws: GraphError.notTapped("image")) { try program.gradient("image") }
        #expect(throws: GraphError.unexpectedInput(name: "sum", shape: [1, 2, 5, 4], expected: [2, 2, 5, 4])) {
            try program.backward(["sum": Tensor([1, 2, 5, 4])])
        }
    }

    /// `table` and `number` are constant; `scaled` is the only node that depends on an input.
    private var graphWithConstants: Graph {
        var graph = Graph()
        let image = graph.input("image", needsGradientInTraining: true)
        let table = graph.add("table", Constant(shape: [2, 5, 4]), [])
        let number = graph.add("number", Constant(shape: []), [])
        let shaped = graph.add("shaped", Reshape([.fixed(1), .fixed(2), .fixed(5), .fixed(4)]), table)
        let factor = graph.add("factor", Expand(to: [1, 2, 5, 4]), number)
        graph.output("constant", graph.add("product", Multiply(), shaped, factor))
        graph.output("scaled", graph.add("scaled", Multiply(), image, shaped))
        return graph
    }

    @Test func nodesWithoutInputsBelongToPartsThatReadThem() throws {
        let (graph, image) = (graphWithConstants, image())
        let store = ParameterStore(for: graph)
        try store.assign("number.value", Tensor([], elements: [3]))
        try store.assign("table.value", Tensor([2, 5, 4], elements: image.elements))
        let constant = try graph.part(to: ["constant"])
        #expect(constant.inputNames.isEmpty)
        #expect(constant.nodes.map(\.name) == ["table", "number", "shaped", "factor", "product"])
        for mode in ProgramMode.allCases {
            let program = try ReferenceBackend().compile(constant, parameters: store, inputs: [:], mode: mode)
            #expect(try program.forward([:])["constant"]?.elements == image.elements.map { $0 * 3 })
        }
        #expect(try graph.part(from: ["table"], to: ["scaled"]).inputNames == ["image", "table"])
        #expect(try !graph.depends("constant", on: "image"))
        #expect(try graph.depends("scaled", on: "table"))
    }

    /// In training, values that depend on no input and no learned parameter have no gradient; in inspection they may.
    @Test func constantsHaveGradientsForTheInspectorAlone() throws {
        let graph = graphWithConstants
        func names(_ mode: ProgramMode, _ taps: Taps) throws -> [String] {
            zip(graph.nodes, try graph.nodesWithGradient(mode, taps: taps)).filter(\.1).map(\.0.name)
        }
        #expect(try names(.training, .everything) == ["image", "scaled"])
        #expect(try names(.inspection, Taps(["number"])) == ["number", "factor", "product"])
        let program = try ReferenceBackend().compile(
            graph, parameters: ParameterStore(for: graph), inputs: ["image": [1, 2, 5, 4]], mode: .inspection,
            taps: Taps(["number"], seedCount: 3))
        _ = try program.forward(["image": image()])
        try program.backward(["constant": Tensor([3, 2, 5, 4], repeating: 1)])
        #expect(try program.gradient("number").shape == [3])
    }
}
