/// The precision in which a program computes.
///
/// Parameters, their gradients, statistics and losses are float32 in all cases.
public enum Precision: String, CaseIterable, Sendable {
    /// 24 bits of significand throughout.
    case float32
    /// Values between convolutions, and their gradients, have bfloat16's 8 bits of significand (and float32's range); sums are float32.
    case bfloat16
    /// Values that a quantized network rounds to 8-bit integers are rounded by the kernel that computes them; everything else uses the
    /// fastest precision of the processor, ``bfloat16`` or ``float32``.
    case int8
}

/// The requested precision.
public enum PrecisionChoice: String, CaseIterable, Sendable {
    /// ``Precision/int8`` for quantized networks; for others ``Precision/bfloat16`` where the processor supports it, otherwise
    /// ``Precision/float32``.
    case automatic
    /// ``Precision/float32``.
    case float32
    /// ``Precision/bfloat16``.
    case bfloat16
    /// ``Precision/int8``.
    case int8
}
