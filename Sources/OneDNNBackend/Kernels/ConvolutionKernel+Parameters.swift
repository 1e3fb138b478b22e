import Graphs
import Operators
import Tensors

extension ConvolutionKernel {
    /// The weights as they lie outside.
    func outsideWeights() throws -> Memory {
        try Memory(problem.plainWeights, at: compiler.parameter(node, 0).value, on: compiler.engine)
    }

    /// Weights and bias as the forward pass uses them, with the normalization in them, kept up to date.
    func forwardParameters(in layout: Layout) throws -> (weights: Memory, bias: Memory?) {
        let weights = try outsideWeights()
        let bias =
            try hasBias
            ? Memory(problem.plainBias, at: compiler.parameter(node, 1).value, on: compiler.engine) : nil
        let folded = try foldedNormalization(bias: bias)
        if let winograd = WinogradWeights(layout, weights: problem.weights) {
            let target = try Memory(layout, on: compiler.engine)
            let ones = [Float](repeating: 1, count: problem.weights[0])
            compiler.prepare("transformed weights") {
                winograd.transform(weights.pointer, factors: folded?.factors() ?? ones, to: target.pointer)
            }
            return (target, folded?.bias ?? bias)
        }
        guard let folded else {
            return (try compiler.weight(compiler.graph.nodes[node].name, weights, in: layout), bias)
        }
        // Only what they are copied from, unless the kernel takes them as they are.
        let plain = try problem.plainWeights
        let scaled = try plain == layout ? Memory(plain, on: compiler.engine) : compiler.makeTemporary(plain)
        let (rowLength, channels) = (
            problem.weights.dropFirst(problem.hasGroups ? 2 : 1).reduce(1, *), problem.output[1]
        )
        compiler.prepare("scaled weights", on: [scaled]) {
            let factors = folded.factors()
            let (source, target) = (weights.pointer, scaled.pointer)
            Parallel.forEach(channels) { channel, _ in
                let factor = factors[channel]
                for index in channel * rowLength..<(channel + 1) * rowLength { target[index] = source[index] * factor }
            }
        }
        return (try compiler.weight("scaled \(compiler.graph.nodes[node].name)", scaled, in: layout), folded.bias)
    }

    /// A normalization as a convolution's own numbers: `scale · (w x + b - mean) / deviation + shift` is a convolution with
    /// other weights and another bias.
    private struct FoldedNormalization {
        let bias: Memory
        /// What each output channel's weights are multiplied by.
        let factors: () -> [Float]
    }

    private func foldedNormalization(bias: Memory?) throws -> FoldedNormalization? {
        guard let normalization,
            let kernel = compiler.graph.nodes[normalization].operator as? BatchNormalization
        else { return nil }
        let statistics = try (0..<4).map { try compiler.parameter(normalization, $0).value.pointer }
        let (scale, shift, mean, variance) = (statistics[0], statistics[1], statistics[2], statistics[3])
        let folded = try Memory(problem.plainBias, on: compiler.engine)
        func factors() -> [Float] {
            (0..<kernel.channels).map { scale[$0] / (variance[$0] + kernel.epsilon).squareRoot() }
        }
        compiler.prepare("folded bias") {
            for (channel, factor) in factors().enumerated() {
                let old = bias?.pointer[channel] ?? 0
                folded.pointer[channel] = (old - mean[channel]) * factor + shift[channel]
            }
        }
        return FoldedNormalization(bias: folded, factors: factors)
    }
}
