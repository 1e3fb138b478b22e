/// Files of `Resources`, which the build embeds in the program as bytes.
enum EmbeddedFile {
    /// Returns a file's text without the end of its last line.
    static func text(of file: [UInt8]) -> String {
        var text = String(decoding: file, as: UTF8.self)
        if text.hasSuffix("\n") { text.removeLast() }
        return text
    }
}
