import Graphs
import Tensors

/// A compute backend and its options, by the names that users know.
public struct BackendChoice: Hashable, Sendable {
    /// The names of the backends.
    public enum Name: String, CaseIterable, Sendable {
        /// Fast: oneDNN's kernels.
        case onednn
        /// The reference implementation: im2col and OpenBLAS, plain loops.
        case reference
    }

    /// The backend's name.
    public var name = Name.onednn
    /// The convolution algorithm of the oneDNN backend.
    public var algorithm = ConvolutionAlgorithm.automatic
    /// The precision of the oneDNN backend; the reference backend supports only float32.
    public var precision = PrecisionChoice.float32

    /// Creates the default choice, oneDNN.
    public init() {}

    /// The backend.
    public var backend: any Backend {
        switch name {
        case .onednn: OneDNNBackend(algorithm: algorithm, precision: precision)
        case .reference: ReferenceBackend()
        }
    }

    /// Returns the processor's peak in operations (multiplications and additions) per second, in the precision of a graph; nil if it is
    /// unknown.
    package func measuredPeak(of graph: Graph) throws -> Double? {
        guard let backend = backend as? OneDNNBackend else { return nil }
        return try backend.measuredPeak(backend.precision(of: graph))
    }

    /// Prepares the process for this choice, which may restart it with the same arguments; call this before anything that must
    /// not happen twice.
    ///
    /// The reference backend multiplies with OpenBLAS, which may have chosen the wrong kernels; oneDNN has its own.
    public func prepareProcess() {
        if name == .reference { OpenBLAS.restartWithBetterKernelsIfNeeded() }
    }

    /// The name of the convolution algorithm.
    package var algorithmName: String { name == .reference ? "im2col" : algorithm.rawValue }
}
