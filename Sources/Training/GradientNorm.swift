import Graphs
import Tensors

/// The norm of all gradients together, and gradient clipping (Pascanu et al., "On the difficulty of training recurrent neural networks").
package struct GradientNorm {
    private let chunks: ParameterChunks

    package init(_ parameters: ParameterStore, frozen: Set<String> = []) {
        chunks = ParameterChunks(learned: parameters, frozen: frozen)
    }

    /// Returns the Euclidean norm of all gradients that are not frozen, summed in double precision in a fixed order.
    package func value() -> Double {
        let squares = chunks.sum { entry, chunk in
            guard let gradient = entry.gradient?.elements else { return 0 }
            // Eight partial sums, in a fixed order, let the compiler use vector registers.
            var lanes = SIMD8<Double>()
            var index = chunk.range.lowerBound
            while index + 8 <= chunk.range.upperBound {
                var block = SIMD8<Float>()
                for lane in 0..<8 { block[lane] = gradient[index + lane] }
                let wide = SIMD8<Double>(block)
                lanes += wide * wide
                index += 8
            }
            var sum = lanes.sum()
            while index < chunk.range.upperBound {
                sum += Double(gradient[index]) * Double(gradient[index])
                index += 1
            }
            return sum
        }
        return squares.squareRoot()
    }

    /// Scales all gradients down so that their norm is at most `limit`, as PyTorch's `clip_grad_norm_` does.
    ///
    /// - Returns: The norm before clipping.
    package func clip(to limit: Double) -> Double {
        let norm = value()
        guard limit > 0, norm.isFinite else { return norm }
        let factor = limit / (norm + 1e-6)
        guard factor < 1 else { return norm }
        chunks.forEach { entry, chunk in
            guard let gradient = entry.gradient?.elements else { return }
            for index in chunk.range { gradient[index] *= Float(factor) }
        }
        return norm
    }
}
