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
}
