import Tensors

/// CAM: `L = sum over k of w_k A_k`, where `w` are the weights of a linear head after global average pooling.
///
/// The score is the mean of `L` over all cells, plus the head's bias, so the map decomposes the score exactly. For a head of 1x1
/// convolutions, `L` at a cell is that cell's score less the bias. Zhou et al., "Learning Deep Features for Discriminative Localization"
/// (2016), equation 2.
///
/// - Parameters:
///   - activation: `[channel, row, column]` of the layer that is pooled.
/// - weights: One per channel: the row of the head's matrix that computes the class's score.
/// - Returns: `[row, column]`, raw.
public func classActivationMap(activation: Tensor, weights: [Float]) -> Tensor {
    weightedChannelSum(activation, weights: weights)
}
