import Graphs
import OneDNNBackend
import Operators
import Tensors
import TestSupport
import Testing

/// Values that share memory, constants, and conversions between layouts.
@Suite struct MovementTests {
    private func noise(_ shape: [Int], seed: UInt64 = 6) -> Tensor {
        var random = SeededGenerator(seed)
        return Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.uniform(-1, 1)) })
    }

    /// Compares the backends in all modes, and with a batch of three gradients.
    private func compareAll(_ graph: Graph, inputs: [String: Tensor]) throws {
        for mode in ProgramMode.allCases {
            try compare(graph, inputs: inputs, mode: mode, algorithm: .direct, within: 1e-4, measure: distance)
        }
        for names in [Set(inputs.keys), Set(graph.nodes.map(\.name))] {
            try compare(
                graph, inputs: inputs, mode: .inspection, taps: Taps(names, seedCount: 3), algorithm: .direct,
                within: 1e-4, measure: distance)
        }
    }

    /// A sum may be written over one of its summands, but not if a view of it is read later, returned or constant.
    @Test func sumsLeaveSharedNumbersAlone() throws {
        var graph = Graph()
        let image = graph.input("image", needsGradientInTraining: true)
        let a = graph.add("a", Slice([.init(axis: 1, start: 0, end: 2)]), image)
        let b = graph.add("b", Reshape([.same, .inferred]), a)
        let c = graph.add("c", Add(), b, graph.add("sigmoid", Sigmoid(), b))
        graph.output(
            "product",
            graph.add("d", Multiply(), a, graph.add("back", Reshape([.same, .fixed(2), .fixed(3), .inferred]), c)))
        // The same, but the slice is not read again.
        let e = graph.add(
            "e", Reshape([.same, .inferred]), graph.add("part", Slice([.init(axis: 1, start: 1, end: 3)]), image))
        graph.output("sum", graph.add("f", Add(), e, b))
        // A view of an output.
        let g = graph.add("g", Slice([.init(axis: 3, start: 1, end: 3)]), image)
        graph.output("g", g)
        let h = graph.add("h", Reshape([.fixed(4), .inferred]), g)
        graph.output("twice", graph.add("i", Add(), h, graph.add("j", ReLU(), h)))
        // A view of an input, and a view of a view.
        let whole = graph.add("whole", Reshape([.inferred]), image)
        let again = graph.add("again", Reshape([.fixed(6), .inferred]), whole)
        graph.output("input", graph.add("k", Add(), again, graph.add("l", ReLU(), again)))
        try compareAll(graph, inputs: ["image": noise([2, 3, 3, 4])])
    }

    @Test func constantsAreReadWhereTheyAre() throws {
        var graph = Graph()
        let image = graph.input("image", needsGradientInTraining: true)
        let map = graph.add("conv", Convolution(inputChannels: 3, outputChannels: 32, kernel: 3, padding: 1), image)
        let table = graph.add("table", Constant(shape: [2, 32, 30]), [])
        let shaped = graph.add("shaped", Reshape([.same, .same, .fixed(5), .fixed(6)]), table)
        graph.output("sum", graph.add("add", Add(), shaped, map))
        graph.output("product", graph.add("mul", Multiply(), map, shaped))
        graph.output("table", table)
        let one = graph.add("one", Constant(shape: []), [])
        graph.output("three", graph.add("expand", Expand(to: [3]), graph.add("two", Add(), one, one)))
        try compareAll(graph, inputs: ["image": noise([2, 3, 5, 6])])

        // A newly assigned constant takes effect in the next pass.
        let store = ParameterStore(for: graph, seed: 3)
        let program = try OneDNNBackend().compile(
            graph, parameters: store, inputs: ["image": [2, 3, 5, 6]], mode: .inference)
        let before = try program.forward(["image": noise([2, 3, 5, 6])])
        let numbers = noise([2, 32, 30], seed: 9)
        try store.assign("table.value", numbers)
        let after = try program.forward(["image": noise([2, 3, 5, 6])])
        #expect(after["table"] == numbers)
        let sums = zip(try #require(before["sum"]).elements, numbers.elements).map { $0 + $1 }
        #expect(relativeDifference(try #require(after["sum"]), Tensor([2, 32, 5, 6], elements: sums)) < 1e-6)
        // The constant was not overwritten.
        #expect(store["table.value"] == numbers)
    }

    /// Channels in blocks of sixteen: sliced between blocks and within them, concatenated again, transposed and reshaped.
    @Test(arguments: [[0, 16, 48], [0, 7, 48], [0, 32, 40, 48]])
    func blockedChannelsAreSplitAndJoined(cuts: [Int]) throws {
        var graph = Graph()
        let image = graph.input("image", needsGradientInTraining: true)
        var value = graph.add("a", Convolution(inputChannels: 3, outputChannels: 48, kernel: 3, padding: 1), image)
        let parts = zip(cuts, cuts.dropFirst()).map { start, end in
            graph.add("part\(start)", Slice([.init(axis: 1, start: start, end: end)]), value)
        }
        let joined = graph.add("joined", Concatenate(axis: 1), parts.reversed() + [parts[0]])
        let channels = 48 + cuts[1]
        graph.output("conv", graph.add("b", Convolution(inputChannels: channels, outputChannels: 5, kernel: 1), joined))
        graph.output("rows", graph.add("rows", Concatenate(axis: 2), [value, value]))
        graph.output("images", graph.add("images", Concatenate(axis: 0), [value, value]))
        value = graph.add(
            "window", Slice([.init(axis: 2, start: 1, end: -1), .init(axis: 0, start: 1, end: 2)]), value)
        value = graph.add("last", Transpose(axes: [0, 2, 3, 1]), value)
        graph.output("cells", graph.add("cells", Reshape([.same, .inferred, .fixed(6)]), value))
        graph.output("turned", graph.add("turned", Transpose(axes: [3, 0, 2, 1]), value))
        try compareAll(graph, inputs: ["image": noise([2, 3, 6, 5])])
    }

    /// Values of any rank, including scalars, in kernels written for maps.
    @Test(arguments: [
        [], [7], [2, 5], [2, 3, 4], [2, 3, 4, 5], [2, 3, 1, 2, 4], [2, 1, 3, 2, 1, 4],
    ])
    func anyRankPasses(shape: [Int]) throws {
        var graph = Graph()
        let left = graph.input("left", needsGradientInTraining: true)
        let right = graph.input("right", needsGradientInTraining: true)
        let sum = graph.add("sum", Add(), left, right)
        let product = graph.add(
            "product", Multiply(), graph.add("relu", ReLU(), sum), graph.add("sigmoid", Sigmoid(), left))
        graph.output("result", graph.add("result", Add(), product, left))
        graph.output(
            "flat", graph.add("flat", Reshape([.inferred], kind: "Flatten"), product))
        try compareAll(graph, inputs: ["left": noise(shape), "right": noise(shape, seed: 8)])
    }

    /// An empty slice is a valid value, and contributes no elements.
    @Test func nothingIsAValue() throws {
        var graph = Graph()
        let image = graph.input("image", needsGradientInTraining: true)
        let nothing = graph.add("nothing", Slice([.init(axis: 1, start: 2, end: 1)]), image)
        let still = graph.add("still", ReLU(), graph.add("turned", Transpose(axes: [0, 2, 1]), nothing))
        graph.output("nothing", graph.add("flat", Reshape([.inferred]), still))
        graph.output("all", graph.add("all", Concatenate(axis: 1), image, nothing))
        try compareAll(graph, inputs: ["image": noise([2, 3, 4])])
    }

    /// A convolution may fuse the sum with another value only if that has the same shape.
    @Test func convolutionsAddBroadcastValues() throws {
        var graph = Graph()
        let image = graph.input("image", needsGradientInTraining: true)
        let map = graph.add("map", Convolution(inputChannels: 3, outputChannels: 16, kernel: 3, padding: 1), image)
        let mean = graph.add("mean", GlobalAveragePooling(), graph.add("relu", ReLU(), image))
        let wide = graph.add("wide", Convolution(inputChannels: 3, outputChannels: 16, kernel: 1), mean)
        graph.output("sum", graph.add("sum", Add(), map, wide))
        try compareAll(graph, inputs: ["image": noise([2, 3, 6, 5])])
    }
}
