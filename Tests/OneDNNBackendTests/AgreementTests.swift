import GoldenNetwork
import Graphs
import Networks
import OneDNNBackend
import OperatorCases
import Operators
import Tensors
import TestSupport
import Testing

/// This backend compared with the reference: values, gradients, statistics.
@Suite struct AgreementTests {
    @Test(arguments: OperatorCatalogue.cases, ConvolutionAlgorithm.allCases)
    func operatorsAgree(example: OperatorCase, algorithm: ConvolutionAlgorithm) throws {
        for mode in example.modes + [.inference] {
            try compare(
                example.graph, inputs: example.randomInputs(seed: 3), mode: mode, algorithm: algorithm,
                within: example.tolerance.backend)
        }
    }

    /// A batch of three gradients, whether or not the first axis is a batch.
    @Test(arguments: OperatorCatalogue.cases.filter { $0.modes == [.training] })
    func operatorsAgreeOnGradientsSideBySide(example: OperatorCase) throws {
        let taps = Taps(Set(example.inputShapes.keys), seedCount: 3)
        try compare(
            example.graph, inputs: example.randomInputs(seed: 3), mode: .inspection, taps: taps, algorithm: .automatic,
            within: example.tolerance.backend)
    }

    /// Sizes that oneDNN's fastest kernels accept, and sizes that they only just do not.
    static let largeCases: [OperatorCase] = [
        OperatorCase(
            "winograd, batch 1", Convolution(inputChannels: 64, outputChannels: 64, kernel: 3, padding: 1),
            [[1, 64, 24, 24]]),
        OperatorCase(
            "winograd, batch 7, odd",
            Convolution(inputChannels: 32, outputChannels: 48, kernel: 3, padding: 1, bias: false), [[7, 32, 11, 13]]),
        OperatorCase(
            "winograd, odd channels", Convolution(inputChannels: 33, outputChannels: 37, kernel: 3, padding: 1),
            [[2, 33, 17, 19]]),
        OperatorCase(
            "winograd, large tiles",
            Convolution(inputChannels: 96, outputChannels: 160, kernel: 3, padding: 1, bias: false), [[1, 96, 40, 40]]),
        OperatorCase(
            "winograd, large tiles, odd",
            Convolution(inputChannels: 130, outputChannels: 125, kernel: 3, padding: 1), [[7, 130, 21, 19]]),
        OperatorCase(
            "winograd, deep",
            Convolution(inputChannels: 512, outputChannels: 512, kernel: 3, padding: 1, bias: false), [[1, 512, 8, 8]]),
        OperatorCase(
            "stride 2",
            Convolution(inputChannels: 48, outputChannels: 32, kernel: 3, stride: 2, padding: 1, bias: false),
            [[2, 48, 15, 17]]),
        OperatorCase(
            "stem", Convolution(inputChannels: 3, outputChannels: 64, kernel: 7, stride: 2, padding: 3, bias: false),
            [[2, 3, 33, 38]]),
        OperatorCase(
            "depthwise", Convolution(inputChannels: 32, outputChannels: 32, kernel: 3, padding: 1, groups: 32),
            [[3, 32, 9, 9]]),
        OperatorCase(
            "upsampler",
            TransposedConvolution(inputChannels: 32, outputChannels: 16, kernel: 4, stride: 2, padding: 1, bias: false),
            [[7, 32, 5, 6]]),
        OperatorCase(
            "blocked", BatchNormalization(channels: 48), [[3, 48, 7, 9]], modes: [.training, .inspection]),
        OperatorCase(
            "odd channels", BatchNormalization(channels: 50), [[1, 50, 7, 9]], modes: [.training, .inspection]),
        OperatorCase("blocked", MaxPooling(kernel: 3, stride: 2, padding: 1), [[2, 32, 13, 14]]),
        OperatorCase("blocked", NearestUpsampling(scale: 2), [[2, 48, 5, 7]]),
        OperatorCase("a single cell", NearestUpsampling(scale: 2), [[2, 16, 1, 1]]),
        OperatorCase("a single cell", BilinearUpsampling(scale: 2), [[1, 16, 1, 1]]),
        OperatorCase(
            "several bands", DeformableConvolution(inputChannels: 64, outputChannels: 48, kernel: 3, padding: 1),
            [[2, 64, 18, 19], [2, 18, 18, 19], [2, 9, 18, 19]]),
        OperatorCase(
            "blocks with offsets of their own",
            DeformableConvolution(
                inputChannels: 32, outputChannels: 20, kernel: 3, stride: 2, padding: 1, offsetGroups: 2, bias: false),
            [[3, 32, 13, 11], [3, 36, 7, 6]]),
    ]

