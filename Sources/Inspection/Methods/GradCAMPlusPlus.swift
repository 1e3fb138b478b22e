import Tensors

/// Grad-CAM++: `L = sum over k of w_k A_k` with `w_k = sum over cells of alpha max(0, g)` and
/// `alpha = g² / (2 g² + (sum over cells of A_k) g³ + 1e-6)`.
///
/// Chattopadhay et al., "Grad-CAM++: Generalized Gradient-based Visual Explanations for Deep Convolutional Networks" (2018),
/// equations 7 and 19; the closed form holds for the exponential of the score, whose derivatives are powers of `g`.
///
/// - Parameters:
///   - activation: `[channel, row, column]`.
///   - gradient: Of the target with respect to the activation; the same shape.
/// - Returns: `[row, column]`, raw.
public func gradCAMPlusPlus(activation: Tensor, gradient: Tensor) -> Tensor {
    let weights = perChannel(activation, gradient) { values, slopes in
        let sum = laneSum(values.count) { values[$0] }
        return laneSum(slopes.count) { cell in
            let g = slopes[cell]
            // A gradient below zero is removed by the weight's rectification; at zero the numerator is zero.
            guard !(g <= 0) else { return 0 }
            let square = g * g
            return g * square / (2 * square + sum * square * g + 1e-6)
        }
    }
    return weightedChannelSum(activation, weights: weights)
}
