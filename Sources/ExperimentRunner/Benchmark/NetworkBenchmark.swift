import Boxes
import DetectionLosses
import Graphs
import HeatmapTargets
import Networks
import Tensors
import Training

/// Times a network on random input: a training step or a forward pass.
struct NetworkBenchmark {
    let settings: Benchmark

    private var inputShape: [Int] { [settings.batchSize, 3, settings.inputSize, settings.inputSize] }
    private var isTraining: Bool { settings.mode == .train }

    func run() throws -> BenchmarkReport {
        let whole = try NetworkCatalogue.make(settings.network)
        // The outputs of earlier stacks are only needed in training.
        let graph = isTraining ? whole : try whole.part(to: ["heatmap", "size", "offset"])
        if settings.comparesPrecisions { return try compare(graph) }
        let parameters = ParameterStore(for: graph, seed: 1)
        let program = try settings.backend.backend.compile(
            graph, parameters: parameters, inputs: ["image": inputShape], mode: isTraining ? .training : .inference)
        let image = noise()
        let step =
            isTraining ? TrainingStep(program, parameters, suffixes: graph.headSuffixes, targets: targets()) : nil
        func once() throws {
            if let step { try step.run(image) } else { _ = try program.forward(["image": image]) }
        }
        try once()
        let runs = try (0..<settings.runs).map { _ in try seconds(once) }
        var report = BenchmarkReport(
            what, runs: runs, images: settings.batchSize, settings: settings.networkSettings)
        report.add("identity", .string(settings.backend.backend.identity), settings.kernelsLine)
        if settings.timesLayers {
            let timings = try layers(of: program, graph, step: step, image: image)
            report.add("layers", timings.json, "\n" + timings.text)
            if !timings.preparation.isEmpty { report.add("preparation", timings.preparationJSON) }
        }
        return report
    }

    private var what: String {
        "\(isTraining ? "a training step" : "a forward pass") of \(settings.network.name), \(settings.network.classCount) classes, "
            + "\(settings.inputSize)x\(settings.inputSize), batch \(settings.batchSize)"
    }

    private func compare(_ graph: Graph) throws -> BenchmarkReport {
        let image = noise()
        return try PrecisionComparison(settings: settings, what: what, images: settings.batchSize).run(
            of: graph, settings: settings.networkSettings
        ) { backend in
            let parameters = ParameterStore(for: graph, seed: 1)
            let program = try backend.compile(
                graph, parameters: parameters, inputs: ["image": inputShape], mode: isTraining ? .training : .inference)
            if !isTraining { return { try program.forward(["image": image]) } }
            let step = TrainingStep(program, parameters, suffixes: graph.headSuffixes, targets: targets())
            return {
                try step.run(image)
                return nil
            }
        }
    }

    private func layers(
        of program: any Program, _ graph: Graph, step: TrainingStep?, image: Tensor
    ) throws -> LayerTimings {
        guard let program = program as? any ProfiledProgram else { throw BenchmarkError.noProfile }
        let profiles = try (0..<settings.runs).map { _ in
            // Losses and optimizer are not part of the network; time them in a separate step.
            let rest = try step?.timed(image) ?? []
            return try program.profile() + rest
        }
        return LayerTimings(
            profiles, layers: try layerTable(graph, inputs: ["image": inputShape]), isTraining: isTraining,
            peak: try settings.backend.measuredPeak(of: graph))
    }

    private func noise() -> Tensor {
        var random = SeededGenerator(1)
        return Tensor(
            inputShape, elements: (0..<inputShape.reduce(1, *)).map { _ in Float(random.uniform(-2, 2)) })
    }

    /// Returns targets of ten objects per image at random places.
    private func targets() -> [DetectionTargets] {
        let cells = settings.inputSize / outputStride
        return (0..<settings.batchSize).map { image in
            var random = SeededGenerator(2, image)
            let objects = (0..<10).map { _ in
                let side = Double(cells) * random.uniform(0.05, 0.4)
                return TargetObject(
                    classIndex: random.integer(in: 0...(settings.network.classCount - 1)),
                    box: Box(
                        centerX: random.uniform(0, Double(cells)), centerY: random.uniform(0, Double(cells)),
                        width: side, height: side * random.uniform(0.5, 2)))
            }
            return .render(
                objects, classCount: settings.network.classCount, rows: cells, columns: cells,
                options: TargetOptions())
        }
    }
}

/// A forward pass, losses, a backward pass and an Adam step.
private struct TrainingStep {
    private let program: any Program
    private let optimizer: Optimizer
    private let suffixes: [String]
    private let targets: [DetectionTargets]

    init(_ program: any Program, _ parameters: ParameterStore, suffixes: [String], targets: [DetectionTargets]) {
        self.program = program
        self.suffixes = suffixes
        self.targets = targets
        optimizer = Optimizer(configuration: OptimizerConfiguration(.adam), parameters: parameters)
    }

    func run(_ image: Tensor) throws { _ = try timed(image) }

    /// Runs a step, and returns the times of the parts that are not operations of the program.
    func timed(_ image: Tensor) throws -> [OperationTiming] {
        let outputs = try program.forward(["image": image])
        let stacks = suffixes.compactMap { HeadMaps(outputs, suffix: $0) }
        var gradients: [String: Tensor] = [:]
        let losses = seconds {
            gradients = DetectionLoss().evaluate(stacks: stacks, targets: targets).outputGradients(suffixes: suffixes)
        }
        try program.backward(gradients)
        let update = seconds { optimizer.step(learningRate: 1e-4) }
        return [
            OperationTiming(node: "losses", phase: .backward, kernel: "focal and L1", seconds: losses),
            OperationTiming(node: "optimizer", phase: .backward, kernel: "Adam", seconds: update),
        ]
    }
}
