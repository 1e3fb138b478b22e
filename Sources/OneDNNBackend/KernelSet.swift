import CDNNL
import VectorKernels

/// Kernels of our own, built for one kind of processor.
///
/// Convolutions run on them where they beat oneDNN's, whose own Winograd kernels came and went with its releases, and batch normalization
/// in training, in which oneDNN's threads spin while they wait for each other.
package struct KernelSet: @unchecked Sendable, CustomStringConvertible {
    let winograd: winograd_kernel_set
    let normalization: normalization_kernel_set
    /// How many channels lie together in the maps that they work on.
    let lanes: Int
    /// The instruction set.
    package let description: String

    /// All that this processor can run, the fastest first; the last one runs on any, and is there to be compared with.
    package static let all: [KernelSet] = {
        var sets: [KernelSet] = []
        guard var next = vector_kernel_sets() else { return [] }
        while let set = next.pointee?.pointee {
            sets.append(
                KernelSet(
                    winograd: set.winograd.pointee, normalization: set.normalization.pointee, lanes: set.lanes,
                    description: String(cString: set.name)))
            next += 1
        }
        return sets
    }()

    /// The fastest, where it has vector registers to compute with.
    package static let best: KernelSet? = all.count > 1 ? all[0] : nil

    /// The layout of maps `[image, channel, row, column]` that they work on.
    func layout(_ shape: [Int]) throws(OneDNNError) -> Layout {
        try Layout(shape, lanes == 16 ? dnnl_aBcd16b : dnnl_aBcd8b)
    }
}
