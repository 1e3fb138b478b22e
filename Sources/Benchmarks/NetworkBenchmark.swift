import Boxes
import DetectionHeads
import Graphs
import HeatmapTargets
import Networks
import Tensors
import Training

/// Times a network on random input: a training step or a forward pass.
struct NetworkBenchmark {
    let settings: Benchmark

    private var inputShape: [Int] { settings.inputSize.shape(batch: settings.batchSize) }
    private var isTraining: Bool { settings.mode == .train }

    func run() throws -> BenchmarkReport {
        let whole = try NetworkCatalogue.make(settings.network)
        // The outputs of earlier stacks are only needed in training.
        let graph = isTraining ? whole : try whole.part(to: ["heatmap", "size", "offset"])
        if settings.comparesPrecisions { return try compare(graph) }
        let step = isTraining ? try trainingStep(settings.backend.backend) : nil
        let program =
            try step?.program
            ?? settings.backend.backend.compile(
                graph, parameters: ParameterStore(for: graph, seed: 1), inputs: ["image": inputShape], mode: .inference)
        let batch = batch()
        func once() throws {
            if let step { try take(step, batch) } else { _ = try program.forward(["image": batch.input]) }
        }
        try once()
        let runs = try (0..<settings.runs).map { _ in try seconds(once) }
        var report = BenchmarkReport(
            what, runs: runs, images: settings.batchSize, settings: settings.networkSettings)
        report.add("identity", .string(settings.backend.backend.identity), settings.kernelsLine)
        if settings.timesLayers {
            let timings = try layers(of: program, graph, step: step, batch: batch)
            report.add("layers", timings.json, "\n" + timings.text)
            if !timings.preparation.isEmpty { report.add("preparation", timings.preparationJSON) }
        }
        return report
    }

    private var what: String {
        "\(isTraining ? "a training step" : "a forward pass") of \(settings.network.name), \(settings.network.classCount) classes, "
            + "\(settings.inputSize.rows)x\(settings.inputSize.columns), batch \(settings.batchSize)"
    }

    private func compare(_ graph: Graph) throws -> BenchmarkReport {
        let batch = batch()
        return try PrecisionComparison(settings: settings, what: what, images: settings.batchSize).run(
            of: graph, settings: settings.networkSettings
        ) { backend in
            if isTraining {
                let step = try trainingStep(backend)
                return {
                    try take(step, batch)
                    return nil
                }
            }
            let program = try backend.compile(
                graph, parameters: ParameterStore(for: graph, seed: 1), inputs: ["image": inputShape], mode: .inference)
            return { try program.forward(["image": batch.input]) }
        }
    }

    /// The step that training repeats, with its default settings.
    private func trainingStep(_ backend: any Backend) throws -> TrainingStep {
        let model = try Model(
            network: settings.network, classNames: (0..<settings.network.classCount).map { "class \($0)" },
            inputSize: settings.inputSize, seed: 1)
        return try TrainingStep(
            model: model, configuration: TrainingConfiguration(), batchSize: settings.batchSize, backend: backend)
    }

    @discardableResult
    private func take(_ step: TrainingStep, _ batch: TrainingBatch) throws -> StepResult {
        let result = try step.take([batch], learningRate: 1e-4)
        guard result.isTaken else { throw BenchmarkError.notFinite }
        return result
    }

    private func layers(
        of program: any Program, _ graph: Graph, step: TrainingStep?, batch: TrainingBatch
    ) throws -> LayerTimings {
        guard let program = program as? any ProfiledProgram else { throw BenchmarkError.noProfile }
        let profiles = try (0..<settings.runs).map { _ in
            // Losses and optimizer are not part of the network; time them in a separate step.
            let rest = try step.map { try take($0, batch).timings.operations } ?? []
            return try program.profile() + rest
        }
        return LayerTimings(
            profiles, layers: try layerTable(graph, inputs: ["image": inputShape]), isTraining: isTraining,
            peak: try settings.backend.measuredPeak(of: graph))
    }

    /// Noise with targets.
    private func batch() -> TrainingBatch {
        var random = SeededGenerator(1)
        let noise = Tensor(
            inputShape, elements: (0..<inputShape.reduce(1, *)).map { _ in Float(random.uniform(-2, 2)) })
        return TrainingBatch(input: noise, targets: targets())
    }

    /// Returns targets of ten objects per image at random places.
    private func targets() -> [DetectionTargets] {
        let (rows, columns) = (settings.inputSize.rows / outputStride, settings.inputSize.columns / outputStride)
        return (0..<settings.batchSize).map { image in
            var random = SeededGenerator(2, image)
            let objects = (0..<10).map { _ in
                let side = Double(min(rows, columns)) * random.uniform(0.05, 0.4)
                return TargetObject(
                    classIndex: random.integer(in: 0...(settings.network.classCount - 1)),
                    box: Box(
                        centerX: random.uniform(0, Double(columns)), centerY: random.uniform(0, Double(rows)),
                        width: side, height: side * random.uniform(0.5, 2)))
            }
            return .render(
                objects, classCount: settings.network.classCount, rows: rows, columns: columns,
                options: TargetOptions())
        }
    }
}

extension StepTimings {
    /// As lines of a table of layers.
    fileprivate var operations: [OperationTiming] {
        [
            ("losses", "focal and L1", losses), ("clipping", "norm of the gradient", clipping),
            ("optimizer", "AdamW", optimizer), ("average", "average of the weights", average),
        ].map { OperationTiming(node: $0.0, phase: .backward, kernel: $0.1, seconds: $0.2) }
    }
}
