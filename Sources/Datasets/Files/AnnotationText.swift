import Foundation
import Markup
import Tensors

/// Reads the content of files that may hold annotations.
enum AnnotationText {
    /// Returns the bytes of a whole file.
    ///
    /// - Throws: ``FileReadingError`` when the file is longer than `limit`, not a regular file, or not readable.
    static func bytes(of url: URL, limit: Int) throws(FileReadingError) -> [UInt8] {
        let contents = try contents(of: url)
        return try contents.withBytes { (bytes) throws(FileReadingError) in
            if bytes.count > limit { throw FileReadingError(reason: "the file is larger than \(limit >> 20) MB") }
            return Array(bytes)
        }
    }

    /// Returns the beginning of a file, and whether the file is longer.
    static func head(of url: URL, byteCount: Int) throws(FileReadingError) -> (bytes: [UInt8], isCut: Bool) {
        try contents(of: url).withBytes { (Array($0.prefix(byteCount)), $0.count > byteCount) }
    }

    /// Returns a file of any size, mapped into memory when it is large.
    static func contents(of url: URL) throws(FileReadingError) -> FileContents {
        do throws(FileError) { return try FileContents(url) } catch {
            throw FileReadingError(reason: "the file cannot be read: \(error.reason)", refusal: error.reason)
        }
    }

    /// The most bytes of a JSON file in UTF-16 or UTF-32.
    private static let maximumDecoded = 256 << 20

    /// Calls a closure with the UTF-8 bytes of a JSON file, without copying them unless they are in another Unicode encoding.
    static func withJSON<Result>(
        of url: URL, _ body: (UnsafeRawBufferPointer) throws(FileReadingError) -> Result
    ) throws(FileReadingError) -> Result {
        let contents = try contents(of: url)
        // In UTF-16 and UTF-32 one of the first two bytes is zero or part of a byte order mark.
        let isWide = contents.withBytes { bytes in
            bytes.prefix(2).contains(0) || bytes.starts(with: [0xff, 0xfe]) || bytes.starts(with: [0xfe, 0xff])
        }
        guard isWide else { return try contents.withBytes(body) }
        // Such text is decoded as a whole, and so are the zeros of a file with holes.
        if contents.withBytes({ $0.count > maximumDecoded }) {
            throw FileReadingError(
                reason: "a JSON file that is not UTF-8 may have \(maximumDecoded >> 20) MB, and this one is larger")
        }
        let text: [UInt8]
        do throws(TextError) { text = try decodeText(contents.bytes).utf8 } catch {
            throw FileReadingError(reason: error.reason)
        }
        let result = text.withUnsafeBytes { bytes in
            Swift.Result { () throws(FileReadingError) in try body(bytes) }
        }
        return try result.get()
    }

    /// Decodes text in any supported encoding; invalid bytes are replaced.
    static func lenient(_ bytes: [UInt8]) -> String {
        let decoded = try? decodeText(bytes, allowsGuess: true)
        return decoded?.text ?? String(decoding: bytes, as: UTF8.self)
    }
}

/// A file that cannot be read.
package struct FileReadingError: Error {
    package let reason: String
    /// The system's reason where the system refused the file, whatever its content.
    package let refusal: String?

    package init(reason: String, refusal: String? = nil) {
        (self.reason, self.refusal) = (reason, refusal)
    }
}
