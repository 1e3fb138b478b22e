import Foundation

/// The learning rate schedule of a run.
public enum Schedule: Hashable, Sendable {
    /// The learning rate stays constant.
    case constant
    /// The learning rate is multiplied by `factor` after each milestone, counted in finished epochs of those that were asked for;
    /// a run that a budget of time makes shorter has its milestones after the same shares of its length.
    case step(milestones: [Int], factor: Double)
    /// The learning rate falls along half a cosine over the whole run to `final` times its initial value (Loshchilov and Hutter, "SGDR").
    case cosine(final: Double)

    /// Whether training longer changes the learning rate of epochs that are over.
    public var dependsOnLength: Bool { kind == .cosine }

    /// Returns the fraction of the base learning rate at step `step` (from 0).
    ///
    /// Warm-up multiplies any schedule by a ramp that reaches 1 at step `warmUpSteps - 1` (Goyal et al., "Accurate, Large Minibatch SGD"),
    /// so that Adam's first steps, with barely initialized statistics, do no harm.
    ///
    /// - Parameters:
    ///   - epochs: The epochs that were asked for.
    ///   - steps: The steps of the run; nil for those of all epochs.
    public func factor(step: Int, stepsPerEpoch: Int, epochs: Int, steps: Int? = nil, warmUpSteps: Int = 0) -> Double {
        let ramp = step < warmUpSteps ? Double(step + 1) / Double(warmUpSteps) : 1
        let length = Double(steps ?? max(1, stepsPerEpoch) * epochs)
        switch self {
        case .constant: return ramp
        case .step(let milestones, let factor):
            // Exact in whole numbers.
            let place = Double(step) * Double(epochs)
            return ramp * pow(factor, Double(milestones.count { Double($0) * length <= place }))
        case .cosine(let final):
            let progress = min(1, Double(step) / max(1, length))
            return ramp * (final + (1 - final) * (1 + cos(.pi * progress)) / 2)
        }
    }
}
