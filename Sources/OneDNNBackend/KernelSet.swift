import CDNNL
import Synchronization
import Tensors
import VectorKernels

/// Our own kernels, built for one kind of processor.
///
/// They are used for convolutions where they are faster than oneDNN's, whose own Winograd kernels exist only in some of its releases, and
/// for batch normalization in training, in which oneDNN's threads spin while they wait for each other.
package struct KernelSet: @unchecked Sendable, CustomStringConvertible {
    /// Filterings of forward passes, the most precise first, and the filtering of gradients.
    private(set) var filterings: [WinogradFiltering]
    let gradientFiltering: WinogradFiltering
    let normalization: normalization_kernel_set
    /// Deformable convolutions; their products are in bfloat16 if the maps are.
    let sampled: sampled_kernel_set
    private let roundFloats, roundHalves: Round?
    /// Rounds `count` numbers to the values that 8-bit integers represent.
    typealias Round =
        @convention(c) (
            UnsafePointer<vector_rounding>?, UnsafeRawPointer?, UnsafeMutableRawPointer?, Int
        ) -> Void
    /// Convolutions of bytes, and conversions between bytes and this set's type; and the same for floats, whatever this set's type.
    let integer, integerOfFloats: integer_kernel_set
    /// Products of bytes per cycle of a core.
    let integerRate: Double
    /// How many channels are adjacent in the maps that the kernels work on.
    package let lanes: Int
    /// The type of the elements of these maps.
    let cellType: dnnl_data_type_t
    /// The instruction set.
    package let description: String
    /// The same for maps of bfloat16: see ``bfloat16(coarse:)``.
    private var halves: [KernelSet]

    /// All sets that this processor can run, the fastest first; the last one runs on any processor, and serves for comparison.
    ///
    /// Instruction sets that oneDNN was told not to use (`DNNL_MAX_CPU_ISA`) are left out.
    package static let all: [KernelSet] = {
        var sets: [KernelSet] = []
        guard var next = vector_kernel_sets() else { return [] }
        while let set = next.pointee?.pointee {
            let needed =
                set.winograd_bfloat16 != nil
                ? dnnl_cpu_isa_avx512_core_bf16
                : set.multiplies_bytes != 0 ? dnnl_cpu_isa_avx512_core_vnni : dnnl_cpu_isa_avx512_core
            if set.lanes < 16 || OneDNNBackend.uses(needed) { sets.append(KernelSet(set)) }
            next += 1
        }
        return sets
    }()

    /// The set that runs on any processor.
    static let plain = all[all.count - 1]

    /// The fastest set; nil if none uses vector registers.
    package static let best: KernelSet? = all.count > 1 ? all[0] : nil

    private init(_ set: vector_kernel_set) {
        gradientFiltering = WinogradFiltering(kernels: set.winograd.pointee, valueSize: 4)
        filterings = [gradientFiltering]
        normalization = set.normalization.pointee
        sampled = set.sampled.pointee
        (roundFloats, roundHalves) = (set.round, set.round_bfloat16)
        integer = set.integer.pointee
        integerOfFloats = integer
        integerRate = Self.integerRate(set)
        lanes = set.lanes
        cellType = dnnl_f32
        description = String(cString: set.name)
        halves = [false, true].compactMap { KernelSet(bfloat16: set, multipliesBFloat16: $0) }
    }

    private init?(bfloat16 set: vector_kernel_set, multipliesBFloat16: Bool) {
        guard let maps = set.winograd_bfloat16_maps, let products = set.winograd_bfloat16,
            let fine = set.winograd_bfloat16_fine, let normalization = set.normalization_bfloat16,
            let sampled = set.sampled_bfloat16,
            let integer = set.integer_bfloat16
        else { return nil }
        gradientFiltering = WinogradFiltering(kernels: products.pointee, valueSize: 2)
        filterings =
            multipliesBFloat16
            ? [gradientFiltering]
            : [
                WinogradFiltering(kernels: maps.pointee, valueSize: 4),
                WinogradFiltering(kernels: fine.pointee, valueSize: 2),
            ]
        self.normalization = normalization.pointee
        self.sampled = sampled.pointee
        self.integer = integer.pointee
        integerOfFloats = set.integer.pointee
        integerRate = Self.integerRate(set)
        (roundFloats, roundHalves) = (set.round, set.round_bfloat16)
        lanes = set.lanes
        cellType = dnnl_bf16
        description = String(cString: set.name) + " bfloat16"
        halves = []
    }

    /// Kernels for maps of bfloat16; nil if the processor does not support bfloat16.
    ///
    /// With factors in bfloat16, the transforms of F(4x4, 3x3) cause an error of 1 % of a convolution's result, six times as much as
    /// rounding the maps, those of F(2x2, 3x3) 0.3 %. Gradients, which are sums over many noisy cells anyway, are computed with the former
    /// nevertheless, which is twice as fast as in float32; results with the latter, or in float32, unless they are no more precise than
    /// that in the first place.
    ///
    /// - Parameter coarse: Whether results are no more precise than that: 8-bit integers.
    package func bfloat16(coarse: Bool) -> KernelSet? { halves.isEmpty ? nil : halves[coarse ? 1 : 0] }

    /// Bytes per element of these maps.
    var cellSize: Int { cellType == dnnl_bf16 ? 2 : 4 }

    /// The same set with results computed by tiles of one size only, if there are such filterings: to test each of them.
    package func filtering(byTilesOf tile: Int) -> KernelSet {
        var set = self
        let chosen = filterings.filter { $0.tile == tile }
        if !chosen.isEmpty { set.filterings = chosen }
        set.halves = halves.map { $0.filtering(byTilesOf: tile) }
        return set
    }

    /// The filterings for a convolution's pass, the most precise first.
    func filterings(_ direction: ConvolutionDirection) -> [WinogradFiltering] {
        direction == .forward ? filterings : [gradientFiltering]
    }

    /// The function that rounds numbers of a type, and the bytes per number.
    func rounding(of type: dnnl_data_type_t) -> (round: Round, size: Int) {
        guard let round = type == dnnl_bf16 ? roundHalves : roundFloats else {
            preconditionFailure("no kernel rounds numbers of this type")
        }
        return (round, type == dnnl_bf16 ? 2 : 4)
    }

    /// As measured with AVX2, where a product of pairs and its sum are two instructions; if the processor multiplies bytes directly, nine
    /// tenths of the theoretical peak.
    private static func integerRate(_ set: vector_kernel_set) -> Double {
        set.multiplies_bytes != 0 ? 58 : set.lanes == 16 ? 28 : 23
    }

    /// The peak number of multiplications and additions per second of all threads together, in the type in which our kernels compute
    /// gradients of convolutions, which is the fastest.
    func measuredPeak() -> Double {
        let (kernels, workers) = (gradientFiltering.kernels, Parallel.workerCount)
        var best = 0.0
        for _ in 0..<7 {
            let counts = FloatBuffer(count: workers * 64)
            let numbers = counts.pointer
            let began = ContinuousClock.now
            let done = Atomic<Int>(0)
            Parallel.forEach(workers) { item, _ in
                guard let start = numbers.baseAddress else { return }
                done.add(kernels.multiply(1 << 18, start + item * 64), ordering: .relaxed)
            }
            let seconds = (ContinuousClock.now - began) / .seconds(1)
            withExtendedLifetime(counts) {}
            best = max(best, Double(done.load(ordering: .relaxed)) / seconds)
        }
        return best
    }

    /// The layout of maps `[image, channel, row, column]` that the kernels work on.
    func layout(_ shape: [Int]) throws(OneDNNError) -> Layout { try layout(shape, type: cellType) }

    /// The same for maps of bytes.
    func byteLayout(_ shape: [Int]) throws(OneDNNError) -> Layout { try layout(shape, type: dnnl_u8) }

    func layout(_ shape: [Int], type: dnnl_data_type_t) throws(OneDNNError) -> Layout {
        try Layout(shape, lanes == 16 ? dnnl_aBcd16b : dnnl_aBcd8b, type: type)
    }
}

/// One of Winograd's minimal filterings: F(m x m, 3x3) computes m x m results from (m + 2) x (m + 2) products of transformed numbers.
struct WinogradFiltering {
    let kernels: winograd_kernel_set
    /// Bytes per factor: per transformed cell or kernel element.
    let valueSize: Int

    /// Rows and columns of results per tile, and of transformed numbers.
    var tile: Int { kernels.tile }
    var side: Int { kernels.tile + 2 }
}

/// Runs a part of a pass, item by item, on all threads.
func forEachItem<Pass>(
    _ count: Int, of pass: Pass, _ body: (_ pass: UnsafePointer<Pass>, _ item: Int, _ worker: Int) -> Void
) {
    withUnsafePointer(to: pass) { pass in
        nonisolated(unsafe) let pass = pass
        Parallel.forEach(count) { body(pass, $0, $1) }
    }
}
