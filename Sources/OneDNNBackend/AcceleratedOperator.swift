import Graphs

/// An operator that oneDNN has kernels for.
protocol AcceleratedOperator: Operator {
    /// Appends the node's operations, forward and backward.
    ///
    /// - Returns: Whether oneDNN could take it; otherwise nothing was appended that computes its value, and the reference kernel serves.
    func compile(node: Int, with compiler: Compiler) throws -> Bool
}

/// How convolutions are computed.
public enum ConvolutionAlgorithm: String, CaseIterable, Sendable {
    /// Winograd's minimal filtering (Lavin and Gray, arXiv:1509.09308) where the shape repays it, otherwise directly.
    case automatic
    /// Every product and sum as the definition has them.
    case direct
    /// Winograd's wherever it can be used at all; for measuring.
    case winograd
}
