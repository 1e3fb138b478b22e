import Graphs

/// An operator that oneDNN has kernels for.
protocol AcceleratedOperator: Operator {
    /// Appends the node's operations, forward and backward.
    ///
    /// - Returns: Whether oneDNN supports the node; otherwise nothing was appended that computes its value, and the reference kernel is
    ///   used.
    func compile(node: Int, with compiler: Compiler) throws -> Bool
}

/// How convolutions are computed.
public enum ConvolutionAlgorithm: String, CaseIterable, Sendable {
    /// Winograd's minimal filtering (Lavin and Gray, arXiv:1509.09308) where it is faster for the shape, otherwise direct.
    case automatic
    /// Every product and sum of the definition.
    case direct
    /// Winograd's wherever it is applicable at all; for benchmarks.
    case winograd
}
