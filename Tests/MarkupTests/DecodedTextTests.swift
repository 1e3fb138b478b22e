import Foundation
import Markup
import Testing

/// Returns a text's bytes in an encoding.
private func encode(_ text: String, _ encoding: String) throws -> [UInt8] {
    let converter = try #require(iconv_open(encoding, "UTF-8"))
    defer { iconv_close(converter) }
    var input = Array(text.utf8).map { CChar(bitPattern: $0) }
    var output = [CChar](repeating: 0, count: 8 * input.count + 16)
    var (inputLeft, outputLeft) = (input.count, output.count)
    let failed = input.withUnsafeMutableBufferPointer { input in
        output.withUnsafeMutableBufferPointer { output in
            var (from, to) = (input.baseAddress, output.baseAddress)
            return iconv(converter, &from, &inputLeft, &to, &outputLeft) != 0
        }
    }
    try #require(!failed, "\(encoding)")
    return output.prefix(output.count - outputLeft).map { UInt8(bitPattern: $0) }
}

@Suite struct DecodedTextTests {
    @Test(arguments: [
        ("UTF-16LE", "aé中😀\n"), ("UTF-16BE", "aé中😀\n"), ("UTF-32LE", "aé中😀\n"), ("UTF-32BE", "aé中😀\n"),
        ("UTF-8", "aé中😀\n"),
    ])
    func byteOrderMarksAreBelieved(encoding: String, text: String) throws {
        let decoded = try decodeText(try encode("\u{feff}" + text, encoding), declaration: .named("latin1"))
        #expect(decoded.text == text)
        #expect(decoded.encoding == encoding)
    }

    @Test func aByteOrderMarkIsStrongerThanADeclaration() throws {
        let text = "<?xml version='1.0' encoding='GB2312'?><a>é</a>"
        let decoded = try decodeText(Array(("\u{feff}" + text).utf8), declaration: .xml)
        #expect(decoded.text == text && decoded.wrongDeclaration == "GB2312")
        #expect(throws: TextError.self) { try decodeText([0xef, 0xbb, 0xbf, 0xff], declaration: .named("latin1")) }
    }

    @Test(arguments: ["UTF-16LE", "UTF-16BE", "UTF-32LE", "UTF-32BE"])
    func zeroBytesTellUnicode(encoding: String) throws {
        let text = "<?xml version='1.0' encoding='utf-8'?><a>é中😀</a>"
        let decoded = try decodeText(try encode(text, encoding), declaration: .xml)
        #expect(decoded.text == text && decoded.encoding == encoding)
    }

    @Test(arguments: [
        ("GBK", "GBK", "中文"), ("GBK", "gb2312", "镕"), ("GB18030", "gb18030", "中文é"), ("CP932", "Shift_JIS", "日本語①"),
        ("WINDOWS-1252", "windows-1252", "Größe „x“ €"), ("WINDOWS-1251", "cp1251", "кот"),
        ("ISO-8859-1", "ISO-8859-1", "Größe"), ("ISO-8859-1", "latin1", "Größe"), ("ISO-8859-15", "iso-8859-15", "€"),
        ("ISO-8859-2", "iso8859-2", "kočka"), ("KOI8-R", "koi8-r", "кот"), ("EUC-KR", "euc-kr", "고양이"),
        ("UHC", "ks_c_5601-1987", "똠"), ("BIG5", "Big5", "貓"), ("IBM866", "cp866", "кот"),
        ("IBM850", "IBM850", "Größe"), ("EUC-JP", "EUC-JP", "猫"),
    ])
    func declaredEncodingsAreRead(encoding: String, name: String, word: String) throws {
        for quote in ["\"", "'"] {
            let text = "<?xml version=\(quote)1.0\(quote)\n encoding = \(quote)\(name)\(quote) ?>\n<a>\(word)</a>"
            for bytes in [try encode(text, encoding), try encode(" \n" + text, encoding)] {
                let decoded = try decodeText(bytes, declaration: .xml)
                #expect(decoded.text.hasSuffix(text))
                #expect(decoded.wrongDeclaration == nil && !decoded.isGuess)
            }
            #expect(try decodeText(try encode(word, encoding), declaration: .named(name)).text == word)
        }
    }

