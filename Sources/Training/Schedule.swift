import Foundation

/// How the learning rate changes over a run.
public enum Schedule: Hashable, Sendable {
    /// It does not.
    case constant
    /// After each milestone, counted in finished epochs, it is multiplied by `factor`.
    case step(milestones: [Int], factor: Double)
    /// It falls along half a cosine over the whole run to `final` times its start (Loshchilov and Hutter, "SGDR").
    case cosine(final: Double)

    /// The name that experiments use.
    public var name: String {
        switch self {
        case .constant: "constant"
        case .step: "step"
        case .cosine: "cosine"
        }
    }

    /// Whether training longer changes the learning rate of epochs that are over.
    public var dependsOnLength: Bool { name == "cosine" }

    /// The part of the base learning rate that step `step` (from 0) takes.
    ///
    /// Warm-up multiplies any schedule by a ramp that reaches 1 with step `warmUpSteps - 1` (Goyal et al., "Accurate,
    /// Large Minibatch SGD"), so that the first steps of Adam, whose statistics know nothing yet, do no harm.
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

    /// What is wrong with the values, as sentences; empty when nothing is.
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
