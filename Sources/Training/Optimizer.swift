import Foundation
import Graphs
import Tensors

/// Updates the values of a parameter store from its gradients, by PyTorch's formulae.
///
/// Each step is one pass over all parameters on all cores; every element is updated independently, so the result does not depend on the
/// number of cores. The optimizer's state is saved and restored as named tensors.
public final class Optimizer {
    /// The update rule and its constants.
    public let configuration: OptimizerConfiguration
    /// The number of steps taken.
    public private(set) var stepCount = 0
    private let parameters: ParameterStore
    private let chunks: ParameterChunks
    /// What the learning rate is multiplied by, parallel to `chunks.entries`.
    private let rateFactors: [Double]
    /// One list per running mean of the update rule, parallel to `chunks.entries`.
    private let moments: [[TensorView]]
    private let owners: [FloatBuffer]

    /// Creates an optimizer in its initial state, for all learned parameters of a store.
    ///
    /// - Parameters:
    ///   - frozen: Full names of parameters that get neither updates nor weight decay.
    ///   - rateFactors: What the learning rate is multiplied by for some parameters, by their full names; 1 for all others.
    public init(
        configuration: OptimizerConfiguration, parameters: ParameterStore, frozen: Set<String> = [],
        rateFactors: [String: Double] = [:]
    ) {
        self.configuration = configuration
        self.parameters = parameters
        let chunks = ParameterChunks(learned: parameters, frozen: frozen)
        let buffers = Self.momentNames(configuration.kind).map { _ in
            chunks.entries.map { FloatBuffer(count: $0.value.count) }
        }
        self.chunks = chunks
        self.rateFactors = chunks.entries.map { rateFactors[$0.name] ?? 1 }
        moments = buffers.map { zip($0, chunks.entries).map { TensorView($0, shape: $1.declaration.shape) } }
        owners = buffers.flatMap { $0 }
    }

    /// Takes one step with the gradients in the store.
    public func step(learningRate: Double) {
        stepCount += 1
        switch configuration.kind {
        case .adam, .adamW: stepAdam(learningRate)
        case .sgd: stepMomentum(learningRate)
        }
        parameters.markChanged()
    }

    /// `m = lerp(m, g, 1 - beta1)`, `v = beta2 v + (1 - beta2) g²`, then
    /// `w -= rate / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + epsilon)`.
    private func stepAdam(_ learningRate: Double) {
        let decoupled = configuration.kind == .adamW
        let correction1 = 1 - pow(configuration.beta1, Double(stepCount))
        let correction2 = (1 - pow(configuration.beta2, Double(stepCount))).squareRoot()
        let factors = rateFactors
        let (fresh1, beta2) = (Float(1 - configuration.beta1), Float(configuration.beta2))
        let fresh2 = Float(1 - configuration.beta2)
        let (root, epsilon) = (Float(correction2), Float(configuration.epsilon))
        let (means, squares) = (moments[0], moments[1])
        let decay = configuration.weightDecay
        chunks.forEach { entry, chunk in
            guard let gradient = entry.gradient?.elements else { return }
            let weight = entry.value.elements
            let learningRate = learningRate * factors[chunk.entry]
            let rate = Float(learningRate / correction1)
            let (mean, square) = (means[chunk.entry].elements, squares[chunk.entry].elements)
            let decays = entry.declaration.role == .weight && decay > 0
            let kept: Float = decays && decoupled ? Float(1 - learningRate * decay) : 1
            let pull: Float = decays && !decoupled ? Float(decay) : 0
            for index in chunk.range {
                let old = weight[index] * kept
                let slope = gradient[index] + pull * old
                let m = mean[index] + fresh1 * (slope - mean[index])
                let v = beta2 * square[index] + fresh2 * slope * slope
                mean[index] = m
                square[index] = v
                weight[index] = old - rate * (m / (v.squareRoot() / root + epsilon))
            }
        }
    }

    /// `b = momentum b + g`, then `w -= rate * b`, or `w -= rate * (g + momentum b)` with Nesterov momentum.
    private func stepMomentum(_ learningRate: Double) {
        let (factors, momentum) = (rateFactors, Float(configuration.momentum))
        let nesterov = configuration.nesterov
        let velocities = moments[0]
        let decay = configuration.weightDecay
        chunks.forEach { entry, chunk in
            guard let gradient = entry.gradient?.elements else { return }
            let weight = entry.value.elements
            let velocity = velocities[chunk.entry].elements
            let rate = Float(learningRate * factors[chunk.entry])
            let pull: Float = entry.declaration.role == .weight ? Float(decay) : 0
            for index in chunk.range {
                let slope = gradient[index] + pull * weight[index]
                let v = momentum * velocity[index] + slope
                velocity[index] = v
                weight[index] -= rate * (nesterov ? slope + momentum * v : v)
            }
        }
    }

    /// PyTorch's names of the running means.
    private static func momentNames(_ kind: OptimizerConfiguration.Kind) -> [String] {
        kind == .sgd ? ["momentum_buffer"] : ["exp_avg", "exp_avg_sq"]
    }
}

extension Optimizer {
    /// The running means, named `PARAMETER.exp_avg` and so on; together with ``stepCount`` they are the optimizer's complete state.
    public var state: [(name: String, view: TensorView)] {
        zip(Self.momentNames(configuration.kind), moments).flatMap { name, views in
            zip(chunks.entries, views).map { ("\($0.name).\(name)", $1) }
        }
    }

    /// Restores a saved ``state``.
    ///
    /// - Throws: ``GraphError/parameter(name:expected:found:)`` when a tensor is missing or has another shape; nothing is changed then.
    public func restore(_ tensors: [String: Tensor], stepCount: Int) throws(GraphError) {
        var assignments: [(TensorView, Tensor)] = []
        for (name, views) in zip(Self.momentNames(configuration.kind), moments) {
            for (entry, view) in zip(chunks.entries, views) {
                let full = "\(entry.name).\(name)"
                guard let tensor = tensors[full], tensor.shape == view.shape else {
                    throw .parameter(name: full, expected: view.shape, found: tensors[full]?.shape)
                }
                assignments.append((view, tensor))
            }
        }
        for (view, tensor) in assignments { view.assign(tensor) }
        self.stepCount = stepCount
    }
}
