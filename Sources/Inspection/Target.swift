import Inference
import Tensors

/// A network output, or a weighted sum of several: the quantity that is explained, and where its backward pass starts.
public struct Target: Hashable, Sendable {
    /// One element of an output, and its weight.
    public typealias Term = OutputElement

    /// The name shown to users.
    public let name: String
    /// The terms of the sum.
    public let terms: [Term]

    /// Creates a target from its terms.
    public init(_ name: String, _ terms: [Term]) {
        self.name = name
        self.terms = terms
    }
}

/// Evaluates a network on a batch of inputs: returns the target's value for each of `[count, 3, row, column]`.
public typealias Score = (_ inputs: Tensor) throws -> [Float]

/// Returns the gradient of the target with respect to each of a batch of inputs: both are `[count, 3, row, column]`.
public typealias InputGradients = (_ inputs: Tensor) throws -> Tensor