    @Test(arguments: largeCases, ConvolutionAlgorithm.allCases)
    func largeOperatorsAgree(example: OperatorCase, algorithm: ConvolutionAlgorithm) throws {
        for mode in example.modes + [.inference] {
            try compare(
                example.graph, inputs: example.randomInputs(seed: 3), mode: mode, algorithm: algorithm,
                within: algorithm == .direct ? 1e-4 : 1e-3)
        }
    }

    /// In inference a normalization becomes part of the convolution before it.
    @Test func foldedNormalizationsAgree() throws {
        var graph = Graph()
        let image = graph.input("image")
        var value = graph.add("a", Convolution(inputChannels: 4, outputChannels: 6, kernel: 3, groups: 2), image)
        value = graph.add("b", ReLU(), graph.add("an", BatchNormalization(channels: 6), value))
        value = graph.add(
            "c", TransposedConvolution(inputChannels: 6, outputChannels: 4, kernel: 2, stride: 2, groups: 2), value)
        value = graph.add("cn", BatchNormalization(channels: 4), value)
        value = graph.add(
            "d", TransposedConvolution(inputChannels: 4, outputChannels: 3, kernel: 3, padding: 1, bias: false), value)
        value = graph.add("e", ReLU(), graph.add("dn", BatchNormalization(channels: 3), value))
        // Read twice, so neither normalization nor ReLU may be fused away.
        let twice = graph.add("f", Convolution(inputChannels: 3, outputChannels: 3, kernel: 1), value)
        let normalized = graph.add("fn", BatchNormalization(channels: 3), twice)
        graph.output("first", graph.add("g", Add(), normalized, graph.add("h", ReLU(), normalized)))
        graph.output("second", twice)
        var random = SeededGenerator(8)
        let noise = Tensor([2, 4, 7, 9], elements: (0..<2 * 4 * 63).map { _ in Float(random.normal()) })
        for mode in ProgramMode.allCases {
            try compare(graph, inputs: ["image": noise], mode: mode, algorithm: .automatic, within: 1e-4)
        }
    }

    /// A program that is no longer referenced must not retain itself or the parameters.
    @Test(arguments: [OneDNNBackend(), ReferenceBackend()] as [any Backend], ProgramMode.allCases)
    func programsGoAway(backend: any Backend, mode: ProgramMode) throws {
        weak var parameters: ParameterStore?
        do {
            let (golden, graph, store) = try network()
            parameters = store
            _ = try backend.compile(
                graph, parameters: store, inputs: ["image": try golden["input"].tensor().shape], mode: mode)
        }
        #expect(parameters == nil)
    }

    @Test("No operator's kernel keeps its program alive", arguments: OperatorCatalogue.cases.indices)
    func programsOfOperatorsGoAway(index: Int) throws {
        let testCase = OperatorCatalogue.cases[index]
        for mode in ProgramMode.allCases {
            weak var parameters: ParameterStore?
            do {
                let store = ParameterStore(for: testCase.graph, seed: 1)
                parameters = store
                _ = try OneDNNBackend().compile(
                    testCase.graph, parameters: store, inputs: testCase.inputShapes, mode: mode)
            }
            #expect(parameters == nil, "\(testCase)")
        }
    }

    @Test(arguments: [OneDNNBackend(), ReferenceBackend()] as [any Backend])
    func inferenceFollowsTrainingsStatistics(backend: any Backend) throws {
        let (golden, graph, store) = try network()
        let input = try golden["input"].tensor()
        func compile(_ mode: ProgramMode) throws -> any Program {
            try backend.compile(graph, parameters: store, inputs: ["image": input.shape], mode: mode)
        }
        let (training, early) = (try compile(.training), try compile(.inference))
        let before = try early.forward(["image": input])
        _ = try training.forward(["image": input])
        let after = try early.forward(["image": input])
        #expect(before != after)
        #expect(try compile(.inference).forward(["image": input]) == after)
    }

