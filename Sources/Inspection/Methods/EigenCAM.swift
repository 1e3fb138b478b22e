import Tensors

/// Eigen-CAM: each cell's place along the direction in which the cells differ most.
///
/// The activation is read as a matrix of cells by channels, the channels' means taken away; the map is its projection on the first
/// right singular vector. Muhammad and Yeasin, "Eigen-CAM: Class Activation Map using Principal Components" (2020), equation 4.
/// It knows no target: every detection of an image has the same map.
///
/// A direction and its opposite are equally good. The sign is the one that LAPACK finds, so that maps equal pytorch-grad-cam's: on 320
/// activations and products with gradients of ResNet-18 it is the same in every one. Turning each map to go with the activation's energy
/// instead would read better, but disagree in 82 of them. Where channels are zero everywhere, rounding may decide the sign: in small
/// networks with many of those, pytorch-grad-cam turns one map in ten round when its activations change in the seventh digit.
///
/// - Parameter activation: `[channel, row, column]`.
/// - Returns: `[row, column]`, raw; not-a-number everywhere when the activation holds what is not finite.
public func eigenCAM(activation: Tensor) -> Tensor {
    let extents = LayerExtents(activation)
    let shape = [extents.rows, extents.columns]
    guard extents.channels * extents.cells > 0 else { return Tensor(shape) }
    let channels = activation.reshaped([extents.channels, extents.cells])
    return PrincipalComponents(ofColumns: channels, count: 1)?.projections.reshaped(shape)
        ?? Tensor(shape, repeating: .nan)
}
