import Graphs
import Networks
import OneDNNBackend
import OperatorCases
import Operators
import Tensors
import Testing
import VectorKernels

/// Programs that compute in bfloat16 compared with the reference backend, which computes in float32.
///
/// A bfloat16 has 8 significant bits: rounding to it changes a number by up to 0.4 %, by 0.17 % on average. A convolution of rounded
/// numbers differs by about 0.25 % from that of the original numbers; a gradient, whose Winograd transforms are rounded, too, by about 1 %.
@Suite(.enabled(if: OneDNNBackend.computesBFloat16, "the processor does not support bfloat16")) struct BFloat16Tests {
    @Test(arguments: OperatorCatalogue.cases + AgreementTests.largeCases, ConvolutionAlgorithm.allCases)
    func operatorsAgree(example: OperatorCase, algorithm: ConvolutionAlgorithm) throws {
        for mode in example.modes + [.inference] {
            try compare(
                example.graph, inputs: example.randomInputs(seed: 3), mode: mode, algorithm: algorithm,
                precision: .bfloat16, within: 0.01, gradientSlack: 3, measure: distance)
        }
    }

    /// Rounding decides whether a gradient passes a ReLU whose input is near zero, and which element of a window is the largest; so
    /// gradients differ by more than sums of rounded numbers do. So do the values of normalizations over few cells.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func randomGraphsAgree(seed: UInt64) throws {
        let (graph, image) = RandomGraphTests.graph(seed: seed)
        for algorithm in [ConvolutionAlgorithm.direct, .winograd] {
            for mode in ProgramMode.allCases {
                try compare(
                    graph, inputs: ["image": image], mode: mode, algorithm: algorithm, precision: .bfloat16,
                    within: 0.1, gradientSlack: 8, measure: distance)
            }
        }
    }

    @Test(arguments: NetworkCatalogue.kinds) func networksAgree(name: String) throws {
        let graph = try NetworkCatalogue.make(NetworkConfiguration(name: name, classCount: 3, headChannels: 24))
        let step = NetworkCatalogue.inputMultiple(of: name)
        var random = SeededGenerator(4)
        let shape = [3, 3, 3 * step, 4 * step]
        let image = Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.uniform(-2, 2)) })
        try compare(
            graph, inputs: ["image": image], mode: .inference, algorithm: .automatic, precision: .bfloat16,
            within: 0.03, measure: distance)
    }

    /// Each filtering by itself, regardless of which would be chosen: F(2x2, 3x3) for results only.
    @Test(arguments: [2, 4]) func filteringsAgree(tile: Int) throws {
        let best = try #require(KernelSet.best).filtering(byTilesOf: tile)
        let cases: [(operation: any Operator, shape: [Int])] = [
            (Convolution(inputChannels: 40, outputChannels: 24, kernel: 3, padding: 1), [2, 40, 15, 9]),
            (Convolution(inputChannels: 3, outputChannels: 64, kernel: 3), [1, 3, 8, 31]),
            (
                TransposedConvolution(
                    inputChannels: 24, outputChannels: 33, kernel: Extent(4, 4), stride: Extent(2, 2),
                    padding: Extent(1, 1)), [2, 24, 7, 10]
            ),
        ]
        for (operation, shape) in cases {
            var graph = Graph()
            // Convolutions that are outputs use other kernels.
            let convolution = graph.add("convolution", operation, graph.input("image"))
            graph.output("result", graph.add("pooling", MaxPooling(kernel: 2, stride: 1), convolution))
            let store = ParameterStore(for: graph, seed: 3)
            var random = SeededGenerator(4)
            let image = Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.uniform(-1, 2)) })
            // In training, kernels are transformed on the fly.
            for mode in [ProgramMode.inference, .training] {
                func program(_ backend: any Backend) throws -> any Program {
                    try backend.compile(graph, parameters: store, inputs: ["image": shape], mode: mode)
                }
                var backend = OneDNNBackend(algorithm: .winograd, precision: .bfloat16)
                backend.kernelSet = best
                let ours = try program(backend)
                let kernels = try #require(ours as? any ProfiledProgram).profile().map(\.kernel)
                #expect(kernels.contains { $0.hasPrefix("winograd-\(tile)x\(tile)") }, "\(kernels)")
                let found = try #require(try ours.forward(["image": image])["result"])
                let expected = try #require(try program(ReferenceBackend()).forward(["image": image])["result"])
                // The rounding of the maps, and of transformed numbers.
                #expect(distance(found, expected) < 0.006, "\(operation) in \(mode)")
            }
        }
    }

    /// Two programs, one after the other, and the passes of one program produce the same bits.
    @Test(arguments: ["compact", "resnet18", "dla34"]) func trainingIsDeterministic(name: String) throws {
        let graph = try NetworkCatalogue.make(NetworkConfiguration(name: name, classCount: 3))
        let shape = [2, 3, 128, 160]
        func gradients() throws -> [[UInt32]] {
            let store = ParameterStore(for: graph, seed: 3)
            let program = try OneDNNBackend(precision: .bfloat16).compile(
                graph, parameters: store, inputs: ["image": shape], mode: .training)
            var random = SeededGenerator(6)
            let image = Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.uniform(-2, 2)) })
            for _ in 0..<2 {
                let outputs = try program.forward(["image": image])
                try program.backward(outputs)
            }
            return store.entries.map { ($0.gradient ?? $0.value).elements.map(\.bitPattern) }
        }
        #expect(try gradients() == gradients())
    }

    /// This also holds for outputs of Winograd filtering, which are computed by other kernels if necessary.
    @Test(arguments: ConvolutionAlgorithm.allCases) func outputsOf3x3AreNotRounded(algorithm: ConvolutionAlgorithm)
        throws
    {
        let example = OperatorCase(
            "wide", Convolution(inputChannels: 64, outputChannels: 64, kernel: 3, padding: 1), [[1, 64, 24, 24]])
        let program = try OneDNNBackend(algorithm: algorithm, precision: .bfloat16).compile(
            example.graph, parameters: ParameterStore(for: example.graph, seed: 3), inputs: example.inputShapes,
            mode: .inference)
        let output = try #require(try program.forward(example.randomInputs(seed: 3)).values.first)
        #expect(output.elements.contains { $0.bitPattern & 0xffff != 0 })
    }

    /// Outputs of the network are returned in float32: a heatmap's scores are not rounded again.
    @Test func outputsAreNotRounded() throws {
        let graph = try NetworkCatalogue.make(NetworkConfiguration(name: "compact", classCount: 3))
        let program = try OneDNNBackend(precision: .bfloat16).compile(
            graph, parameters: ParameterStore(for: graph, seed: 3), inputs: ["image": [1, 3, 64, 64]], mode: .inference)
        let image = Tensor([1, 3, 64, 64], elements: (0..<3 * 4096).map { Float($0 % 17) / 9 - 1 })
        for (name, output) in try program.forward(["image": image]) {
            #expect(output.elements.contains { $0.bitPattern & 0xffff != 0 }, "\(name)")
        }
    }
}

