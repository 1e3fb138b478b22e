import Tensors

/// HiResCAM: `L = sum over k of g_k A_k`, cell by cell.
///
/// Draelos and Carin, "Use HiResCAM instead of Grad-CAM for faithful explanations of convolutional neural networks" (2020),
/// equation 4. If everything after the layer is linear, the map's cells add up to the score (less its bias).
///
/// - Parameters:
///   - activation: `[channel, row, column]`.
///   - gradient: Of the target with respect to the activation; the same shape.
/// - Returns: `[row, column]`, raw.
public func hiResCAM(activation: Tensor, gradient: Tensor) -> Tensor {
    channelSum(activation, gradient) { $0 * $1 }
}
