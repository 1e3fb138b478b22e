import Foundation
import Markup

/// A text file of annotations or lists, converted to UTF-8.
struct TextFile {
    /// The reason why a file cannot be read as text.
    struct Fault: Error {
        var reason: String
        var line: Int?
        /// The system's reason where the system refused the file, whatever its content.
        var refusal: String?
    }

    /// The content without a byte order mark.
    let utf8: [UInt8]

    /// Reads a file.
    ///
    /// - Throws: ``Fault`` when the file is longer than `limit`, not readable, or not text.
    init(
        _ url: URL, limit: Int = 64 << 20, declaration: DecodedText.Declaration = .none, allowsGuess: Bool = false
    ) throws(Fault) {
        do {
            let bytes = try AnnotationText.bytes(of: url, limit: limit)
            utf8 = try decodeText(bytes, declaration: declaration, allowsGuess: allowsGuess).utf8
        } catch let error as TextError { throw Fault(reason: error.reason, line: error.line) } catch {
            let error = error as? FileReadingError
            throw Fault(reason: error?.reason ?? "it cannot be read", refusal: error?.refusal)
        }
    }

    /// Reads a file that concerns more than one image: a list, a table, class names.
    ///
    /// - Returns: Nil when it is not text, or too long.
    /// - Throws: ``DatasetError/unreadable(path:reason:)`` when the system refuses it: without it, the data set would be another one.
    static func shared(_ url: URL, limit: Int = 4 << 20, allowsGuess: Bool = false) throws(DatasetError) -> TextFile? {
        do throws(Fault) { return try TextFile(url, limit: limit, allowsGuess: allowsGuess) } catch {
            if let refusal = error.refusal { throw .unreadable(path: url.relativePath, reason: refusal) }
            return nil
        }
    }

    /// The lines without surrounding white space, including empty ones.
    var lines: [String] {
        var lines: [String] = []
        Self.forEachLine(of: utf8) { _, line in
            lines.append(String(decoding: utf8[line], as: UTF8.self).trimmingWhiteSpace())
        }
        return lines
    }

    /// Calls a closure with each line's number, from 1, and its range without the line end: LF, CR LF or CR.
    static func forEachLine(of utf8: [UInt8], _ body: (_ number: Int, _ line: Range<Int>) -> Void) {
        var (number, start) = (1, 0)
        for place in utf8.indices where utf8[place] == 0x0a || utf8[place] == 0x0d {
            if utf8[place] == 0x0a, place > 0, utf8[place - 1] == 0x0d {
                start = place + 1
                continue
            }
            body(number, start..<place)
            (number, start) = (number + 1, place + 1)
        }
        if start < utf8.count { body(number, start..<utf8.count) }
    }
}
