import Foundation

extension Tensor {
    /// The tensor as a NumPy `.npy` file, version 1.0: little-endian float32, C order.
    public func npyData() -> Data {
        let extents = shape.map(String.init).joined(separator: ", ") + (shape.count == 1 ? "," : "")
        var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(extents)), }"
        // Magic, version and length take 10 bytes; the data start at a multiple of 64.
        let padding = 63 - (10 + header.utf8.count) % 64
        header += String(repeating: " ", count: padding) + "\n"
        var data = Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0])
        withUnsafeBytes(of: UInt16(header.utf8.count).littleEndian) { data.append(contentsOf: $0) }
        data.append(contentsOf: header.utf8)
        withElements { data.append(contentsOf: UnsafeRawBufferPointer($0)) }
        return data
    }

    /// Reads a `.npy` file: floats of 2, 4 or 8 bytes, integers and booleans, of either byte order, in C or Fortran order. All are
    /// converted to float32.
    ///
    /// - Throws: ``NumPyError``.
    public init(npy data: Data) throws(NumPyError) {
        let data = Data(data)
        let header = try NumPyHeader(data)
        let shape = header.shape
        let count = shape.reduce(1, *)
        let size = header.element.byteCount
        var elements = data.withUnsafeBytes { bytes in
            (0..<count).map { header.element.number(bytes, at: header.start + $0 * size) }
        }
        if header.isColumnMajor && shape.count > 1 { elements = Self.rowMajor(elements, shape: shape) }
        self.init(shape, elements: elements)
    }

    /// Converts elements from column-major (Fortran) to row-major (C) order.
    private static func rowMajor(_ elements: [Float], shape: [Int]) -> [Float] {
        var steps = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropFirst() { steps[axis] = steps[axis - 1] * shape[axis - 1] }
        return elements.indices.map { position in
            var (rest, place) = (position, 0)
            for axis in shape.indices.reversed() {
                place += rest % shape[axis] * steps[axis]
                rest /= shape[axis]
            }
            return elements[place]
        }
    }
}

/// An error in a `.npy` file.
public enum NumPyError: Error, Equatable, CustomStringConvertible {
    /// The file does not begin with the magic of a `.npy` file.
    case notNumPy
    /// The file ends before its data are complete.
    case truncated
    /// The file does not hold real numbers, or its header is invalid; the associated value is the header.
    case unsupported(String)

    /// The error message for the terminal.
    public var description: String {
        switch self {
        case .notNumPy: "not a .npy file"
        case .truncated: "the .npy file is truncated"
        case .unsupported(let header): "only real numbers are supported, but the .npy header is \(header)"
        }
    }
}
