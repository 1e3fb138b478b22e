import Tensors

/// A layer that adds a bias to its input, as used by ``fullGradient(input:inputGradient:layers:)``.
public struct BiasedLayer: Sendable {
    /// The bias, one number per channel: a convolution's bias; for a normalization `shift - mean * scale / deviation`.
    public let bias: [Float]
    /// The target's gradient with respect to its output, `[channel, row, column]`.
    public let gradient: Tensor

    /// Creates a layer from its bias and gradient.
    public init(bias: [Float], gradient: Tensor) {
        precondition(
            gradient.shape.count == 3 && gradient.shape[0] == bias.count,
            "\(bias.count) biases for a gradient of \(gradient.shape)")
        self.bias = bias
        self.gradient = gradient
    }
}

/// FullGrad: `N(|x * dy/dx|) + sum over layers and channels of N(|b * dy/dout|)`, where `N` scales to `0...1` and resizes to the input.
///
/// Srinivas and Fleuret, "Full-Gradient Representation for Neural Network Visualization" (2019), equation 5: in a network of
/// piecewise linear layers, the score is exactly the sum of what input and biases contribute along their gradients. All layers are used.
///
/// - Parameters:
///   - input: `[3, row, column]`, normalized.
///   - inputGradient: The target's gradient with respect to it.
///   - layers: Every layer with a bias.
/// - Returns: `[row, column]` of the input; never negative.
public func fullGradient(input: Tensor, inputGradient: Tensor, layers: [BiasedLayer]) -> Tensor {
    let extents = LayerExtents(input, inputGradient)
    var map = input.withElements { input in
        scaledChannelSum(inputGradient) { channel, cell, gradient in input[channel * extents.cells + cell] * gradient }
    }
    for layer in layers where layer.gradient.count > 0 {
        // Resizing is linear, so the channels can be summed first.
        let sum = scaledChannelSum(layer.gradient) { channel, _, gradient in layer.bias[channel] * gradient }
        map.add(resized(sum, rows: extents.rows, columns: extents.columns))
    }
    return map
}

/// The sum of the channels' magnitudes, each scaled to `0...1`.
@inline(__always)
private func scaledChannelSum(
    _ gradient: Tensor, _ product: (_ channel: Int, _ cell: Int, _ gradient: Float) -> Float
) -> Tensor {
    let extents = LayerExtents(gradient)
    var scaled = Tensor(uninitialized: gradient.shape)
    gradient.withElements { gradient in
        scaled.withMutableElements { scaled in
            Parallel.forEach(extents.channels) { channel, _ in
                let start = channel * extents.cells
                let plane = UnsafeMutableBufferPointer(rebasing: scaled[start..<start + extents.cells])
                for cell in plane.indices { plane[cell] = abs(product(channel, cell, gradient[start + cell])) }
                minMaxScale(plane)
            }
        }
    }
    return weightedChannelSum(scaled, weights: [Float](repeating: 1, count: extents.channels))
}
