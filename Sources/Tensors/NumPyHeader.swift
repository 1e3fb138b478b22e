import Foundation

/// The header of a `.npy` file: `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
struct NumPyHeader: Sendable {
    /// The type of the numbers.
    let element: NumPyElement
    /// Whether the first axis varies fastest.
    let isColumnMajor: Bool
    /// The extents.
    let shape: [Int]
    /// The byte offset of the data.
    let start: Int

    /// The most bytes that a header takes.
    static let maximumByteCount = 12 + (1 << 16)

    /// Parses the header at the start of a file.
    ///
    /// - Parameters:
    ///   - bytes: The file's first bytes, at least ``maximumByteCount`` if it has as many.
    ///   - fileSize: The size of the whole file, which must have room for the numbers.
    init(_ bytes: Data, fileSize: Int) throws(NumPyError) {
        guard bytes.count >= 10, bytes[0] == 0x93, bytes[1..<6].elementsEqual("NUMPY".utf8) else { throw .notNumPy }
        let lengthBytes = bytes[6] >= 2 ? 4 : 2
        guard bytes.count >= 8 + lengthBytes else { throw .truncated }
        let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        start = 8 + lengthBytes + length
        guard length <= 1 << 16, bytes.count >= start else { throw .truncated }
        let text = String(decoding: bytes[(8 + lengthBytes)..<start], as: UTF8.self)
        guard let description = Self.value(of: "descr", in: text)?.trimmingCharacters(in: ["'", "\""]),
            let element = NumPyElement(description), let order = Self.value(of: "fortran_order", in: text)
        else { throw .unsupported(text) }
        self.element = element
        isColumnMajor = order.hasPrefix("True")
        guard isColumnMajor || order.hasPrefix("False"), let tuple = Self.value(of: "shape", in: text),
            tuple.hasPrefix("("), let end = tuple.firstIndex(of: ")")
        else { throw .unsupported(text) }
        var shape: [Int] = []
        var count = 1
        for part in tuple[tuple.index(after: tuple.startIndex)..<end].split(separator: ",") {
            let part = part.trimmingCharacters(in: .whitespaces)
            if part.isEmpty { continue }
            guard let extent = Int(part), extent >= 0, shape.count < 32 else { throw .unsupported(text) }
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow else { throw .truncated }
            count = product
            shape.append(extent)
        }
        guard count <= (fileSize - start) / element.byteCount else { throw .truncated }
        self.shape = shape
    }

    /// Returns the text between a key and the next one.
    private static func value(of key: String, in text: String) -> String? {
        for quote in ["'", "\""] {
            guard let range = text.range(of: quote + key + quote) else { continue }
            let rest = text[range.upperBound...].drop { $0 == " " }
            guard rest.first == ":" else { return nil }
            let value = rest.dropFirst().drop { $0 == " " }
            if value.first == "(" { return String(value) }
            return String(value.prefix { $0 != "," && $0 != "}" }).trimmingCharacters(in: .whitespaces)
        }
        return nil
    }
}

/// An element type as NumPy describes it: byte order, kind, size in bytes.
struct NumPyElement: Sendable {
    private enum Kind { case float, signed, unsigned, boolean }

    let byteCount: Int
    private let kind: Kind
    private let isBigEndian: Bool

    init?(_ description: String) {
        guard let order = description.first, "<>|=".contains(order), let count = Int(description.dropFirst(2)) else {
            return nil
        }
        let kind = description.dropFirst().first
        switch (kind, count) {
        case ("f", 2), ("f", 4), ("f", 8): self.kind = .float
        case ("i", 1), ("i", 2), ("i", 4), ("i", 8): self.kind = .signed
        case ("u", 1), ("u", 2), ("u", 4), ("u", 8): self.kind = .unsigned
        case ("b", 1): self.kind = .boolean
        default: return nil
        }
        byteCount = count
        isBigEndian = order == ">"
    }

    /// Reads the number that starts at a byte.
    func number(_ bytes: UnsafeRawBufferPointer, at place: Int) -> Float {
        var bits: UInt64 = 0
        for index in 0..<byteCount {
            let byte = bytes[place + (isBigEndian ? index : byteCount - 1 - index)]
            bits = bits << 8 | UInt64(byte)
        }
        switch (kind, byteCount) {
        case (.float, 2): return Self.half(UInt16(bits))
        case (.float, 4): return Float(bitPattern: UInt32(bits))
        case (.float, _): return Float(Double(bitPattern: bits))
        case (.boolean, _): return bits == 0 ? 0 : 1
        case (.unsigned, _): return Float(bits)
        case (.signed, let count):
            let shift = UInt64(64 - 8 * count)
            return Float(Int64(bitPattern: bits << shift) >> Int64(shift))
        }
    }

    /// Converts an IEEE 754 half-precision number.
    private static func half(_ bits: UInt16) -> Float {
        let sign: Float = bits & 0x8000 == 0 ? 1 : -1
        let fraction = Float(bits & 0x3ff) / 1024
        switch bits >> 10 & 0x1f {
        case 0: return sign * fraction * 0x1p-14
        case 31: return fraction == 0 ? sign * .infinity : .nan
        case let exponent:
            return sign * (1 + fraction) * Float(sign: .plus, exponent: Int(exponent) - 15, significand: 1)
        }
    }
}
