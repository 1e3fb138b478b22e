/// A text file's content in UTF-8, and how it was decoded.
package struct DecodedText: Equatable, Sendable {
    /// Where a file declares its encoding.
    package enum Declaration: Equatable, Sendable {
        /// The file does not declare it.
        case none
        /// In the declaration at the head of an XML document, if there is one.
        case xml
        /// Elsewhere, under this name.
        case named(String)
    }

    /// Valid UTF-8 without a byte order mark and without zero bytes.
    package var utf8: [UInt8]
    /// The encoding with which the file was read: `UTF-8`, `UTF-16LE`, `GB18030`, ….
    package var encoding: String
    /// The encoding that the file declares, where it was ignored in favour of UTF-8.
    package var wrongDeclaration: String?
    /// Whether the encoding is a guess.
    package var isGuess = false

    /// The content.
    package var text: String { String(decoding: utf8, as: UTF8.self) }
}

/// Decodes a text file's bytes: in the encoding of its byte order mark, in UTF-16 or UTF-32 where zero bytes indicate it, in the
/// declared encoding, or in UTF-8.
///
/// A declared UTF-16 is ignored when the bytes are not UTF-16, because .NET writes `utf-16` into files that it then stores as UTF-8.
///
/// - Parameter allowsGuess: Whether invalid UTF-8 without a declaration, or declared as UTF-8, is read as windows-1252.
/// - Throws: ``TextError`` when the encoding is unknown, when the bytes are invalid in it, or when some are zero.
package func decodeText(
    _ bytes: [UInt8], declaration: DecodedText.Declaration = .none, allowsGuess: Bool = false
) throws(TextError) -> DecodedText {
    var result = try decode(bytes, declaration, allowsGuess)
    if hasMark(result.utf8) { result.utf8.removeFirst(3) }
    if let zero = result.utf8.firstIndex(of: 0) {
        throw TextError(line: lineNumber(of: zero, in: result.utf8), reason: "there is a zero byte; this is not text")
    }
    return result
}

private func decode(
    _ bytes: [UInt8], _ declaration: DecodedText.Declaration, _ allowsGuess: Bool
) throws(TextError) -> DecodedText {
    if let encoding = UnicodeSignature.encoding(of: bytes) {
        return DecodedText(utf8: try TextConverter.utf8(bytes, from: encoding), encoding: encoding)
    }
    let declared: String? =
        switch declaration {
        case .none: nil
        case .xml: XMLDeclaration.encoding(in: bytes)
        case .named(let name): name
        }
    if let declared, !hasMark(bytes), !EncodingName.isUnicode(declared) {
        let encoding = try EncodingName.canonical(declared)
        return DecodedText(utf8: try TextConverter.utf8(bytes, from: encoding, called: declared), encoding: encoding)
    }
    let wrong = declared.flatMap { EncodingName.isUTF8($0) ? nil : $0 }
    guard let fault = firstInvalidUTF8(in: bytes) else {
        return DecodedText(utf8: bytes, encoding: "UTF-8", wrongDeclaration: wrong)
    }
    if allowsGuess, let utf8 = try? TextConverter.utf8(bytes, from: "WINDOWS-1252") {
        return DecodedText(utf8: utf8, encoding: "WINDOWS-1252", wrongDeclaration: declared, isGuess: true)
    }
    let claim = declared.map { ", though \($0.prefix(40)) is declared" } ?? ", and no other encoding is declared"
    throw TextError(line: lineNumber(of: fault, in: bytes), reason: "this is not UTF-8 text\(claim)")
}

private func hasMark(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0xef, 0xbb, 0xbf]) }

/// Returns the line, from 1, of a byte.
func lineNumber(of place: Int, in bytes: [UInt8]) -> Int {
    1 + bytes[..<place].reduce(0) { $0 + ($1 == 0x0a ? 1 : 0) }
}
