import Graphs
import OneDNNBackend

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

    /// The default: the fast one.
    public init() {}

    /// The backend itself.
    public var backend: any Backend {
        switch name {
        case .onednn: OneDNNBackend(algorithm: algorithm)
        case .reference: ReferenceBackend()
        }
    }
}
