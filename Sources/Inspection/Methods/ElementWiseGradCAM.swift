import Tensors

/// Element-wise Grad-CAM: `L = sum over k of max(0, g_k A_k)`, cell by cell.
///
/// HiResCAM's products (Draelos and Carin, 2020), each rectified before they are summed, so that evidence against the target cannot hide
/// evidence for it; pytorch-grad-cam's `GradCAMElementWise`.
///
/// - Parameters:
///   - activation: `[channel, row, column]`.
///   - gradient: Of the target with respect to the activation; the same shape.
/// - Returns: `[row, column]`, raw; never negative.
public func elementWiseGradCAM(activation: Tensor, gradient: Tensor) -> Tensor {
    channelSum(activation, gradient) { a, g in
        let product = a * g
        return product < 0 ? 0 : product
    }
}
