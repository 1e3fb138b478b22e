/// How gradients become steps.
public struct OptimizerConfiguration: Hashable, Sendable {
    /// The rule that turns a gradient into a step.
    public enum Kind: String, CaseIterable, Sendable {
        /// Kingma and Ba, "Adam: A Method for Stochastic Optimization"; weight decay joins the gradient.
        case adam
        /// Loshchilov and Hutter, "Decoupled Weight Decay Regularization".
        case adamW
        /// Stochastic gradient descent with momentum, as PyTorch defines it.
        case sgd
    }

    /// The rule.
    public var kind = Kind.adam
    /// Adam's decay of the gradient's running mean.
    public var beta1 = 0.9
    /// Adam's decay of the squared gradient's running mean.
    public var beta2 = 0.999
    /// Adam's addition to the denominator.
    public var epsilon = 1e-8
    /// How much of the last step SGD keeps.
    public var momentum = 0.9
    /// Whether SGD looks ahead by Nesterov's rule.
    public var nesterov = false
    /// The pull of weights towards zero; biases and the scales of normalizations are left alone.
    public var weightDecay = 0.0

    /// A rule with its authors' values.
    public init(_ kind: Kind = .adam, weightDecay: Double = 0) {
        self.kind = kind
        self.weightDecay = weightDecay
    }

    /// What is wrong with the values, as sentences; empty when nothing is.
    public var problems: [String] {
        var rules = RangeRules(section: "training.optimizer")
        rules.require("beta1", beta1, in: 0...0.999999)
        rules.require("beta2", beta2, in: 0...0.999999)
        rules.requirePositive("epsilon", epsilon)
        rules.require("momentum", momentum, in: 0...0.999999)
        rules.require("weightDecay", weightDecay, in: 0...10)
        if nesterov && momentum == 0 { rules.add("training.optimizer.nesterov needs a momentum above 0") }
        return rules.problems
    }
}
