import Foundation
import Graphs
import Tensors

/// Division of each number by a power of the sum of squares over neighbouring channels (Krizhevsky et al., 2012); ONNX `LRN`.
///
///     output[c] = input[c] · (bias + alpha / size · Σ input[c']²) ^ -beta,   c - ⌊(size-1)/2⌋ ≤ c' ≤ c + ⌈(size-1)/2⌉
///
/// Input `[batch, channel, …]`.
public struct LocalResponseNormalization: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "LRN"

    /// The number of channels in the sum.
    public let size: Int
    /// The factor of the mean square.
    public let alpha: Float
    /// The exponent.
    public let beta: Float
    /// The constant added to the scaled mean square.
    public let bias: Float

    /// Creates a normalization.
    public init(size: Int, alpha: Float = 1e-4, beta: Float = 0.75, bias: Float = 1) {
        precondition(size > 0, "the number of channels must be positive, not \(size)")
        self.size = size
        self.alpha = alpha
        self.beta = beta
        self.bias = bias
    }

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        try elementCount(inputs[0])
        guard inputs[0].count >= 2 else { throw ShapeError("the shape \(inputs[0]) has no channels in axis 1") }
        return inputs[0]
    }

    /// The base of the power for each element.
    public func savedCount(inputs: [[Int]], output: [Int]) -> Int { output.reduce(1, *) }

    /// Returns the channels in the sum of squares for a channel.
    private func neighbours(_ channel: Int, of channels: Int) -> ClosedRange<Int> {
        max(0, channel - (size - 1) / 2)...min(channels - 1, channel + min(size / 2, channels))
    }

    /// Computes the formula above.
    public func forward(_ call: ForwardCall) {
        let (input, output, bases) = (call.inputs[0].pointer, call.output.pointer, call.saved.pointer)
        let view = AxisView(call.output.shape, axis: 1)
        let factor = alpha / Float(size)
        Parallel.forEach(view.outer * view.extent) { plane, _ in
            let (channel, first) = (plane % view.extent, plane / view.extent * view.extent)
            let base = bases + plane * view.inner
            base.update(repeating: 0, count: view.inner)
            for other in neighbours(channel, of: view.extent) {
                let source = input + (first + other) * view.inner
                for index in 0..<view.inner { base[index] += source[index] * source[index] }
            }
            let (source, target) = (input + plane * view.inner, output + plane * view.inner)
            for index in 0..<view.inner {
                base[index] = bias + factor * base[index]
                target[index] = source[index] * pow(base[index], -beta)
            }
        }
    }

    /// With b the bases,
    ///
    ///     d input[c] = d output[c] · b[c]^-beta - 2 alpha beta / size · input[c] · Σ d output[c'] · output[c'] / b[c']
    ///
    /// where the sum goes over the channels whose neighbourhood contains c.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0]?.pointer else { return }
        let (input, output) = (call.forward.inputs[0].pointer, call.forward.output.pointer)
        let (bases, slope) = (call.forward.saved.pointer, call.outputGradient.pointer)
        let view = AxisView(call.outputGradient.shape, axis: 1)
        let factor = 2 * alpha * beta / Float(size)
        Parallel.forEach(view.outer * view.extent) { plane, _ in
            let (channel, first) = (plane % view.extent, plane / view.extent * view.extent)
            let start = plane * view.inner
            for index in start..<start + view.inner { gradient[index] += slope[index] * pow(bases[index], -beta) }
            let lookers = max(0, channel - min(size / 2, view.extent))...min(view.extent - 1, channel + (size - 1) / 2)
            for other in lookers {
                let shift = (first + other) * view.inner - start
                for index in start..<start + view.inner {
                    let there = index + shift
                    gradient[index] -= factor * input[index] * slope[there] * output[there] / bases[there]
                }
            }
        }
    }
}