/// The precision that a program gets, and 8-bit integers on any processor.
@Suite struct PrecisionTests {
    private static let convolution = OperatorCase(
        "convolution", Convolution(inputChannels: 3, outputChannels: 4, kernel: 3, padding: 1), [[1, 3, 8, 8]])

    @Test func automaticTakesTheFastestThatThereIs() throws {
        let native = OneDNNBackend.computesBFloat16
        #expect(
            try OneDNNBackend(precision: .automatic).precision(of: Self.convolution.graph)
                == (native ? .bfloat16 : .float32))
        #expect(try OneDNNBackend(precision: .automatic).precision(of: Self.quantized(2).graph) == .int8)
        #expect(try OneDNNBackend().precision(of: Self.quantized(2).graph) == .float32)
        #expect(ReferenceBackend().precision(of: Self.convolution.graph) == .float32)
    }

    @Test func whatCannotBeHadIsASentence() throws {
        let error = #expect(throws: GraphError.self) {
            try OneDNNBackend(precision: .int8).precision(of: Self.convolution.graph)
        }
        #expect(error?.description.contains("pinpoint quantize") == true)
        // Kernels without bfloat16 simulate a processor without it.
        var backend = OneDNNBackend(precision: .bfloat16)
        for set in KernelSet.all where set.bfloat16(coarse: false) == nil {
            backend.kernelSet = set
            let error = #expect(throws: GraphError.self) { try backend.precision(of: Self.convolution.graph) }
            #expect(error?.description.contains("bfloat16") == true)
            backend.precision = .automatic
            #expect(try backend.precision(of: Self.convolution.graph) == .float32)
            backend.precision = .bfloat16
        }
    }

    /// Two backends whose results are bit-identical have the same identity; the automatic choice differs between processors.
    @Test func identitiesSayThePrecision() {
        let automatic = OneDNNBackend(precision: .automatic).identity
        let resolved = OneDNNBackend(precision: OneDNNBackend.computesBFloat16 ? .bfloat16 : .float32).identity
        #expect(automatic == resolved)
        #expect(OneDNNBackend(precision: .bfloat16).identity != OneDNNBackend().identity)
    }

    /// A chain with a residual block as exported by quantizers: every convolution's input is rounded, and so is the sum.
    private static func quantized(_ copies: Int) throws -> (graph: Graph, parameters: ParameterStore) {
        var graph = Graph()
        var scales: [(name: String, scale: Float, zero: Float)] = []
        /// One quantization, and `copies` dequantizations of it.
        func rounded(
            _ name: String, _ value: Graph.Value, _ kind: IntegerKind, scale: Float, zero: Float = 0
        ) -> [Graph.Value] {
            let integers = graph.add("\(name).quantize", QuantizeLinear(kind), value)
            scales.append(("\(name).quantize", scale, zero))
            return (0..<copies).map { copy in
                scales.append(("\(name).dequantize\(copy)", scale, zero))
                return graph.add("\(name).dequantize\(copy)", DequantizeLinear(), integers)
            }
        }
        func convolution(_ name: String, _ inputs: Int, _ outputs: Int, stride: Int = 1, _ value: Graph.Value)
            -> Graph.Value
        {
            graph.add(
                name,
                Convolution(
                    inputChannels: inputs, outputChannels: outputs, kernel: 3, stride: Extent(stride, stride),
                    padding: 1),
                value)
        }
        let image = rounded("image", graph.input("image"), .uint8, scale: 0.02, zero: 114)
        let stem = graph.add("stem.relu", ReLU(), convolution("stem", 3, 20, stride: 2, image[0]))
        let start = rounded("start", stem, .uint8, scale: 0.015)
        let middle = rounded(
            "middle", graph.add("a.relu", ReLU(), convolution("a", 20, 20, start[0])), .uint8, scale: 0.01)
        let sum = graph.add("sum", Add(), convolution("b", 20, 20, middle[0]), start[copies - 1])
        let end = rounded("end", graph.add("sum.relu", ReLU(), sum), .uint8, scale: 0.02)
        let pooled = rounded(
            "pooled", graph.add("pool", MaxPooling(kernel: 3, stride: 2, padding: 1), end[0]), .int8, scale: 0.03)
        graph.output("result", convolution("c", 20, 5, pooled[0]))
        graph.output("other", end[copies - 1])
        let store = ParameterStore(for: graph, seed: 8)
        for (name, scale, zero) in scales {
            try store.assign("\(name).scale", Tensor([], elements: [scale]))
            try store.assign("\(name).zero_point", Tensor([], elements: [zero]))
        }
        return (graph, store)
    }

    private static let image = Tensor(
        [1, 3, 37, 41],
        elements: (0..<3 * 37 * 41).map { (index: Int) -> Float in
            let number = Float((index * 7919) % 1000)
            return number / 200 - 2.5
        })

    private static func run(_ backend: any Backend, _ model: (graph: Graph, parameters: ParameterStore)) throws
        -> [String: Tensor]
    {
        try backend.compile(
            model.graph, parameters: model.parameters, inputs: ["image": image.shape], mode: .inference
        ).forward(["image": image])
    }

    /// In float32 everything except ties is rounded as by the reference; a number on a tie may change by a step, which is rare. In
    /// bfloat16, numbers near a tie change, too.
    ///
    /// Kernels for narrower registers store blocks that oneDNN 2.6 treats as blocks of its own width, so that it writes beyond them: no
    /// processor uses both.
    @Test(arguments: KernelSet.all.filter { $0.lanes == KernelSet.best?.lanes }.map(Optional.some) + [nil], [1, 2])
    func integersAgree(set: KernelSet?, copies: Int) throws {
        let model = try Self.quantized(copies)
        let expected = try Self.run(ReferenceBackend(), model)
        for algorithm in ConvolutionAlgorithm.allCases {
            var backend = OneDNNBackend(algorithm: algorithm, precision: .int8)
            backend.kernelSet = set
            let found = try Self.run(backend, model)
            let isHalf = backend.computesBFloat16
            for (name, tensor) in expected {
                let difference = distance(try #require(found[name]), tensor)
                #expect(difference < (isHalf ? 0.03 : 0.003), "\(name), \(algorithm)")
            }
            // Output values that were rounded are multiples of the scale.
            for number in try #require(found["other"]).elements {
                let steps = number / 0.02
                #expect(abs(steps - steps.rounded()) < (isHalf ? 0.6 : 1e-3))
            }
        }
    }

    /// Quantizes a parameter to bytes with a scale for each position along an axis.
    static func quantize(_ name: String, axis: Int, in store: ParameterStore) throws {
        let weights = try #require(store[name])
        let form = { QuantizedForm(.eight, axis: axis, scales: $0) }
        let extent = weights.shape[axis]
        let places = form([Float](repeating: 1, count: extent)).places(in: weights.shape)
        var scales = [Float](repeating: 0, count: extent)
        for (element, number) in weights.elements.enumerated() {
            scales[places(element)] = max(scales[places(element)], abs(number) / 127)
        }
        let numbers = weights.elements.enumerated().map { element, number in
            (number / scales[places(element)]).rounded() * scales[places(element)]
        }
        try store.assign(name, Tensor(weights.shape, elements: numbers))
        store.setQuantizedForm(form(scales), of: name)
        #expect(store.integers(of: name) != nil)
    }

    static let integerCases: [OperatorCase] = [
        OperatorCase(
            "stride 2", Convolution(inputChannels: 64, outputChannels: 48, kernel: 3, stride: 2, padding: 1),
            [[2, 64, 15, 17]]),
        OperatorCase(
            "odd channels", Convolution(inputChannels: 75, outputChannels: 37, kernel: 3, padding: 1), [[1, 75, 9, 7]]),
        OperatorCase("1x1", Convolution(inputChannels: 512, outputChannels: 512, kernel: 1), [[3, 512, 5, 6]]),
        OperatorCase(
            "dilated",
            Convolution(inputChannels: 64, outputChannels: 64, kernel: 3, padding: 2, dilation: 2, bias: false),
            [[1, 64, 12, 13]]),
        OperatorCase(
            "transposed",
            TransposedConvolution(
                inputChannels: 128, outputChannels: 24, kernel: 4, stride: 2, padding: 1, bias: false),
            [[1, 128, 7, 9]]),
    ]

    /// Products of bytes are summed exactly, with or without normalization, ReLU and rounding after them.
    @Test(arguments: integerCases, [(false, IntegerKind.uint8), (true, .uint8), (false, .int8), (true, .int8)])
    func bytesAreMultiplied(example: OperatorCase, around: (isFollowed: Bool, kind: IntegerKind)) throws {
        let (isFollowed, kind) = around
        let shape = example.inputShapes.values.first ?? []
        var graph = Graph()
        var scales: [(String, Float)] = []
        func rounded(_ name: String, _ value: Graph.Value, _ kind: IntegerKind, _ scale: Float) -> Graph.Value {
            scales += [("\(name).quantize", scale), ("\(name).dequantize", scale)]
            return graph.add(
                "\(name).dequantize", DequantizeLinear(), graph.add("\(name).quantize", QuantizeLinear(kind), value))
        }
        var value = graph.add("convolution", example.operator, rounded("input", graph.input("image"), kind, 0.011))
        let isTransposed = example.operator is TransposedConvolution
        if isFollowed {
            let channels = try #require(try graph.inferShapes(["image": shape]).last)[1]
            value = graph.add("relu", ReLU(), graph.add("normalization", BatchNormalization(channels: channels), value))
            value = rounded("output", value, .uint8, 0.02)
        }
        graph.output("result", value)
        let store = ParameterStore(for: graph, seed: 4)
        try Self.quantize("convolution.weight", axis: isTransposed ? 1 : 0, in: store)
        for (name, scale) in scales { try store.assign("\(name).scale", Tensor([], elements: [scale])) }
        let image = Tensor(
            shape, elements: (0..<shape.reduce(1, *)).map { Float(($0 * 7919) % 401) / 100 - (kind == .int8 ? 2 : 1) })
        var kernels: [String] = []
        func run(_ backend: any Backend) throws -> Tensor {
            let program = try backend.compile(
                graph, parameters: store, inputs: ["image": shape], mode: .inference)
            let result = try #require(try program.forward(["image": image])["result"])
            kernels = try (program as? any ProfiledProgram)?.profile().map(\.kernel) ?? []
            return result
        }
        let expected = try run(ReferenceBackend())
        for set in KernelSet.all where set.lanes == KernelSet.best?.lanes {
            for algorithm in [ConvolutionAlgorithm.automatic, .direct] {
                var backend = OneDNNBackend(algorithm: algorithm, precision: .int8)
                backend.kernelSet = set
                let difference = distance(try run(backend), expected)
                // A tie in the last rounding may change by a step.
                #expect(difference < (backend.computesBFloat16 ? 0.04 : 0.003), "\(algorithm)")
                // Outputs of the network stay in float32; if maps are not float32, bytes are used only for inner values.
                let usesBytes = isFollowed || !backend.computesBFloat16
                if usesBytes && algorithm == .direct {
                    #expect(kernels.contains { $0.contains("integers:") }, "\(kernels)")
                }
            }
        }
    }

    /// A program depends on the scale and zero point of its roundings.
    @Test func aChangedScaleIsNotIgnored() throws {
        guard KernelSet.best != nil else { return }
        let model = try Self.quantized(1)
        let program = try OneDNNBackend(precision: .int8).compile(
            model.graph, parameters: model.parameters, inputs: ["image": Self.image.shape], mode: .inference)
        _ = try program.forward(["image": Self.image])
        let changes: [(name: String, number: Float)] = [
            ("middle.quantize.scale", 0.5), ("middle.dequantize0.scale", 0.5), ("middle.quantize.zero_point", 3),
        ]
        for (name, number) in changes {
            let before = try #require(model.parameters[name])
            try model.parameters.assign(name, Tensor([], elements: [number]))
            #expect(throws: GraphError.self, "\(name)") { try program.forward(["image": Self.image]) }
            try model.parameters.assign(name, before)
            _ = try program.forward(["image": Self.image])
        }
    }

    /// Programs do not retain themselves or the parameters.
    @Test(
        arguments: KernelSet.all.filter { $0.lanes == KernelSet.best?.lanes }.map(Optional.some) + [nil],
        PrecisionChoice.allCases)
    func programsGoAway(set: KernelSet?, precision: PrecisionChoice) throws {
        weak var parameters: ParameterStore?
        do {
            let model = try Self.quantized(2)
            parameters = model.parameters
            var backend = OneDNNBackend(precision: precision)
            backend.kernelSet = set
            guard (try? backend.precision(of: model.graph)) != nil else { return }
            _ = try Self.run(backend, model)
        }
        #expect(parameters == nil)
    }

    /// Halves are rounded to even, values out of range are clamped, NaN stays NaN; for any count.
    @Test(arguments: KernelSet.all.indices) func roundingIsThatOfTheOperators(index: Int) throws {
        let set = try #require(vector_kernel_sets()?[index]?.pointee)
        let round = try #require(set.round)
        var numbers = vector_rounding(scale: 0.25, lowest: -5, highest: 7, step: 0.25)
        for count in [0, 1, 7, 16, 37] {
            let source = (0..<count).map { Float($0 - 12) * 0.125 }
            var target = source
            source.withUnsafeBytes { from in
                target.withUnsafeMutableBytes { round(&numbers, from.baseAddress, $0.baseAddress, count) }
            }
            let expected = source.map { (number: Float) -> Float in
                let whole = (number / 0.25).rounded(.toNearestOrEven)
                return min(max(whole, -5), 7) * 0.25
            }
            #expect(target == expected)
        }
        var (number, result) = (Float.nan, Float(0))
        round(&numbers, &number, &result, 1)
        #expect(result.isNaN)
    }
}
