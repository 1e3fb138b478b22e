import Foundation

extension Tensor {
    /// The tensor as a NumPy `.npy` file, version 1.0: little-endian float32, C order.
    public func npyData() -> Data {
        let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }"
        // Magic, version and length take 10 bytes; numbers start at a multiple of 64.
        let padding = 63 - (10 + header.utf8.count) % 64
        header += String(repeating: " ", count: padding) + "\n"
        var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
        withUnsafeBytes(of: UInt16(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(contentsOf: header.utf8)
        withElements { data.append(contentsOf: UnsafeRawBufferPointer($0)) }
        return data
    }

    /// Reads a `.npy` file of little-endian float32 in C order.
    ///
    /// - Throws: ``NumPyError`` that says what is wrong with it.
    public init(npy data: Data) throws(NumPyError) {
        let bytes = [UInt8](data)
        guard bytes.count >= 10, bytes[0] == 0x93, bytes[1..<6].elementsEqual("NUMPY".utf8) else { throw .notNumPy }
        let wide = bytes[6] >= 2
        let lengthBytes = wide ? 4 : 2
        guard bytes.count >= 8 + lengthBytes else { throw .truncated }
        let length = (0..<lengthBytes).reduce(0) { $0 | Int(bytes[8 + $1]) << (8 * $1) }
        let start = 8 + lengthBytes + length
        guard bytes.count >= start else { throw .truncated }
        let header = String(decoding: bytes[(8 + lengthBytes)..<start], as: UTF8.self)
        guard header.contains("'<f4'"), header.contains("'fortran_order': False") else { throw .unsupported(header) }
        guard let open = header.firstIndex(of: "("), let close = header[open...].firstIndex(of: ")") else {
            throw .unsupported(header)
        }
        var shape: [Int] = []
        var count = 1
        for part in header[header.index(after: open)..<close].split(separator: ",") {
            let text = part.trimmingCharacters(in: .whitespaces)
            if text.isEmpty { continue }
            guard let extent = Int(text), extent >= 0 else { throw .unsupported(header) }
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow else { throw .truncated }
            count = product
            shape.append(extent)
        }
        guard count <= (bytes.count - start) / 4 else { throw .truncated }
        let elements = bytes.withUnsafeBytes { raw in
            (0..<count).map { raw.loadUnaligned(fromByteOffset: start + 4 * $0, as: Float.self) }
        }
        self.init(shape, elements: elements)
    }
}

/// What can be wrong with a `.npy` file.
public enum NumPyError: Error, Equatable, CustomStringConvertible {
    /// It does not begin as such a file does.
    case notNumPy
    /// It ends before its numbers do.
    case truncated
    /// It holds something else than float32 in C order; its header says what.
    case unsupported(String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .notNumPy: "this is not a .npy file"
        case .truncated: "the .npy file ends before its numbers do"
        case .unsupported(let header): "only float32 in C order is read, and the .npy header says \(header)"
        }
    }
}
