import Graphs
import OneDNNBackend
import Operators
import Tensors
import TestSupport
import Testing

/// Fused operations, and operations in layouts with groups of channels, compared with the reference.
@Suite struct FusionTests {
    static let functions: [Activation.Function] = [
        .leakyReLU(slope: 0.1), .leakyReLU(slope: -0.2), .clip(lowest: 0, highest: 0.6),
        .clip(lowest: 0.5, highest: -0.5), .hardSwish, .hardSigmoid(slope: 0.2, shift: 0.5), .elu(alpha: 0.7), .tanh,
        .silu, .mish, .gelu(approximated: false), .gelu(approximated: true), .softplus, .exp, .absolute, .cos, .not,
    ]

    /// Convolutions of all kinds, including ones with a padded last group of channels, followed by every fusible operation.
    @Test(arguments: functions) func convolutionsTakeActivationsAlong(function: Activation.Function) throws {
        for (kernel, channels, groups) in [(1, 20, 1), (3, 32, 1), (3, 37, 1), (3, 16, 16)] {
            for isNormalized in [false, true] {
                var graph = Graph()
                let image = graph.input("image", needsGradientInTraining: true)
                var value = graph.add(
                    "stem", Convolution(inputChannels: 3, outputChannels: 16, kernel: 3, padding: 1), image)
                value = graph.add(
                    "conv",
                    Convolution(
                        inputChannels: 16, outputChannels: channels, kernel: Extent(kernel),
                        padding: Extent(kernel / 2), groups: groups, bias: !isNormalized), value)
                if isNormalized { value = graph.add("bn", BatchNormalization(channels: channels), value) }
                value = graph.add("act", Activation(function), value)
                graph.output("map", graph.add("pool", MaxPooling(kernel: 2, stride: 1), value))
                try check(graph, [1, 3, 11, 13])
            }
        }
    }

    @Test(arguments: [16, 20]) func exportedSiLUsAgree(channels: Int) throws {
        for isReadOnce in [true, false] {
            var graph = Graph()
            let image = graph.input("image", needsGradientInTraining: true)
            var value = graph.add(
                "conv", Convolution(inputChannels: 3, outputChannels: channels, kernel: 3, padding: 1), image)
            value = graph.add("bn", BatchNormalization(channels: channels), value)
            let gate = graph.add("gate", Sigmoid(), value)
            let product = graph.add("silu", Multiply(), gate, value)
            graph.output("map", graph.add("pool", AveragePooling(kernel: 2, stride: 2), product))
            if !isReadOnce { graph.output("linear", value) }
            try check(graph, [2, 3, 9, 10])
        }
    }

    /// Sums fused into convolutions, and an activation after the sum.
    @Test func residualsAgree() throws {
        for function in Self.functions {
            var graph = Graph()
            let image = graph.input("image", needsGradientInTraining: true)
            let first = graph.add(
                "a", Convolution(inputChannels: 3, outputChannels: 32, kernel: 3, padding: 1), image)
            let second = graph.add(
                "b", Convolution(inputChannels: 32, outputChannels: 32, kernel: 1), graph.add("relu", ReLU(), first))
            let sum = graph.add("sum", Add(), second, first)
            graph.output("map", graph.add("act", Activation(function), sum))
            try check(graph, [1, 3, 8, 9])
        }
    }

    @Test(arguments: [16, 20], [2, 1]) func squeezeAndExcitationAgrees(channels: Int, batch: Int) throws {
        var graph = Graph()
        let image = graph.input("image", needsGradientInTraining: true)
        let value = graph.add(
            "conv", Convolution(inputChannels: 3, outputChannels: channels, kernel: 3, padding: 1), image)
        var gate = graph.add("squeeze", GlobalAveragePooling(), value)
        gate = graph.add("expand", Convolution(inputChannels: channels, outputChannels: channels, kernel: 1), gate)
        gate = graph.add("gate", Activation(.hardSigmoid(slope: 0.2, shift: 0.5)), gate)
        let scaled = graph.add("scaled", Multiply(), gate, value)
        let shifted = graph.add("shifted", Add(), scaled, gate)
        let number = graph.input("number")
        let channel = graph.input("channel", needsGradientInTraining: true)
        var moved = graph.add("moved", Add(), graph.add("times", Multiply(), number, shifted), channel)
        moved = graph.add("minus", Arithmetic(.subtract), moved, number)
        moved = graph.add("over", Arithmetic(.divide), moved, graph.add("above", Activation(.exp), number))
        moved = graph.add("under", Arithmetic(.subtract), number, moved)
        moved = graph.add("most", Arithmetic(.maximum), moved, value)
        graph.output("map", graph.add("end", Convolution(inputChannels: channels, outputChannels: 3, kernel: 1), moved))
        try check(graph, [batch, 3, 7, 9], others: ["number": [], "channel": [channels, 1, 1]])
    }

    @Test(arguments: [1, 3]) func otherLayersAgree(batch: Int) throws {
        var graph = Graph()
        let image = graph.input("image", needsGradientInTraining: true)
        let value = graph.add(
            "conv", Convolution(inputChannels: 3, outputChannels: 20, kernel: 3, padding: 1), image)
        graph.output("probabilities", graph.add("softmax", Softmax(axis: 1), value))
        graph.output("rows", graph.add("row softmax", Softmax(axis: 2), value))
        graph.output("instances", graph.add("instance", InstanceNormalization(channels: 20), value))
        graph.output("slopes", graph.add("prelu", PReLU(slopeShape: [20, 1, 1]), value))
        let pooled = graph.add("pooled", GlobalAveragePooling(), value)
        graph.output("numbers", graph.add("linear", Linear(inputFeatures: 20, outputFeatures: 7), pooled))
        graph.output(
            "flat", graph.add("wide", Linear(inputFeatures: 20 * 35, outputFeatures: 9, bias: false), value))
        graph.output("product", graph.add("matmul", MatrixMultiplication(), value, graph.input("right")))
        try check(graph, [batch, 3, 5, 7], others: ["right": [7, 4]])
    }

    private func check(_ graph: Graph, _ shape: [Int], others: [String: [Int]] = [:]) throws {
        var inputs: [String: Tensor] = [:]
        for (name, shape) in others.merging(["image": shape], uniquingKeysWith: { $1 }) {
            var random = SeededGenerator(4, shape.reduce(1, *))
            inputs[name] = Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.normal()) })
        }
        for algorithm in [ConvolutionAlgorithm.direct, .winograd] {
            let tolerance: Float = algorithm == .direct ? 1e-4 : 1e-3
            for mode in ProgramMode.allCases {
                try compare(
                    graph, inputs: inputs, mode: mode, algorithm: algorithm, within: tolerance, gradientSlack: 10,
                    measure: distance)
            }
            // A batch of gradients down to the image: everything in between may be fused.
            try compare(
                graph, inputs: inputs, mode: .inspection, taps: Taps(["image"], seedCount: 3), algorithm: algorithm,
                within: tolerance, gradientSlack: 10, measure: distance)
        }
    }
}
