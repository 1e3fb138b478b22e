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
        let header = try NumPyHeader(Data(data), fileSize: data.count)
        self = data.withUnsafeBytes { Tensor(header, bytes: $0) }
    }

    /// Converts the numbers of a file.
    fileprivate init(_ header: NumPyHeader, bytes: UnsafeRawBufferPointer) {
        let shape = header.shape
        let (element, size) = (header.element, header.element.byteCount)
        var tensor = Tensor(uninitialized: shape)
        tensor.withMutableElements { elements in
            for index in elements.indices {
                elements[index] = element.number(bytes, at: header.start + index * size)
            }
        }
        if header.isColumnMajor && shape.count > 1 {
            tensor = Tensor(shape, elements: Self.rowMajor(tensor.elements, shape: shape))
        }
        self = tensor
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

/// A `.npy` file whose header has been read: its numbers are read when they are asked for, once it is known that they are wanted.
public struct NumPyFile: Sendable {
    /// The most numbers of an array, 1 GiB of float32; what a network computes from an array takes many times as much.
    public static let maximumCount = 1 << 28

    /// The extents.
    public var shape: [Int] { header.shape }

    private let header: NumPyHeader
    private let contents: FileContents

    /// Opens a file and compares its size with the header.
    ///
    /// - Throws: ``NumPyError``, ``FileError``.
    public init(_ url: URL) throws {
        contents = try FileContents(url)
        let (head, count) = contents.withBytes { (Data($0.prefix(NumPyHeader.maximumByteCount)), $0.count) }
        header = try NumPyHeader(head, fileSize: count)
        let size = header.shape.reduce(1, *)
        if size > Self.maximumCount { throw NumPyError.tooLarge(header.shape) }
    }

    /// Reads the numbers; see ``Tensor/init(npy:)``.
    public func tensor() -> Tensor { contents.withBytes { Tensor(header, bytes: $0) } }
}

/// An error in a `.npy` file.
public enum NumPyError: Error, Equatable, CustomStringConvertible {
    /// The file does not begin with the magic of a `.npy` file.
    case notNumPy
    /// The file ends before its data are complete.
    case truncated
    /// The file does not hold real numbers, or its header is invalid; the associated value is the header.
    case unsupported(String)
    /// The array has more than ``NumPyFile/maximumCount`` numbers; the associated value is its shape.
    case tooLarge([Int])

    /// The error message for the terminal.
    public var description: String {
        switch self {
        case .notNumPy: "not a .npy file"
        case .truncated: "the .npy file is truncated"
        case .unsupported(let header): "only real numbers are supported, but the .npy header is \(header)"
        case .tooLarge(let shape):
            "the array is too large: its shape is \(shape), and it may have \(NumPyFile.maximumCount) numbers"
        }
    }
}
