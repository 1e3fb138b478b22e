import Foundation

/// Names of encodings in files.
enum EncodingName {
    /// Returns the name of an encoding for the system's converter. Where one encoding contains another, and files in the larger one
    /// are often declared as the smaller one, the larger one is returned.
    ///
    /// - Throws: ``TextError`` for invalid names, and for encodings with several states.
    static func canonical(_ name: String) throws(TextError) -> String {
        let plain = plain(name)
        let isName = !name.isEmpty && name.utf8.count <= 40 && name.utf8.allSatisfy { isAllowed($0) }
        guard isName, !switched.contains(where: plain.hasPrefix) else { throw unsupported(name) }
        if let canonical = aliases[plain] { return canonical }
        for prefix in ["windows125", "cp125", "xcp125"] where plain.hasPrefix(prefix) {
            return "WINDOWS-125" + plain.dropFirst(prefix.count)
        }
        if plain.hasPrefix("iso8859"), let part = Int(plain.dropFirst(7)) { return "ISO-8859-\(part)" }
        return name.uppercased()
    }

    static func unsupported(_ name: String) -> TextError {
        TextError(reason: "the encoding '\(name.prefix(40))' is not supported")
    }

    /// Returns whether a name means ASCII, UTF-8, or an encoding that zero bytes or a byte order mark would have indicated.
    static func isUnicode(_ name: String) -> Bool { isUTF8(name) || wide.contains(plain(name)) }

    /// Returns whether a name means UTF-8, or ASCII, which is a subset of it.
    static func isUTF8(_ name: String) -> Bool { narrow.contains(plain(name)) }

    /// Returns the letters and digits of a name in lower case.
    private static func plain(_ name: String) -> String {
        String(name.lowercased().filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(40))
    }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"),
            UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "("), UInt8(ascii: ")"):
            true
        default: false
        }
    }

    /// Encodings that are switched by escape sequences: after one of those, bytes that look like markup may be other characters.
    private static let switched = ["iso2022", "csiso2022", "utf7", "csunicode11utf7", "hz"]

    private static let narrow: Set = ["utf8", "xutf8", "unicode11utf8", "ascii", "usascii"]

    private static let wide: Set = [
        "utf16", "utf16le", "utf16be", "unicode", "ucs2", "iso10646ucs2", "utf32", "utf32le", "utf32be", "ucs4",
        "iso10646ucs4",
    ]

    private static let aliases: [String: String] = [
        "latin1": "ISO-8859-1", "l1": "ISO-8859-1", "gbk": "GB18030", "xgbk": "GB18030",
        "gb2312": "GB18030", "gb231280": "GB18030", "euccn": "GB18030", "cp936": "GB18030", "ms936": "GB18030",
        "windows936": "GB18030", "chinese": "GB18030", "gb18030": "GB18030", "shiftjis": "CP932", "xsjis": "CP932",
        "sjis": "CP932", "mskanji": "CP932", "ms932": "CP932", "cp932": "CP932", "windows932": "CP932",
        "windows31j": "CP932", "euckr": "UHC", "ksc56011987": "UHC", "ksc5601": "UHC", "cp949": "UHC", "ms949": "UHC",
        "windows949": "UHC", "uhc": "UHC", "korean": "UHC", "big5": "CP950", "xxbig5": "CP950", "cp950": "CP950",
        "windows950": "CP950", "ansi": "WINDOWS-1252", "macroman": "MACINTOSH",
    ]
}
