import Foundation
import Operators
import Tensors

extension Literal {
    /// Reads a tensor of a file.
    ///
    /// - Parameters:
    ///   - place: The tensor's description in errors.
    ///   - files: The model's external data files.
    /// - Throws: ``ONNXError`` when the data do not fit the shape or have an unsupported type.
    init(_ proto: ProtoTensorDefinition, place: String, files: ExternalFiles) throws(ONNXError) {
        let shape = try Self.shape(proto.dims, place: place)
        let count = shape.reduce(1, *)
        guard let format = ElementFormat(proto.dataType) else {
            throw .unsupported(["tensors of \(elementName(proto.dataType)) ('\(place)')"])
        }
        func fill(_ found: Int) throws(ONNXError) {
            guard found == count else {
                throw .malformed(
                    place: place, reason: "the shape \(shape) requires \(count) elements, but there are \(found)")
            }
        }
        let raw =
            proto.dataLocation == .external
            ? try ExternalData(proto.externalData, place: place).read(from: files, place: place) : proto.rawData
        if !raw.isEmpty || proto.dataLocation == .external {
            let (quotient, remainder) = raw.count.quotientAndRemainder(dividingBy: format.byteCount)
            if remainder != 0 {
                throw .malformed(place: place, reason: "\(raw.count) bytes are not a whole number of elements")
            }
            try fill(quotient)
            self = format.read(raw, shape: shape)
            return
        }
        switch format {
        case .float32:
            try fill(proto.floatData.count)
            self.init(shape, floats: proto.floatData)
        case .float64:
            try fill(proto.doubleData.count)
            self.init(shape, floats: proto.doubleData.map { Float($0) })
        case .float16:
            try fill(proto.int32Data.count)
            self.init(shape, floats: proto.int32Data.map { float16(UInt16(truncatingIfNeeded: $0)) })
        case .bfloat16:
            try fill(proto.int32Data.count)
            self.init(shape, floats: proto.int32Data.map { bfloat16(UInt16(truncatingIfNeeded: $0)) })
        case .int64:
            try fill(proto.int64Data.count)
            self.init(shape, integers: proto.int64Data)
        case .uint32, .uint64:
            try fill(proto.uint64Data.count)
            self.init(shape, integers: proto.uint64Data.map { Int64(truncatingIfNeeded: $0) })
        case .boolean:
            try fill(proto.int32Data.count)
            self.init(shape, integers: proto.int32Data.map { $0 == 0 ? 0 : 1 }, kind: .boolean)
        case .int8, .uint8, .int16, .uint16, .int32:
            try fill(proto.int32Data.count)
            self.init(shape, integers: proto.int32Data.map(Int64.init), byteKind: format.byteKind)
        }
    }

    /// Checks a shape as declared in a file.
    static func shape(_ dims: [Int64], place: String) throws(ONNXError) -> [Int] {
        let shape = dims.map(Int.init)
        // Zeros count as 1: an extent of 0 must not hide huge ones, since partial products are computed as well.
        guard shape.count <= 16, shape.allSatisfy({ $0 >= 0 }), let count = product(shape.map { max(1, $0) }),
            count <= Int(Int32.max)
        else {
            throw .malformed(place: place, reason: "\(shape.prefix(16)) is not a valid tensor shape")
        }
        return shape
    }
}

/// The format of elements in a file's bytes, little-endian.
enum ElementFormat {
    case float32, float64, float16, bfloat16, int8, uint8, int16, uint16, int32, uint32, int64, uint64, boolean

    /// Creates the format for an ONNX element type; nil if it is invalid or unsupported.
    init?(_ number: Int32) {
        switch ProtoTensorDefinition.ElementKind(rawValue: Int(number)) {
        case .float: self = .float32
        case .double: self = .float64
        case .float16: self = .float16
        case .bfloat16: self = .bfloat16
        case .int8: self = .int8
        case .uint8: self = .uint8
        case .int16: self = .int16
        case .uint16: self = .uint16
        case .int32: self = .int32
        case .uint32: self = .uint32
        case .int64: self = .int64
        case .uint64: self = .uint64
        case .bool: self = .boolean
        case .undefined, .string, .complex64, .complex128, .UNRECOGNIZED, nil: return nil
        }
    }

    /// The kind of arithmetic that ONNX uses for these elements.
    var kind: Literal.Kind {
        switch self {
        case .float32, .float64, .float16, .bfloat16: .float
        case .boolean: .boolean
        default: .integer
        }
    }

    /// The 8-bit integer type, if it is one.
    var byteKind: IntegerKind? {
        switch self {
        case .int8: .int8
        case .uint8: .uint8
        default: nil
        }
    }

    var byteCount: Int {
        switch self {
        case .int8, .uint8, .boolean: 1
        case .float16, .bfloat16, .int16, .uint16: 2
        case .float32, .int32, .uint32: 4
        case .float64, .int64, .uint64: 8
        }
    }

    /// Reads elements that fill the shape exactly.
    func read(_ data: Data, shape: [Int]) -> Literal {
        switch self {
        case .float32: Literal(Tensor(shape, elements: numbers(data, as: UInt32.self) { Float(bitPattern: $0) }))
        case .float64:
            Literal(shape, floats: numbers(data, as: UInt64.self) { Float(Double(bitPattern: $0)) })
        case .float16: Literal(shape, floats: numbers(data, as: UInt16.self, ONNX.float16))
        case .bfloat16: Literal(shape, floats: numbers(data, as: UInt16.self, ONNX.bfloat16))
        case .int8:
            Literal(
                shape, integers: numbers(data, as: UInt8.self) { Int64(Int8(bitPattern: $0)) }, byteKind: byteKind)
        case .uint8: Literal(shape, integers: numbers(data, as: UInt8.self) { Int64($0) }, byteKind: byteKind)
        case .int16: Literal(shape, integers: numbers(data, as: UInt16.self) { Int64(Int16(bitPattern: $0)) })
        case .uint16: Literal(shape, integers: numbers(data, as: UInt16.self) { Int64($0) })
        case .int32: Literal(shape, integers: numbers(data, as: UInt32.self) { Int64(Int32(bitPattern: $0)) })
        case .uint32: Literal(shape, integers: numbers(data, as: UInt32.self) { Int64($0) })
        case .int64, .uint64: Literal(shape, integers: numbers(data, as: UInt64.self) { Int64(bitPattern: $0) })
        case .boolean: Literal(shape, integers: numbers(data, as: UInt8.self) { $0 == 0 ? 0 : 1 }, kind: .boolean)
        }
    }

    private func numbers<Bits: FixedWidthInteger, Number>(
        _ data: Data, as type: Bits.Type, _ number: (Bits) -> Number
    ) -> [Number] {
        data.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: MemoryLayout<Bits>.size).map {
                number(Bits(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Bits.self)))
            }
        }
    }
}

/// Converts an IEEE 754 half-precision number.
private func float16(_ bits: UInt16) -> Float { Float(Float16(bitPattern: bits)) }

/// Converts a bfloat16 number.
private func bfloat16(_ bits: UInt16) -> Float { Float(bitPattern: UInt32(bits) << 16) }

/// Returns ONNX's name of an element type.
func elementName(_ number: Int32) -> String {
    let kind = ProtoTensorDefinition.ElementKind(rawValue: Int(number)) ?? .undefined
    if case .UNRECOGNIZED = kind { return "element type \(number)" }
    return "\(kind)"
}
