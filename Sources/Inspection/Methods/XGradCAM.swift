import Tensors

/// XGrad-CAM: `L = sum over k of w_k A_k` with `w_k = (sum over cells of g A_k) / (sum over cells of A_k + 1e-7)`.
///
/// Fu et al., "Axiom-based Grad-CAM: Towards Accurate Visualization and Explanation of CNNs" (2020), equation 7: the weights that best
/// approximate a map whose parts add up to the score and vanish when their channel is removed.
///
/// - Parameters:
///   - activation: `[channel, row, column]`.
///   - gradient: Of the target with respect to the activation; the same shape.
/// - Returns: `[row, column]`, raw.
public func xGradCAM(activation: Tensor, gradient: Tensor) -> Tensor {
    let weights = perChannel(activation, gradient) { values, slopes in
        let products = laneSum(values.count) { values[$0] * slopes[$0] }
        return products / (laneSum(values.count) { values[$0] } + 1e-7)
    }
    return weightedChannelSum(activation, weights: weights)
}
