import Tensors

/// The processor's support for products of bytes.
public enum ProcessorFeatures {
    /// Whether products of bytes are summed in 32 bits. Otherwise (x86 without VNNI) two neighbouring products are first summed in 16 bits,
    /// which is only enough for weights of seven bits: 2 · 255 · 64 < 2¹⁵.
    public static var addsByteProductsExactly: Bool {
        #if arch(x86_64)
            let flags = OpenBLAS.processorFlags()
            return flags.contains("avx512_vnni") || flags.contains("avx_vnni")
        #else
            return true
        #endif
    }
}
