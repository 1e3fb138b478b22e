import Inference
import Tensors

/// A number that a network answers with, or a weighted sum of several: what an explanation explains, and where its backward
/// pass starts.
public struct Target: Hashable, Sendable {
    /// One element of an output, and its factor.
    public typealias Term = OutputElement

    /// What people call it.
    public let name: String
    /// What is summed.
    public let terms: [Term]

    /// A target from its parts.
    public init(_ name: String, _ terms: [Term]) {
        self.name = name
        self.terms = terms
    }
}

/// Asks a network about many inputs at once: for `[count, 3, row, column]` the target's value for each.
public typealias Score = (_ inputs: Tensor) throws -> [Float]

/// Asks for the gradient of the target with respect to each of many inputs: both are `[count, 3, row, column]`.
public typealias InputGradients = (_ inputs: Tensor) throws -> Tensor
