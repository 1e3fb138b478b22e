import Foundation

/// The learning rate schedule of a run.
public enum Schedule: Hashable, Sendable {
    /// The learning rate stays constant.
    case constant
    /// The learning rate is multiplied by `factor` after each milestone, counted in finished epochs.
    case step(milestones: [Int], factor: Double)
    /// The learning rate falls along half a cosine over the whole run to `final` times its initial value (Loshchilov and Hutter, "SGDR").
    case cosine(final: Double)

    /// The schedule's name in experiment files.
    public var name: String {
        switch self {
        case .constant: "constant"
        case .step: "step"
        case .cosine: "cosine"
        }
    }

    /// Whether the number of epochs affects the learning rate of earlier epochs.
    public var dependsOnLength: Bool { name == "cosine" }

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

    /// A sentence for each value that is out of range; empty when all are valid.
    public var problems: [String] {
        var rules = RangeRules(section: "training.schedule")
        switch self {
        case .constant: break
        case .step(let milestones, let factor):
            rules.require("factor", factor, in: 0...1)
            for milestone in milestones { rules.require("milestones", Double(milestone), in: 1...1e6) }
        case .cosine(let final): rules.require("final", final, in: 0...1)
        }
        return rules.problems
    }
}
