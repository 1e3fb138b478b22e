import Tensors

/// What the processor can do with bytes.
public enum ProcessorFeatures {
    /// Whether it adds up products of bytes in 32 bits. Where it does not (x86 without VNNI), two neighbouring products are first added
    /// in 16 bits, which hold them for weights of seven bits alone: 2 · 255 · 64 < 2¹⁵.
    public static var addsByteProductsExactly: Bool {
        #if arch(x86_64)
            let flags = OpenBLAS.processorFlags()
            return flags.contains("avx512_vnni") || flags.contains("avx_vnni")
        #else
            return true
        #endif
    }
}
