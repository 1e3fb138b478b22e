/// The data types of weights files. All become float32.
enum ElementType: String, Sendable, CaseIterable {
    case float16, bfloat16, float32, float64
    case int8, uint8, int16, uint16, int32, uint32, int64, uint64
    case bool

    /// The number of bytes per element.
    var byteCount: Int {
        switch self {
        case .int8, .uint8, .bool: 1
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    /// Creates a type from its name in safetensors: `BF16`.
    init?(safeTensors name: String) {
        guard let kind = Self.allCases.first(where: { $0.safeTensorsName == name }) else { return nil }
        self = kind
    }

    /// Its name in safetensors: `BF16`.
    var safeTensorsName: String {
        switch self {
        case .float16: "F16"
        case .bfloat16: "BF16"
        case .float32: "F32"
        case .float64: "F64"
        case .int8: "I8"
        case .uint8: "U8"
        case .int16: "I16"
        case .uint16: "U16"
        case .int32: "I32"
        case .uint32: "U32"
        case .int64: "I64"
        case .uint64: "U64"
        case .bool: "BOOL"
        }
    }

    /// Creates a type from PyTorch's storage class: `torch.HalfStorage`.
    init?(storageClass name: String) {
        let kinds: [String: ElementType] = [
            "HalfStorage": .float16, "BFloat16Storage": .bfloat16, "FloatStorage": .float32, "DoubleStorage": .float64,
            "CharStorage": .int8, "ByteStorage": .uint8, "ShortStorage": .int16, "IntStorage": .int32,
            "LongStorage": .int64, "BoolStorage": .bool,
        ]
        guard let word = name.split(separator: ".").last, let kind = kinds[String(word)] else { return nil }
        self = kind
    }

    /// Creates a type from PyTorch's name: `torch.float16`.
    init?(dataType name: String) {
        guard name.hasPrefix("torch."), let kind = ElementType(rawValue: String(name.dropFirst(6))) else { return nil }
        self = kind
    }

    /// Copies strided numbers to contiguous float32.
    ///
    /// - Parameters:
    /// - source: The first number; the caller has checked that all of them are in bounds.
    /// - strides: The distance from one number to the next along each axis, in numbers.
    /// - isBigEndian: Whether numbers are big-endian.
    func copy(
        from source: UnsafeRawPointer, shape: [Int], strides: [Int], isBigEndian: Bool = false,
        to target: UnsafeMutableBufferPointer<Float>
    ) {
        func gather<Bits: FixedWidthInteger>(_ type: Bits.Type, _ number: (Bits) -> Float) {
            guard !target.isEmpty else { return }
            let (columns, step) = (shape.last ?? 1, strides.last ?? 1)
            var index = [Int](repeating: 0, count: max(0, shape.count - 1))
            var (row, place) = (0, 0)
            while true {
                for column in 0..<columns {
                    let bits = source.loadUnaligned(
                        fromByteOffset: (row + column * step) * MemoryLayout<Bits>.size, as: Bits.self)
                    target[place + column] = number(isBigEndian ? bits.bigEndian : bits.littleEndian)
                }
                place += columns
                // Advances to the next row, like an odometer.
                var axis = index.count - 1
                while axis >= 0 {
                    index[axis] += 1
                    row += strides[axis]
                    if index[axis] < shape[axis] { break }
                    row -= index[axis] * strides[axis]
                    index[axis] = 0
                    axis -= 1
                }
                if axis < 0 { return }
            }
        }
        switch self {
        case .float16: gather(UInt16.self) { Float(Float16(bitPattern: $0)) }
        case .bfloat16: gather(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
        case .float32: gather(UInt32.self) { Float(bitPattern: $0) }
        case .float64: gather(UInt64.self) { Float(Double(bitPattern: $0)) }
        case .int8: gather(Int8.self) { Float($0) }
        case .uint8: gather(UInt8.self) { Float($0) }
        case .int16: gather(Int16.self) { Float($0) }
        case .uint16: gather(UInt16.self) { Float($0) }
        case .int32: gather(Int32.self) { Float($0) }
        case .uint32: gather(UInt32.self) { Float($0) }
        case .int64: gather(Int64.self) { Float($0) }
        case .uint64: gather(UInt64.self) { Float($0) }
        case .bool: gather(UInt8.self) { $0 == 0 ? 0 : 1 }
        }
    }
}
