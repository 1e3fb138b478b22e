import CDNNL
import Graphs

/// The fast backend: oneDNN's kernels, with values kept in the layouts that these prefer from node to node.
///
/// Operations that oneDNN has no kernel for use the operator's reference kernel. Unlike the reference kernels, oneDNN's ReLU and max
/// pooling do not propagate NaN; nor do values stored as bytes.
public struct OneDNNBackend: Backend {
    /// The name by which users select the backend.
    public let name = "onednn"
    /// How convolutions are computed.
    public var algorithm: ConvolutionAlgorithm

    /// The precision that programs compute in.
    public var precision: PrecisionChoice

    /// Our own kernels; nil if everything is left to oneDNN.
    package var kernelSet = KernelSet.best

    /// Creates a backend, which has no other state.
    public init(algorithm: ConvolutionAlgorithm = .automatic, precision: PrecisionChoice = .float32) {
        self.algorithm = algorithm
        self.precision = precision
    }

    /// Whether programs can compute in bfloat16: whether both the processor and the kernels support it.
    package var computesBFloat16: Bool {
        Self.computesBFloat16 && kernelSet.map { $0.bfloat16(coarse: false) != nil } ?? true
    }

    /// Whether the processor multiplies bfloat16 natively.
    public static let computesBFloat16 =
        uses(dnnl_cpu_isa_avx512_core_bf16) && KernelSet.best?.bfloat16(coarse: false) != nil

    /// The peak number of multiplications and additions per second of this processor on all threads, as measured by our own kernels; nil if
    /// there are none.
    public func measuredPeak(_ precision: Precision) -> Double? {
        guard let kernelSet else { return nil }
        return (precision == .float32 ? kernelSet : kernelSet.bfloat16(coarse: true) ?? kernelSet).measuredPeak()
    }

    /// Whether oneDNN uses an instruction set and those that it includes.
    static func uses(_ isa: dnnl_cpu_isa_t) -> Bool {
        dnnl_get_effective_cpu_isa().rawValue & isa.rawValue == isa.rawValue
    }

    /// oneDNN's version and the instruction set that it detected.
    public var kernels: String {
        let version = dnnl_version().pointee
        // Without our own kernels, all convolutions are direct.
        let convolutions = kernelSet == nil ? ConvolutionAlgorithm.direct : algorithm
        return "oneDNN \(version.major).\(version.minor).\(version.patch) for \(Self.instructionSet), "
            + "\(convolutions.rawValue) convolutions, \(precision.rawValue)"
    }

    private static var instructionSet: String {
        // Each set includes those after it.
        let names: [(dnnl_cpu_isa_t, String)] = [
            (dnnl_cpu_isa_avx512_core_amx, "AMX"), (dnnl_cpu_isa_avx512_core, "AVX-512"), (dnnl_cpu_isa_avx2, "AVX2"),
            (dnnl_cpu_isa_avx, "AVX"), (dnnl_cpu_isa_sse41, "SSE4.1"),
        ]
        return names.first { uses($0.0) }?.1 ?? "any processor"
    }

    /// The name, the algorithm (Winograd's results differ from direct ones in the last bits) and the precision.
    public var identity: String {
        // The automatic choice differs between processors.
        let precision =
            switch precision {
            case .automatic: computesBFloat16 ? Precision.bfloat16.rawValue : Precision.float32.rawValue
            case .int8: precision.rawValue + (computesBFloat16 ? ", \(Precision.bfloat16.rawValue)" : "")
            case .float32, .bfloat16: precision.rawValue
            }
        return "\(name), \(algorithm.rawValue), \(precision)"
    }

    /// Plans a program; see ``Backend/compile(_:parameters:inputs:mode:taps:)``.
    public func compile(
        _ graph: Graph, parameters: ParameterStore, inputs: [String: [Int]], mode: ProgramMode, taps: Taps
    ) throws -> any Program {
        try OneDNNProgram(
            graph, parameters: parameters, inputs: inputs, mode: mode, taps: taps, algorithm: algorithm,
            precision: precision(of: graph), kernelSet: kernelSet, computesBFloat16: computesBFloat16)
    }
}
