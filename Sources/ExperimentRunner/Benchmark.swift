import Boxes
import DetectionLosses
import Foundation
import Graphs
import HeatmapTargets
import JSON
import Networks
import Tensors
import Training

/// Times a network on made-up data.
public struct Benchmark: Sendable {
    /// What is timed.
    public enum Mode: String, CaseIterable, Sendable {
        /// Forward, losses, backward and an Adam step.
        case train
        /// A forward pass.
        case infer
    }

    private let mode: Mode
    private let network: NetworkConfiguration
    private let inputSize: Int
    private let batchSize: Int
    private let runs: Int
    private let timesLayers: Bool

    /// A benchmark; nothing runs yet.
    ///
    /// - Parameter timesLayers: Whether to say, too, where the time goes.
    public init(
        mode: Mode, network: NetworkConfiguration, inputSize: Int, batchSize: Int, runs: Int, timesLayers: Bool = false
    ) {
        self.mode = mode
        self.network = network
        self.inputSize = inputSize
        self.batchSize = batchSize
        self.runs = runs
        self.timesLayers = timesLayers
    }

    /// What came of it.
    public struct Result: Sendable {
        /// The figures: `seconds` is the median over `runs` runs.
        public let json: JSONValue
        /// The figures in a sentence.
        public let text: String
    }

    /// Runs once without a stopwatch, then `runs` times with one.
    ///
    /// - Throws: ``NetworkError`` for an unknown network, ``GraphError`` for a size that it cannot take.
    public func run(on backend: any Backend) throws -> Result {
        let graph = try NetworkCatalogue.make(network)
        let parameters = ParameterStore(for: graph, seed: 1)
        let program = try backend.compile(
            graph, parameters: parameters, inputs: ["image": [batchSize, 3, inputSize, inputSize]],
            mode: mode == .train ? .training : .inference)
        let step = mode == .train ? trainingStep(program, parameters) : { _ = try program.forward(["image": $0]) }
        let picture = noise()
        try step(picture)
        var seconds: [Double] = []
        for _ in 0..<runs {
            let began = ContinuousClock.now
            try step(picture)
            seconds.append((ContinuousClock.now - began) / .seconds(1))
        }
        return result(seconds, backend: backend, layers: try layers(of: program, graph))
    }

    private func layers(of program: any Program, _ graph: Graph) throws -> LayerTimings? {
        guard timesLayers else { return nil }
        guard let program = program as? any ProfiledProgram else { throw BenchmarkError.noProfile }
        let table = try layerTable(graph, inputs: ["image": [batchSize, 3, inputSize, inputSize]])
        return LayerTimings(try (0..<runs).map { _ in try program.profile() }, layers: table)
    }

    private func trainingStep(_ program: any Program, _ parameters: ParameterStore) -> (Tensor) throws -> Void {
        let optimizer = Optimizer(configuration: OptimizerConfiguration(.adam), parameters: parameters)
        let targets = targets()
        let loss = DetectionLoss()
        return { picture in
            let outputs = try program.forward(["image": picture])
            guard let heatmap = outputs["heatmap"], let size = outputs["size"], let offset = outputs["offset"] else {
                return
            }
            let result = loss.evaluate(heatmapLogits: heatmap, size: size, offset: offset, targets: targets)
            try program.backward([
                "heatmap": result.gradients.heatmapLogits, "size": result.gradients.size,
                "offset": result.gradients.offset,
            ])
            optimizer.step(learningRate: 1e-4)
        }
    }

    private func noise() -> Tensor {
        var random = SeededGenerator(1)
        let shape = [batchSize, 3, inputSize, inputSize]
        return Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.uniform(-2, 2)) })
    }

    /// Ten objects a picture, anywhere.
    private func targets() -> [DetectionTargets] {
        let cells = inputSize / outputStride
        return (0..<batchSize).map { image in
            var random = SeededGenerator(2, image)
            let objects = (0..<10).map { _ in
                let side = Double(cells) * random.uniform(0.05, 0.4)
                return TargetObject(
                    classIndex: random.integer(in: 0...(network.classCount - 1)),
                    box: Box(
                        centerX: random.uniform(0, Double(cells)), centerY: random.uniform(0, Double(cells)),
                        width: side, height: side * random.uniform(0.5, 2)))
            }
            return .render(
                objects, classCount: network.classCount, rows: cells, columns: cells, options: TargetOptions())
        }
    }

    private func result(_ seconds: [Double], backend: any Backend, layers: LayerTimings?) -> Result {
        let sorted = seconds.sorted()
        let median = (sorted[(runs - 1) / 2] + sorted[runs / 2]) / 2
        let rate = Double(batchSize) / median
        var json = JSONObject([
            ("seconds", .number(median)), ("runs", .integer(runs)),
            ("allSeconds", .array(seconds.map { .number($0) })), ("imagesPerSecond", .number(rate)),
            ("mode", .string(mode.rawValue)), ("network", .string(network.name)),
            ("classes", .integer(network.classCount)), ("size", .integer(inputSize)), ("batch", .integer(batchSize)),
            ("backend", .string(backend.identity)), ("kernels", .string(backend.kernels)),
            ("threads", .integer(Parallel.workerCount)),
        ])
        let what = mode == .train ? "a training step" : "a forward pass"
        let text = String(
            format: "%@ of %@, %d classes, %dx%d, batch %d: %.1f ms (median of %d), %.1f images/s\n%@", what,
            network.name, network.classCount, inputSize, inputSize, batchSize, median * 1000, runs, rate,
            "\(backend.name): \(backend.kernels)")
        if let layers { json["layers"] = layers.json }
        return Result(json: .object(json), text: text + (layers.map { "\n\n" + $0.text } ?? ""))
    }
}

/// What a benchmark cannot do.
public enum BenchmarkError: Error, CustomStringConvertible {
    /// The backend does not time its operations.
    case noProfile

    /// A sentence for the terminal.
    public var description: String { "this backend cannot time its layers; leave --layers out, or take onednn" }
}
