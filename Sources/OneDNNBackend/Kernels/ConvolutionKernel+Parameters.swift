import Graphs
import Operators
import Tensors

/// A convolution's weights and bias as its passes use them, including the normalization fused into it, if any, kept up to date.
///
/// A normalization with fixed statistics can be folded into the convolution before it:
/// `scale · (w x + b - mean) / standard deviation + shift` is a convolution with other weights and another bias.
final class FoldedParameters {
    private let compiler: Compiler
    private let problem: ConvolutionProblem
    private let node: Int
    private let name: String
    /// The weights in the parameter store's layout.
    private let outside: Memory
    /// The bias of each output channel; nil if there is none.
    let bias: Memory?
    /// The factor of each output channel's weights; nil without a normalization.
    private let factors: (() -> [Float])?
    /// The weights times their factors, in the parameter store's layout.
    private var scaled: Memory?

    init(_ kernel: ConvolutionKernel) throws {
        compiler = kernel.compiler
        problem = kernel.problem
        node = kernel.node
        name = compiler.graph.nodes[kernel.node].name
        outside = try Memory(problem.plainWeights, at: compiler.parameter(kernel.node, 0).value, on: compiler.engine)
        let ownBias =
            try kernel.hasBias
            ? Memory(problem.plainBias, at: compiler.parameter(kernel.node, 1).value, on: compiler.engine) : nil
        guard let node = kernel.normalization,
            let normalization = compiler.graph.nodes[node].operator as? BatchNormalization
        else {
            bias = ownBias
            factors = nil
            return
        }
        let statistics = try (0..<4).map { try kernel.compiler.parameter(node, $0).value.pointer }
        let factors = { normalization.factors(scale: statistics[0], variance: statistics[3]) }
        let folded = try Memory(problem.plainBias, on: compiler.engine)
        compiler.prepare("folded bias") {
            for (channel, factor) in factors().enumerated() {
                let old = ownBias?.pointer[channel] ?? 0
                folded.pointer[channel] = (old - statistics[2][channel]) * factor + statistics[1][channel]
            }
        }
        self.factors = factors
        bias = folded
    }

    /// The weights in the form that our own kernels take.
    var weights: WinogradOperations.Weights {
        get throws(GraphError) {
            .init(outside: try compiler.parameter(node, 0).value, factors: factors)
        }
    }

    /// The bias, padded with zeros to whole blocks of channels; nil if there is none.
    func paddedBias(lanes: Int) throws -> Memory? {
        guard let bias else { return nil }
        let channels = problem.output[1]
        if channels % lanes == 0 { return bias }
        let padded = try Memory(.plain([(channels + lanes - 1) / lanes * lanes]), on: compiler.engine)
        compiler.prepare("padded bias", on: [bias]) {
            padded.pointer.update(from: bias.pointer, count: channels)
        }
        return padded
    }

    /// The weights in the given layout.
    func weights(in layout: Layout) throws -> Memory {
        guard let factors else { return try compiler.weight(name, outside, in: layout) }
        let plain = try problem.plainWeights
        if plain == layout {
            let kept = try Memory(plain, on: compiler.engine)
            prepareScaled(kept, factors)
            return kept
        }
        // Planned memory, free again once the weights have been copied from it.
        if scaled == nil {
            let passing = try compiler.makeTemporary(plain)
            prepareScaled(passing, factors)
            scaled = passing
        }
        return try scaled.map { try compiler.weight("scaled \(name)", $0, in: layout) } ?? outside
    }

    private func prepareScaled(_ scaled: Memory, _ factors: @escaping () -> [Float]) {
        let (rowLength, channels) = (
            problem.weights.dropFirst(problem.hasGroups ? 2 : 1).reduce(1, *), problem.output[1]
        )
        compiler.prepare("scaled weights", on: [scaled]) { [outside] in
            let factors = factors()
            let (source, target) = (outside.pointer, scaled.pointer)
            Parallel.forEach(channels) { channel, _ in
                let factor = factors[channel]
                for index in channel * rowLength..<(channel + 1) * rowLength { target[index] = source[index] * factor }
            }
        }
    }
}