    @Test func longTextsAreConvertedInPieces() throws {
        let text = String(repeating: "中文é😀\n", count: 50_000)
        for encoding in ["GB18030", "UTF-16LE"] {
            let bytes = try encode((encoding == "GB18030" ? "" : "\u{feff}") + text, encoding)
            #expect(try decodeText(bytes, declaration: .named("gb18030")).text == text)
        }
    }

    @Test func plainTextIsUTF8() throws {
        for name in ["utf-8", "UTF8", "us-ascii", "ascii"] {
            let decoded = try decodeText(Array("aé中\n".utf8), declaration: .named(name))
            #expect(decoded.text == "aé中\n" && decoded.encoding == "UTF-8")
        }
        #expect(try decodeText([]).utf8.isEmpty)
        #expect(try decodeText([0xef, 0xbb, 0xbf]).utf8.isEmpty)
        #expect(try decodeText(Array("<a/>".utf8), declaration: .xml).encoding == "UTF-8")
    }

    @Test func aDeclaredUTF16ThatIsNoneIsPassedOver() throws {
        let text = "<?xml version='1.0' encoding='utf-16'?><a>é</a>"
        let decoded = try decodeText(Array(text.utf8), declaration: .xml)
        #expect(decoded.text == text)
        #expect(decoded.encoding == "UTF-8" && decoded.wrongDeclaration == "utf-16")
    }

    @Test func guessesAreMadeWhereTheyAreAllowed() throws {
        let bytes = try encode("eins\nGröße", "WINDOWS-1252")
        let reason = "this is not UTF-8 text, and no other encoding is declared"
        #expect(throws: TextError(line: 2, reason: reason)) { try decodeText(bytes) }
        let decoded = try decodeText(bytes, allowsGuess: true)
        #expect(decoded.text == "eins\nGröße" && decoded.isGuess && decoded.encoding == "WINDOWS-1252")
        #expect(throws: TextError(line: 2, reason: "this is not UTF-8 text, though utf-8 is declared")) {
            try decodeText(bytes, declaration: .named("utf-8"))
        }
        // Five bytes are undefined in windows-1252.
        #expect(throws: TextError.self) { try decodeText([0x81], allowsGuess: true) }
    }

    @Test(arguments: [
        "x-unknown", "", "utf-7", "ISO-2022-JP", "hz-gb-2312", "IBM037", "IBM1364",
        "UCS-2LE", "WCHAR_T", "INTERNAL", "EBCDIC-US", "UNICODEBIG", "UTF-8//TRANSLIT", "../../x", "a b", "中",
    ])
    func otherEncodingsAreRefused(name: String) {
        #expect(throws: TextError(reason: "the encoding '\(name)' is not supported")) {
            try decodeText([0x61], declaration: .named(name))
        }
    }

    @Test func whatIsNoTextIsRefused() throws {
        #expect(throws: TextError(line: 2, reason: "there is a zero byte; this is not text")) {
            try decodeText(Array("abcd\ne\0f".utf8))
        }
        #expect(throws: TextError(line: 2, reason: "the text ends in the middle of a character (UTF-16LE)")) {
            try decodeText([0xff, 0xfe, 0x0a, 0, 0x61, 0, 0x62])
        }
        #expect(throws: TextError(line: 2, reason: "some bytes are invalid in the encoding (GB18030)")) {
            try decodeText([0x0a, 0x61, 0xff, 0xff], declaration: .named("gbk"))
        }
        #expect(throws: TextError.self) { try decodeText([0xff, 0xfe, 0, 0, 1, 2]) }
        #expect(throws: TextError.self) { try decodeText([0xff, 0xfe, 0, 0xd8, 0x61, 0]) }
    }

    @Test func invalidUTF8IsFoundAsTheStandardLibraryFindsIt() {
        var state: UInt64 = 7
        let letters: [UInt8] = [
            0x61, 0x62, 0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc2, 0xdf, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1,
            0xf4, 0xf5, 0xff,
        ]
        for length in 0..<30_000 {
            let bytes: [UInt8] = (0..<length % 14).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return letters[Int(state >> 33) % letters.count]
            }
            let isValid = String(validating: bytes, as: UTF8.self) != nil
            #expect(((try? decodeText(bytes)) != nil) == isValid)
        }
    }
}
