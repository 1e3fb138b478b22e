import Foundation

/// The system's converter from one encoding to UTF-8.
final class TextConverter {
    private let handle: iconv_t
    private let encoding: String

    /// Converts a whole text.
    ///
    /// - Parameter name: The encoding's name in the file, if the file declares it: ASCII characters must then be the same in the
    ///   encoding, or the name could not have been read.
    /// - Throws: ``TextError`` when the system does not know the encoding, or the bytes are invalid in it.
    static func utf8(
        _ bytes: [UInt8], from encoding: String, called name: String? = nil
    ) throws(TextError) -> [UInt8] {
        if let name {
            let ascii = [UInt8](0x20...0x7e)
            let probe = try TextConverter(from: encoding, called: name)
            guard let result = try? probe.convert(ascii), result == ascii else { throw EncodingName.unsupported(name) }
        }
        return try TextConverter(from: encoding, called: name ?? encoding).convert(bytes)
    }

    private init(from encoding: String, called name: String) throws(TextError) {
        self.encoding = encoding
        // Failure is reported as the pointer -1.
        guard let handle = iconv_open("UTF-8", encoding), Int(bitPattern: handle) != -1 else {
            throw EncodingName.unsupported(name)
        }
        self.handle = handle
    }

    deinit { iconv_close(handle) }

    private func convert(_ bytes: [UInt8]) throws(TextError) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.count + bytes.count / 2)
        var (read, isDone) = (0, false)
        while !isDone {
            let step = step(bytes, from: read, into: &output)
            read += step.read
            switch step.code {
            case 0: isDone = true
            // The output buffer is full.
            case E2BIG where step.read > 0 || step.written > 0: break
            case EINVAL: throw fault(output, "the text ends in the middle of a character")
            default: throw fault(output, "some bytes are invalid in the encoding")
            }
        }
        return output
    }

    /// Converts as much as fits into a buffer; returns the result as an `errno` code.
    private func step(
        _ bytes: [UInt8], from start: Int, into output: inout [UInt8]
    ) -> (read: Int, written: Int, code: Int32) {
        let pieceSize = 1 << 16
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: pieceSize) { piece in
            bytes.withUnsafeBytes { all in
                // iconv does not write to its input.
                var input = all.baseAddress.map {
                    UnsafeMutablePointer(mutating: $0.advanced(by: start).assumingMemoryBound(to: CChar.self))
                }
                var target = piece.baseAddress
                var (inputLeft, targetLeft) = (all.count - start, pieceSize)
                let failed = iconv(handle, &input, &inputLeft, &target, &targetLeft) == -1
                let code = failed ? errno : 0
                let written = pieceSize - targetLeft
                output.append(contentsOf: UnsafeRawBufferPointer(piece)[..<written])
                return (all.count - start - inputLeft, written, code)
            }
        }
    }

    private func fault(_ output: [UInt8], _ reason: String) -> TextError {
        TextError(line: lineNumber(of: output.count, in: output), reason: "\(reason) (\(encoding))")
    }
}
