import Tensors

/// Group-CAM: `L = sum over groups of s_g M_g`, where `M_g` is Grad-CAM's map of a group of channels, denoised and used as a mask, and
/// `s_g` is how far showing just that part of the image raises the target above its value for a blurred image.
///
/// 1. Channels are weighted by their mean gradients and split, in order, into groups; a group's map is the rectified sum.
/// 2. Values not above the map's own 70th percentile become zero; the map is resized to the input and scaled to `0...1`.
/// 3. `s_g = y(M_g x + (1 - M_g) blur(x)) - y(blur(x))`, the blur a Gaussian of 51 x 51 pixels and sigma 50.
///
/// Zhang, Rao and Yang, "Group-CAM: Group Score-Weighted Visual Explanations for Deep Convolutional Networks" (2021), algorithm 1.
/// A group without spread is left out; when all are, the map is flat. Every group masks the unchanged image: an implementation for trackers
/// overwrites its image instead, and so shows later groups through the masks of earlier ones.
///
/// - Parameters:
///   - activation: `[channel, row, column]`.
///   - gradient: Of the target with respect to the activation; the same shape.
///   - input: `[3, row, column]`, normalized.
/// - score: The target; a probability in the paper.
/// - groups: The number of groups; capped at the number of channels.
///   - batchSize: Images scored at once; the last batch may be smaller.
/// - Returns: `[row, column]` of the input, raw.
/// - Throws: Whatever the scorer throws.
public func groupCAM(
    activation: Tensor, gradient: Tensor, input: Tensor, score: @escaping Score, groups: Int = 32, batchSize: Int = 16
) throws -> Tensor {
    precondition(groups > 0, "the number of groups, \(groups), is not positive")
    let shape = Array(input.shape.dropFirst())
    let masks = groupMaps(activation: activation, gradient: gradient, groups: groups)
    var map = Tensor(shape)
    guard !masks.isEmpty else { return map }
    let blurred = gaussianBlurred(input, size: 51, sigma: 50)
    let baseline = try Inspection.score(score, ofOne: blurred)
    let resize = MapResize(from: (activation.shape[1], activation.shape[2]), to: (shape[0], shape[1]))
    try MaskedScores(input: input, hidden: blurred, batchSize: batchSize, score: score).forEachBatch(of: masks.count) {
        index, mask in
        masks[index].withElements { resize.apply($0, into: mask) }
        minMaxScale(mask)
    } use: { masks, scores in
        map.add(weightedChannelSum(masks, weights: scores.map { $0 - baseline }))
    }
    return map
}

/// The denoised maps of the groups that have any spread, at the layer's own resolution.
private func groupMaps(activation: Tensor, gradient: Tensor, groups: Int) -> [Tensor] {
    let extents = LayerExtents(activation, gradient)
    let weights = meanGradients(activation, gradient)
    let groups = min(groups, extents.channels)
    return (0..<groups).compactMap { group in
        let members = group * extents.channels / groups..<(group + 1) * extents.channels / groups
        let inGroup = weights.indices.map { members.contains($0) ? weights[$0] : 0 }
        var map = rectified(weightedChannelSum(activation, weights: inGroup))
        let threshold = percentile(70, of: map)
        var hasSpread = false
        map.withMutableElements { map in
            for cell in map.indices {
                if !(map[cell] > threshold) { map[cell] = 0 }
            }
            hasSpread = map.contains { $0 != map[0] }
        }
        return hasSpread ? map : nil
    }
}