    /// Odd batches, channels that are not multiples of 16, all layers combined. Rounding errors are amplified where a normalization divides
    /// by the spread of few cells, and where a ReLU's input is near zero. So whole tensors are compared, by the norm of their difference.
    @Test(arguments: NetworkCatalogue.kinds, [ProgramMode.training, .inspection, .inference])
    func networksAgree(name: String, mode: ProgramMode) throws {
        let graph = try NetworkCatalogue.make(NetworkConfiguration(name: name, classCount: 3, headChannels: 24))
        let step = NetworkCatalogue.inputMultiple(of: name)
        let few = name == "compact" || name == "resnet18" ? 7 : 3
        for (batch, size) in mode == .training ? [(few, 128)] : [(1, 64), (3, 3 * step)] {
            var random = SeededGenerator(4, batch)
            let shape = [batch, 3, size, size + step]
            let image = Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.uniform(-2, 2)) })
            try compare(
                graph, inputs: ["image": image], mode: mode, algorithm: .automatic, within: 2e-2, measure: distance)
        }
    }

    /// Batched gradients equal those computed one by one, on both backends.
    @Test(
        arguments: [OneDNNBackend(), ReferenceBackend()] as [any Backend],
        [
            ("compact", ["backbone.layer2", "backbone.layer4"]), ("resnet18", ["backbone.layer2", "backbone.layer4"]),
            ("dla34", ["backbone.level3", "backbone.level5"]),
        ])
    func gradientsSideBySideEqualThoseOneByOne(backend: any Backend, example: (name: String, layers: [String])) throws {
        let (name, layers) = example
        let graph = try NetworkCatalogue.make(NetworkConfiguration(name: name, classCount: 3, headChannels: 24))
        let store = ParameterStore(for: graph, seed: 2)
        var random = SeededGenerator(4)
        let shape = [1, 3, 64, 96]
        let image = Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.uniform(-2, 2)) })
        func gradients(_ seeds: [Tensor]) throws -> [Tensor] {
            let program = try backend.compile(
                graph, parameters: store, inputs: ["image": shape], mode: .inspection,
                taps: Taps(Set(layers), seedCount: seeds.count))
            _ = try program.forward(["image": image])
            try program.backward([
                "heatmap": Tensor([seeds.count, 3, 16, 24], elements: seeds.flatMap(\.elements))
            ])
            return try layers.map { try program.gradient($0) }
        }
        let seeds = (0..<5).map { index in
            var seed = Tensor([1, 3, 16, 24])
            seed[0, index % 3, 2 + index, 3 * index] = 1
            return seed
        }
        let together = try gradients(seeds)
        for (index, seed) in seeds.enumerated() {
            for (all, one) in zip(together, try gradients([seed])) {
                let part = all.withElements {
                    Tensor(one.shape, elements: $0[index * one.count..<(index + 1) * one.count])
                }
                #expect(distance(part, one) < 1e-3)
                #expect(one.elements.contains { $0 != 0 })
            }
        }
    }

    @Test func aTrainingStepEqualsPyTorch() throws {
        let (golden, graph, store) = try network()
        let input = try golden["input"].tensor()
        let program = try OneDNNBackend().compile(
            graph, parameters: store, inputs: ["image": input.shape], mode: .training)
        let outputs = try program.forward(["image": input])
        for (name, expected) in zip(["heatmap", "size"], try golden["trainOutputs"].array()) {
            #expect(relativeDifference(try #require(outputs[name]), try expected.tensor()) < 2e-5)
        }
        let seeds = try golden["seeds"].array()
        try program.backward(["heatmap": seeds[0].tensor(), "size": seeds[1].tensor()])
        for (name, expected) in try golden["gradients"].object() {
            let gradient = try #require(store.entry(name)?.gradient)
            #expect(relativeDifference(Tensor(copying: gradient), try tensor(expected)) < 1e-4, "\(name)")
        }
        #expect(relativeDifference(try program.gradient("image"), try golden["inputGradient"].tensor()) < 1e-4)
        for (name, expected) in try golden["runningStatistics"].object() {
            #expect(relativeDifference(try #require(store[name]), try tensor(expected)) < 2e-5, "\(name)")
        }
    }
}
