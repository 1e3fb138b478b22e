import Foundation
import HeatmapTargets

/// The focal loss of one heatmap cell ("Objects as Points", Zhou et al., 2019, equation 1), on the logit `x`:
///
///     p = clamp(sigmoid(x), clamp, 1 - clamp)
///     loss = -(1 - p)^alpha log(p)                     where the target is 1
///            -(1 - target)^beta p^alpha log(1 - p)     where the target is less
///
/// and 0 where the target is ``DetectionTargets/ignoredTarget``. It is computed in float32, so that values agree with PyTorch's to the last
/// digits even at the clamp.
public struct FocalLoss: Hashable, Sendable {
    /// The exponent that reduces the loss of cells with good predictions.
    public var alpha: Int
    /// The exponent that reduces the loss of cells near a peak.
    public var beta: Int
    /// The minimum distance of probabilities from 0 and 1.
    public var clamp: Float

    /// Creates a focal loss, by default with CenterNet's constants.
    public init(alpha: Int = 2, beta: Int = 4, clamp: Float = 1e-4) {
        precondition(alpha >= 0 && beta >= 0, "the exponents \(alpha) and \(beta) cannot be negative")
        precondition(clamp > 0 && clamp < 0.5, "the clamp is \(clamp), but must be between 0 and 0.5")
        self.alpha = alpha
        self.beta = beta
        self.clamp = clamp
    }

    /// The loss of a peak whose predicted probability is zero: 9.2085 with CenterNet's constants. A loss per peak that stays at this value
    /// means that the heatmap has collapsed to zero.
    public var lossOfMissedPeak: Double {
        -power(1 - Double(clamp), alpha) * log(Double(clamp))
    }

    /// Returns the loss of one cell and its derivative with respect to the logit, which is zero where the clamp applies.
    func cell(logit: Float, target: Float) -> (loss: Float, gradient: Float, isMissedPeak: Bool) {
        if target == DetectionTargets.ignoredTarget { return (0, 0, false) }
        let probability = 1 / (1 + exp(-logit))
        // Comparisons in this order pass NaN through, so that it reaches the sum and is detected there.
        let p = probability < clamp ? clamp : probability > 1 - clamp ? 1 - clamp : probability
        let q = 1 - p
        let moves = probability >= clamp && probability <= 1 - clamp
        if target == 1 {
            let weight = power(q, alpha)
            let logP = log(p)
            let gradient = moves ? weight * (Float(alpha) * p * logP - q) : 0
            return (-weight * logP, gradient, probability <= clamp)
        }
        let weight = power(1 - target, beta) * power(p, alpha)
        let logQ = log(q)
        let gradient = moves ? weight * (p - Float(alpha) * q * logQ) : 0
        return (-weight * logQ, gradient, false)
    }
}

@inline(__always)
private func power<Number: FloatingPoint>(_ base: Number, _ exponent: Int) -> Number {
    switch exponent {
    case 2: return base * base
    case 4:
        let square = base * base
        return square * square
    default:
        var result: Number = 1
        for _ in 0..<exponent { result *= base }
        return result
    }
}
