/// The optimizer and its constants.
public struct OptimizerConfiguration: Hashable, Sendable {
    /// The algorithm that updates the weights.
    public enum Kind: String, CaseIterable, Sendable {
        /// Kingma and Ba, "Adam: A Method for Stochastic Optimization"; weight decay is added to the gradient.
        case adam
        /// Loshchilov and Hutter, "Decoupled Weight Decay Regularization".
        case adamW
        /// Stochastic gradient descent with momentum, as PyTorch defines it.
        case sgd
    }

    /// The algorithm that updates the weights.
    public var kind = Kind.adam
    /// Adam and AdamW: decay rate of the running mean of the gradient.
    public var beta1 = 0.9
    /// Adam and AdamW: decay rate of the running mean of the squared gradient.
    public var beta2 = 0.999
    /// Adam and AdamW: constant added to the denominator.
    public var epsilon = 1e-8
    /// SGD: momentum.
    public var momentum = 0.9
    /// SGD: whether to use Nesterov momentum.
    public var nesterov = false
    /// Weight decay; biases and the scales of normalization layers are not decayed.
    public var weightDecay = 0.0

    /// Creates a configuration with the constants that the algorithm's authors recommend.
    public init(_ kind: Kind = .adam, weightDecay: Double = 0) {
        self.kind = kind
        self.weightDecay = weightDecay
    }

    /// A sentence for each value that is out of range; empty when all are valid.
    public var problems: [String] {
        var rules = RangeRules(section: "training.optimizer")
        rules.require("beta1", beta1, in: 0...0.999999)
        rules.require("beta2", beta2, in: 0...0.999999)
        rules.requirePositive("epsilon", epsilon)
        rules.require("momentum", momentum, in: 0...0.999999)
        rules.require("weightDecay", weightDecay, in: 0...10)
        if nesterov && momentum == 0 { rules.add("training.optimizer.nesterov requires a momentum above 0") }
        return rules.problems
    }
}
