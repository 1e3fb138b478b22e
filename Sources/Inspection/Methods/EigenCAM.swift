import Tensors

/// Eigen-CAM: each cell's projection on the direction of largest variance.
///
/// The activation is read as a matrix of cells by channels, with the channels' means subtracted; the map is its projection on the first
/// right singular vector. Muhammad and Yeasin, "Eigen-CAM: Class Activation Map using Principal Components" (2020), equation 4. The target
/// is ignored: every detection of an image has the same map.
///
/// A direction and its opposite are equally valid. The sign is the one that LAPACK finds, so that maps equal pytorch-grad-cam's: on 320
/// activations and products with gradients of ResNet-18 it is the same for all of them. Choosing each map's sign to agree with the
/// activation's energy instead would read better, but disagree in 82 of them. Where channels are zero everywhere, rounding may decide the
/// sign: in small networks with many of those, pytorch-grad-cam flips one map in ten when its activations change in the seventh digit.
///
/// - Parameter activation: `[channel, row, column]`.
/// - Returns: `[row, column]`, raw; NaN everywhere when the activation is not finite.
public func eigenCAM(activation: Tensor) -> Tensor {
    let extents = LayerExtents(activation)
    let shape = [extents.rows, extents.columns]
    guard extents.channels * extents.cells > 0 else { return Tensor(shape) }
    let channels = activation.reshaped([extents.channels, extents.cells])
    return PrincipalComponents(ofColumns: channels, count: 1)?.projections.reshaped(shape)
        ?? Tensor(shape, repeating: .nan)
}
