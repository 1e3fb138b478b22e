/// The numbers that a program computes with.
///
/// Parameters, their gradients, statistics and losses are float32 in all of them.
public enum Precision: String, CaseIterable, Sendable {
    /// 24 bits of precision throughout.
    case float32
    /// Values between convolutions, and their gradients, have bfloat16's 8 bits of precision (and float32's range); sums are float32.
    case bfloat16
    /// What a quantized network rounds to 8-bit integers is rounded on the way by the kernel that computes it; all else is as fast as
    /// the processor has it, in ``bfloat16`` or ``float32``.
    case int8
}

/// The precision that somebody asks for.
public enum PrecisionChoice: String, CaseIterable, Sendable {
    /// ``Precision/int8`` for quantized networks; for others ``Precision/bfloat16`` where the processor has such numbers, elsewhere
    /// ``Precision/float32``.
    case automatic
    /// ``Precision/float32``.
    case float32
    /// ``Precision/bfloat16``.
    case bfloat16
    /// ``Precision/int8``.
    case int8
}
