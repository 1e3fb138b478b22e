import Tensors

/// LayerCAM: `L = sum over k of max(0, g_k) A_k`, cell by cell.
///
/// Jiang et al., "LayerCAM: Exploring Hierarchical Class Activation Maps for Localization" (2021), equations 5 to 7. Also suits early
/// layers, whose gradients differ much from cell to cell.
///
/// - Parameters:
///   - activation: `[channel, row, column]`.
///   - gradient: Of the target with respect to the activation; the same shape.
/// - Returns: `[row, column]`, raw.
public func layerCAM(activation: Tensor, gradient: Tensor) -> Tensor {
    channelSum(activation, gradient) { ($1 < 0 ? 0 : $1) * $0 }
}
