import Tensors

/// Grad-CAM: `L = sum over k of w_k A_k`, where `w_k` is the mean of the gradient over the channel's cells.
///
/// Selvaraju et al., "Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization" (2017), equations 1
/// and 2. Averaging discards where the gradient is: for the peak of a heatmap, which depends on few cells, use HiResCAM and LayerCAM, which
/// keep it.
///
/// - Parameters:
///   - activation: `[channel, row, column]`.
///   - gradient: Of the target with respect to the activation; the same shape.
/// - Returns: `[row, column]`, raw.
public func gradCAM(activation: Tensor, gradient: Tensor) -> Tensor {
    weightedChannelSum(activation, weights: meanGradients(activation, gradient))
}

/// The mean of each channel's gradient.
func meanGradients(_ activation: Tensor, _ gradient: Tensor) -> [Float] {
    perChannel(activation, gradient) { _, slopes in
        laneSum(slopes.count) { slopes[$0] } / Float(slopes.count)
    }
}
