import Tensors

/// The input gradient: at each pixel, the largest magnitude over channels of the target's gradient with respect to the input.
///
/// Simonyan, Vedaldi and Zisserman, "Deep Inside Convolutional Networks: Visualising Image Classification Models and Saliency
/// Maps" (2014), section 3.1.
///
/// - Parameter gradient: `[3, row, column]`.
/// - Returns: `[row, column]`; never negative.
public func inputGradientMap(gradient: Tensor) -> Tensor {
    let extents = LayerExtents(gradient)
    var map = Tensor([extents.rows, extents.columns])
    gradient.withElements { gradient in
        map.withMutableElements { map in
            for channel in 0..<extents.channels {
                let plane = gradient.plane(channel, of: extents.cells)
                for cell in map.indices {
                    let magnitude = abs(plane[cell])
                    map[cell] = magnitude <= map[cell] ? map[cell] : magnitude
                }
            }
        }
    }
    return map
}
