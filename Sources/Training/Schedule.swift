import Foundation

/// The learning rate schedule of a run.
public enum Schedule: Hashable, Sendable {
    /// The learning rate stays constant.
    case constant
    /// The learning rate is multiplied by `factor` after each milestone, counted in finished epochs.
    case step(milestones: [Int], factor: Double)
    /// The learning rate falls along half a cosine over the whole run to `final` times its initial value (Loshchilov and Hutter, "SGDR").
    case cosine(final: Double)

    /// Whether training longer changes the learning rate of epochs that are over.
    public var dependsOnLength: Bool { kind == .cosine }

    /// Returns the fraction of the base learning rate at step `step` (from 0).
    ///
    /// Warm-up multiplies any schedule by a ramp that reaches 1 at step `warmUpSteps - 1` (Goyal et al., "Accurate, Large Minibatch SGD"),
    /// so that Adam's first steps, with barely initialized statistics, do no harm.
    public func factor(step: Int, stepsPerEpoch: Int, epochs: Int, warmUpSteps: Int = 0) -> Double {
        let ramp = step < warmUpSteps ? Double(step + 1) / Double(warmUpSteps) : 1
        switch self {
        case .constant: return ramp
        case .step(let milestones, let factor):
            let epoch = step / max(1, stepsPerEpoch)
            return ramp * pow(factor, Double(milestones.count { $0 <= epoch }))
        case .cosine(let final):
            let progress = min(1, Double(step) / Double(max(1, stepsPerEpoch * epochs)))
            return ramp * (final + (1 - final) * (1 + cos(.pi * progress)) / 2)
        }
    }
}
