import Graphs
import OneDNNBackend
import Tensors

/// The backends by the names that users know.
public struct BackendChoice: Hashable, Sendable {
    /// Which one.
    public enum Name: String, CaseIterable, Sendable {
        /// Fast: oneDNN's kernels.
        case onednn
        /// The definition: im2col and OpenBLAS, plain loops.
        case reference
    }

    /// Which one.
    public var name = Name.onednn
    /// How the fast one computes convolutions.
    public var algorithm = ConvolutionAlgorithm.automatic
    /// What numbers the fast one computes with; the reference backend has float32 alone.
    public var precision = PrecisionChoice.float32

    /// The default: the fast one.
    public init() {}

    /// The backend itself.
    public var backend: any Backend {
        switch name {
        case .onednn: OneDNNBackend(algorithm: algorithm, precision: precision)
        case .reference: ReferenceBackend()
        }
    }

    /// How many products and sums a second the processor can do at most in the precision that a graph gets; nil where nobody knows.
    func measuredPeak(of graph: Graph) throws -> Double? {
        guard let backend = backend as? OneDNNBackend else { return nil }
        return try backend.measuredPeak(backend.precision(of: graph))
    }

    /// Makes the program fit for this choice, which may mean to start it anew with the same arguments; to be called before it
    /// has done anything that must not happen twice.
    ///
    /// The reference backend multiplies by OpenBLAS, which may have chosen the wrong kernels. The fast one has its own.
    public func prepareProcess() {
        if name == .reference { OpenBLAS.restartWithBetterKernelsIfNeeded() }
    }

    /// How convolutions are computed.
    var algorithmName: String { name == .reference ? "im2col" : algorithm.rawValue }
}
