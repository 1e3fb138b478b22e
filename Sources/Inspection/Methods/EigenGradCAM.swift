import Tensors

/// Eigen-Grad-CAM: Eigen-CAM (see ``eigenCAM(activation:)``) of `g A` instead of `A`, so that the map depends on the target.
///
/// pytorch-grad-cam's `EigenGradCAM`, after Muhammad and Yeasin (2020).
///
/// - Parameters:
///   - activation: `[channel, row, column]`.
///   - gradient: Of the target with respect to the activation; the same shape.
/// - Returns: `[row, column]`, raw; NaN everywhere when a product is not finite.
public func eigenGradCAM(activation: Tensor, gradient: Tensor) -> Tensor {
    let extents = LayerExtents(activation, gradient)
    var products = activation
    gradient.withElements { slopes in
        products.withMutableElements { values in
            Parallel.forEach(extents.channels) { channel, _ in
                for index in channel * extents.cells..<(channel + 1) * extents.cells { values[index] *= slopes[index] }
            }
        }
    }
    return eigenCAM(activation: products)
}
