import Foundation
import Tensors

/// Score-CAM: `L = sum over k of w_k A_k`, where `w` is the softmax over the channels of the target's value when the input is masked by
/// each channel's activation alone.
///
/// The masks are the channels resized bilinearly to the input (outermost centres aligned, as in PyTorch's `UpsamplingBilinear2d`), less
/// their minimum, divided by their range plus 1e-8. Wang et al., "Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural
/// Networks" (2020), algorithm 1, without the baseline's score, which the softmax would cancel, as in pytorch-grad-cam. Costs a forward
/// pass per channel.
///
/// - Parameters:
///   - activation: `[channel, row, column]`.
///   - input: `[3, row, column]`, normalized; where a mask is zero the network sees zeros, the mean colour.
///   - score: The target, before any sigmoid.
///   - batchSize: Images scored at once; the last batch may be smaller.
/// - Returns: `[row, column]` of the activation, raw.
/// - Throws: Whatever the scorer throws.
public func scoreCAM(activation: Tensor, input: Tensor, score: @escaping Score, batchSize: Int = 16) throws -> Tensor {
    let extents = LayerExtents(activation)
    let resize = MapResize(
        from: (extents.rows, extents.columns), to: (input.shape[1], input.shape[2]), placement: .cornersMeet)
    var all: [Float] = []
    try MaskedScores(input: input, batchSize: batchSize, score: score).forEachBatch(of: extents.channels) {
        channel, mask in
        activation.withElements { resize.apply($0.plane(channel, of: extents.cells), into: mask) }
        minMaxScale(mask, epsilon: 1e-8)
    } use: { _, scores in
        all += scores
    }
    return weightedChannelSum(activation, weights: softmax(all))
}

/// `exp(s_k) / sum of exp(s)`, without overflow for large scores.
private func softmax(_ scores: [Float]) -> [Float] {
    let highest = scores.max() ?? 0
    let powers = scores.map { exp($0 - highest) }
    let sum = powers.reduce(0, +)
    return powers.map { $0 / sum }
}
