import Graphs
import OneDNNBackend
import Operators
import Tensors
import Testing

/// Random graphs: which nodes fuse, which values are copied and which share memory depends on all neighbours.
@Suite struct RandomGraphTests {
    /// A graph and its input.
    static func graph(seed: UInt64) -> (graph: Graph, image: Tensor) {
        var random = SeededGenerator(seed, 17)
        let shape = [random.chance(0.5) ? 1 : 7, random.integer(in: 1...5), 15, random.integer(in: 9...21)]
        var graph = GraphMaker(input: shape, random: random)
        for step in 0..<14 { graph.grow(step) }
        let image = Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.uniform(-1, 1)) })
        return (graph.finished(), image)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func backendsAgree(seed: UInt64) throws {
        let (graph, image) = Self.graph(seed: seed)
        for mode in ProgramMode.allCases {
            for (algorithm, tolerance) in [(ConvolutionAlgorithm.direct, Float(1e-4)), (.winograd, 1e-3)] {
                // If the input of a ReLU is near zero, rounding decides whether a gradient passes: which of the seeds produces such a cell
                // depends on the processor's kernels.
                try compare(
                    graph, inputs: ["image": image], mode: mode, algorithm: algorithm, within: tolerance,
                    gradientSlack: 30, measure: distance)
            }
        }
    }

    /// A batch of three gradients, down to random nodes: everything else may fuse without affecting these nodes.
    @Test(arguments: 0..<60 as Range<UInt64>)
    func tapsAgree(seed: UInt64) throws {
        var random = SeededGenerator(seed, 19)
        let shape = [random.chance(0.7) ? 1 : 2, random.integer(in: 1...5), 15, random.integer(in: 9...21)]
        var maker = GraphMaker(input: shape, random: random)
        for step in 0..<14 { maker.grow(step) }
        let graph = maker.finished()
        let image = Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.uniform(-1, 1)) })
        let names = graph.nodes.map(\.name).filter { _ in random.chance(0.25) }
        for (algorithm, tolerance) in [(ConvolutionAlgorithm.direct, Float(1e-4)), (.winograd, 1e-3)] {
            try compare(
                graph, inputs: ["image": image], mode: .inspection, taps: Taps(Set(names), seedCount: 3),
                algorithm: algorithm, within: tolerance, gradientSlack: 10, measure: distance)
        }
    }
}

/// Builds a graph by adding one random node after another.
private struct GraphMaker {
    private var graph = Graph()
    private var values: [(value: Graph.Value, shape: [Int])] = []
    private var random: SeededGenerator

    init(input shape: [Int], random: SeededGenerator) {
        self.random = random
        values = [(graph.input("image", needsGradientInTraining: true), shape)]
    }

    mutating func grow(_ step: Int) {
        // Usually the newest one, so that graphs become deep.
        let (value, shape) = values[max(0, values.count - 1 - random.integer(in: 0...random.integer(in: 0...3)))]
        let (channels, rows, columns) = (shape[1], shape[2], shape[3])
        let isSmall = rows * columns > 900 || shape.reduce(1, *) > 60_000
        switch random.integer(in: 0...11) {
        case 0...3: add(step, convolution(channels), value)
        case 4 where !isSmall:
            add(
                step,
                TransposedConvolution(
                    inputChannels: channels, outputChannels: width(), kernel: 4, stride: 2, padding: 1,
                    bias: random.chance(0.3)), value)
        case 5, 6: add(step, BatchNormalization(channels: channels), value)
        case 7: add(step, ReLU(), value)
        case 8: activate(step, value, shape)
        case 9 where min(rows, columns) > 4:
            let window = Extent(random.integer(in: 2...3))
            add(
                step,
                random.chance(0.5)
                    ? MaxPooling(kernel: window, stride: 2, padding: 1)
                    : AveragePooling(kernel: window, stride: 2, padding: 1), value)
        case 9 where !isSmall:
            add(step, random.chance(0.5) ? NearestUpsampling(scale: 2) : BilinearUpsampling(scale: 2), value)
        default:
            // Combines the value with another one of the same shape; with itself if there is none.
            let partners = values.filter { $0.shape == shape }
            let other = partners[random.integer(in: 0...partners.count - 1)].value
            switch random.integer(in: 0...5) {
            case 0: add(step, Multiply(), value, other)
            case 1 where channels < 60: add(step, Concatenate(), value, other)
            default: add(step, Add(), value, other)
            }
        }
    }

    /// Adds an elementwise function, or a product or sum with one number per channel.
    private mutating func activate(_ step: Int, _ value: Graph.Value, _ shape: [Int]) {
        let functions: [any Operator] = [
            Sigmoid(), ReLU(), Activation(.leakyReLU(slope: 0.1)), Activation(.clip(lowest: 0, highest: 0.4)),
            Activation(.hardSwish), Activation(.hardSigmoid(slope: 0.2, shift: 0.5)), Activation(.softsign),
        ]
        let choice = random.integer(in: 0...9)
        if choice < functions.count { return add(step, functions[choice], value) }
        let kernel: any Operator = choice == 7 ? Sigmoid() : GlobalAveragePooling()
        let gate = graph.add("gate\(step)", kernel, value)
        let gateShape = choice == 7 ? shape : [shape[0], shape[1], 1, 1]
        values.append((gate, gateShape))
        if choice == 8 { add(step, Add(), gate, value) } else { add(step, Multiply(), value, gate) }
    }

    /// The graph with every value that has no readers as an output, and one from the middle, too.
    func finished() -> Graph {
        var graph = graph
        let read = Set(graph.nodes.flatMap { $0.inputs.map(\.index) })
        for (index, node) in values.enumerated() where !read.contains(node.value.index) || index == values.count / 2 {
            graph.output("result\(index)", node.value)
        }
        return graph
    }

    private mutating func width() -> Int { [1, 3, 8, 16, 17, 32, 37, 48][random.integer(in: 0...7)] }

    private mutating func convolution(_ channels: Int) -> Convolution {
        let size = [1, 3, 3, 3, 5][random.integer(in: 0...4)]
        let isDepthwise = random.chance(0.1)
        return Convolution(
            inputChannels: channels, outputChannels: isDepthwise ? channels : width(), kernel: Extent(size),
            stride: Extent(random.chance(0.2) ? 2 : 1), padding: Extent(size / 2), groups: isDepthwise ? channels : 1,
            bias: random.chance(0.5))
    }

    private mutating func add(_ step: Int, _ kernel: any Operator, _ inputs: Graph.Value...) {
        let shapes = inputs.map { input in values.first { $0.value.index == input.index }?.shape ?? [] }
        guard let shape = try? kernel.outputShape(shapes) else { return }
        let value =
            inputs.count == 1
            ? graph.add("node\(step)", kernel, inputs[0]) : graph.add("node\(step)", kernel, inputs[0], inputs[1])
        values.append((value, shape))
    }
}
