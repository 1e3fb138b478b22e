import CDNNL
import Graphs

/// The backend that is fast: oneDNN's kernels, with values kept in the layouts that those like best from node to node.
///
/// What oneDNN has no kernel for is left to the operator's own reference kernel. oneDNN's ReLU and max pooling do not pass NaN on, as
/// the reference kernels do.
public struct OneDNNBackend: Backend {
    /// The name that users choose it by.
    public let name = "onednn"
    /// How convolutions are computed.
    public var algorithm: ConvolutionAlgorithm

    /// Kernels of our own; nil where all is left to oneDNN.
    package var kernelSet = KernelSet.best

    /// A backend; it holds nothing else.
    public init(algorithm: ConvolutionAlgorithm = .automatic) { self.algorithm = algorithm }

    /// oneDNN's release and the instruction set that it found.
    public var kernels: String {
        let version = dnnl_version().pointee
        return "oneDNN \(version.major).\(version.minor).\(version.patch) for \(Self.instructionSet), "
            + "\(algorithm.rawValue) convolutions"
    }

    private static var instructionSet: String {
        let isa = dnnl_get_effective_cpu_isa()
        // Each set holds the ones before it.
        let names: [(dnnl_cpu_isa_t, String)] = [
            (dnnl_cpu_isa_avx512_core_amx, "AMX"), (dnnl_cpu_isa_avx512_core, "AVX-512"), (dnnl_cpu_isa_avx2, "AVX2"),
            (dnnl_cpu_isa_avx, "AVX"), (dnnl_cpu_isa_sse41, "SSE4.1"),
        ]
        return names.first { isa.rawValue & $0.0.rawValue == $0.0.rawValue }?.1 ?? "any processor"
    }

    /// The name and the algorithm: Winograd's results differ from direct ones in the last bits.
    public var identity: String { "\(name), \(algorithm.rawValue)" }

    /// Plans a program; see ``Backend/compile(_:parameters:inputs:mode:taps:)``.
    public func compile(
        _ graph: Graph, parameters: ParameterStore, inputs: [String: [Int]], mode: ProgramMode, taps: Taps
    ) throws -> any Program {
        try OneDNNProgram(
            graph, parameters: parameters, inputs: inputs, mode: mode, taps: taps, algorithm: algorithm,
            kernelSet: kernelSet)
    }
}
