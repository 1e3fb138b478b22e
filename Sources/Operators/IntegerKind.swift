/// An 8-bit integer type of quantized values.
public enum IntegerKind: String, Hashable, Sendable, CaseIterable {
    /// -128 to 127.
    case int8
    /// 0 to 255.
    case uint8

    /// The smallest and the largest value.
    public var range: ClosedRange<Int> {
        switch self {
        case .int8: -128...127
        case .uint8: 0...255
        }
    }
}
