import Tensors

/// What replaces an ablated channel.
public enum AblatedChannel: Sendable {
    /// Zero where the activation is never negative, far below everything (its minimum - 1e7) otherwise: pytorch-grad-cam's rule.
    case belowAll
    /// Zero, as published. Suits layers with negative values too, where the other rule leaves the range that the network was trained on.
    case zero
}

/// Ablation-CAM: `L = sum over k of w_k A_k` with `w_k = (y - y_k) / |y|`, where `y_k` is the target's value without channel `k`.
///
/// Desai and Ramaswamy, "Ablation-CAM: Visual Explanations for Deep Convolutional Network via Gradient-free Localization" (2020),
/// equation 3. The paper divides by `y` itself, which inverts the map when the score is negative: a logit below zero is still supported by
/// what raises it. Costs a pass through the rest of the network per channel.
///
/// - Parameters:
///   - activation: `[channel, row, column]`.
///   - score: `y`, the target's value with all channels, before any sigmoid.
/// - ablatedScores: Returns the target's value for each of the changed activations, `[count, channel, row, column]`.
/// - batchSize: Activations per call; the last batch may be smaller.
/// - ablated: What replaces a channel.
/// - Returns: `[row, column]`, raw.
/// - Throws: Whatever the scorer throws.
public func ablationCAM(
    activation: Tensor, score: Float, ablatedScores: Score, batchSize: Int = 32, ablated: AblatedChannel = .belowAll
) throws -> Tensor {
    let extents = LayerExtents(activation)
    precondition(batchSize > 0, "the batch size \(batchSize) is not positive")
    let lowest = activation.withElements { $0.min() } ?? 0
    let replacement: Float = ablated == .zero || lowest == 0 ? 0 : lowest - 1e7
    let divisor = score == 0 ? 1 : abs(score)
    var weights: [Float] = []
    for first in stride(from: 0, to: extents.channels, by: batchSize) {
        let size = min(batchSize, extents.channels - first)
        var batch = Tensor(uninitialized: [size] + activation.shape)
        batch.withMutableElements { batch in
            activation.withElements { activation in
                Parallel.forEach(size) { item, _ in
                    let copy = UnsafeMutableBufferPointer(
                        rebasing: batch[item * activation.count..<(item + 1) * activation.count])
                    _ = copy.update(fromContentsOf: activation)
                    let gone = (first + item) * extents.cells..<(first + item + 1) * extents.cells
                    UnsafeMutableBufferPointer(rebasing: copy[gone]).update(repeating: replacement)
                }
            }
        }
        weights += try scores(ablatedScores, of: batch).map { (score - $0) / divisor }
    }
    return weightedChannelSum(activation, weights: weights)
}
