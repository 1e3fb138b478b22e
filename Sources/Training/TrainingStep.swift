import DetectionHeads
import DetectionLosses
import Graphs
import HeatmapTargets
import Networks
import Tensors

/// One step of training: forward pass, losses, backward pass, clipping, optimizer, average of the weights.
///
/// What ``Trainer`` repeats, and what `pinpoint bench` times:
///
///     let step = try TrainingStep(model: model, configuration: configuration, batchSize: 8, backend: backend)
///     let result = try step.take([batch], learningRate: 0.002)
///     print(result.loss.total, result.gradientNorm)
public final class TrainingStep {
    /// The network; its parameters are trained in place.
    public let model: Model
    /// Decides which loss is minimized, and how.
    public let configuration: TrainingConfiguration
    /// How many of the network's parameters stay as they are.
    public let frozenParameterCount: Int

    let optimizer: Optimizer
    let average: WeightAverage?
    /// The network, compiled for the model's own input size, or the first of several.
    package let program: any Program
    /// The network, compiled for each input shape of training.
    private let programs: [[Int]: any Program]
    private let gradients: GradientSum
    private let gradientNorm: GradientNorm

    /// Compiles the network for each of the configuration's input sizes (``TrainingConfiguration/inputSizes(of:)``), so that all memory is
    /// planned before the first step.
    ///
    /// - Parameter batchSize: Images per forward pass.
    /// - Throws: ``TrainingError/configuration(_:)`` where nothing is left to train or a part does not exist, ``GraphError`` when the network does not take its
    ///   input size.
    public init(
        model: Model, configuration: TrainingConfiguration, batchSize: Int, backend: any Backend
    ) throws {
        self.model = model
        self.configuration = configuration
        let rates = try LearningRateFactors(configuration.learningRates, in: model.graph)
        var frozenNodes = rates.frozenNodes
        do {
            frozenNodes.formUnion(try model.graph.nodesToFreeze(configuration.freeze))
        } catch {
            throw TrainingError.configuration(["training.freeze: \(error)"])
        }
        let frozen = Set(
            model.graph.nodes.filter { frozenNodes.contains($0.name) }.flatMap { node in
                (node.operator?.parameters ?? []).map(node.parameterName)
            })
        frozenParameterCount = model.parameters.entries.filter { $0.gradient != nil && frozen.contains($0.name) }
            .reduce(0) { $0 + $1.value.count }
        guard frozenParameterCount < model.graph.learnedParameterCount else {
            throw TrainingError.configuration([
                "training.freeze and training.learningRates leave no parameters to train"
            ])
        }
        let graph = model.graph.freezing(frozenNodes)
        var programs: [[Int]: any Program] = [:]
        let shapes = configuration.inputSizes(of: model).map { $0.shape(batch: batchSize) }
        for shape in shapes {
            programs[shape] = try backend.compile(
                graph, parameters: model.parameters, inputs: ["image": shape], mode: .training)
        }
        guard let program = programs[model.inputSize.shape(batch: batchSize)] ?? programs[shapes[0]] else {
            preconditionFailure("no program for \(shapes)")
        }
        (self.program, self.programs) = (program, programs)
        optimizer = Optimizer(
            configuration: configuration.optimizer, parameters: model.parameters, frozen: frozen,
            rateFactors: rates.parameters)
        gradients = GradientSum(model.parameters, frozen: frozen)
        gradientNorm = GradientNorm(model.parameters, frozen: frozen)
        average =
            configuration.averageDecay > 0
            ? WeightAverage(of: model.parameters, graph: model.graph, decay: configuration.averageDecay) : nil
    }

    /// The network with the weights that are validated and saved: their average, where one is kept.
    public var averaged: Model {
        var averaged = model
        if let average { averaged.parameters = average.parameters }
        return averaged
    }

    /// Takes one step.
    ///
    /// The gradients of several batches are added up (gradient accumulation): the losses of each are divided by what is learned in all
    /// of them, so that the step is that of one batch as large as all together, but for batch normalization, which sees each batch alone.
    ///
    /// A loss or a gradient that is not finite ends the step early; then the optimizer has changed no parameter, and the result says so.
    ///
    /// - Parameter batches: One at least, each of the batch size, and all of one of the input sizes.
    public func take(_ batches: [TrainingBatch], learningRate: Double) throws -> StepResult {
        guard let first = batches.first else { preconditionFailure("a step without a batch") }
        guard let program = programs[first.input.shape] else {
            preconditionFailure(
                "a batch of \(first.input.shape), but programs for \(programs.keys.sorted { $0[2] < $1[2] })")
        }
        var timings = StepTimings()
        var normalizers = LossNormalizers(batches[0].targets)
        for batch in batches.dropFirst() { normalizers += LossNormalizers(batch.targets) }

        gradients.clear()
        var loss: LossResult?
        for batch in batches {
            let outputs = try program.forward(["image": batch.input])
            let part = timings.measure(\.losses) {
                configuration.loss.evaluate(
                    outputs, targets: batch.targets, suffixes: model.graph.headSuffixes, normalizers: normalizers)
            }
            loss = loss?.adding(part) ?? part
            guard part.isFinite else { return StepResult(loss: loss ?? part, gradientNorm: .nan, timings: timings) }
            try program.backward(part.gradients)
            if batches.count > 1 { gradients.add() }
        }
        guard let loss else { preconditionFailure("a step without a loss") }
        // The gradients of the whole step are complete here, and not yet clipped: where several processes train together, the sums of
        // the others are added in this place.
        if batches.count > 1 { gradients.moveToParameters() }

        let norm = timings.measure(\.clipping) { gradientNorm.clip(to: configuration.gradientClip) }
        guard norm.isFinite else { return StepResult(loss: loss, gradientNorm: norm, timings: timings) }
        timings.measure(\.optimizer) { optimizer.step(learningRate: learningRate) }
        timings.measure(\.average) { average?.update() }
        return StepResult(loss: loss, gradientNorm: norm, timings: timings)
    }
}

/// What one step did.
public struct StepResult: Sendable {
    /// The loss of all its batches; ``LossResult/perImage`` in their order.
    public let loss: LossResult
    /// The norm of the gradient before clipping; NaN when the loss already was not finite.
    public let gradientNorm: Double
    /// How long the parts took that are no operations of the network.
    public let timings: StepTimings

    /// Whether loss and gradient were finite, so that the parameters have changed.
    public var isTaken: Bool { loss.isFinite && gradientNorm.isFinite }
}

/// Seconds of a step's parts beside the network's own operations.
public struct StepTimings: Sendable {
    /// The losses and their gradients.
    public fileprivate(set) var losses = 0.0
    /// The gradient's norm and its limit.
    public fileprivate(set) var clipping = 0.0
    /// The optimizer.
    public fileprivate(set) var optimizer = 0.0
    /// The average of the weights.
    public fileprivate(set) var average = 0.0

    fileprivate mutating func measure<Value>(
        _ part: WritableKeyPath<StepTimings, Double>, _ body: () -> Value
    ) -> Value {
        let began = ContinuousClock.now
        let value = body()
        self[keyPath: part] += began.secondsToNow
        return value
    }
}
