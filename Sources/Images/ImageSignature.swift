/// The first bytes of a format's files.
struct ImageSignature: Sendable {
    /// Bytes, or nil where any byte may be.
    let bytes: [UInt8?]

    init(_ bytes: [UInt8?]) { self.bytes = bytes }

    /// Creates a signature from text, where `?` is any byte.
    init(_ text: String) { bytes = text.utf8.map { $0 == UInt8(ascii: "?") ? nil : $0 } }

    /// Whether a file begins with this signature.
    func begins(_ file: some Collection<UInt8>) -> Bool { agreement(file) == bytes.count }

    /// Whether a file that has only these bytes begins with this signature, as far as they go.
    func mayBegin(_ file: some Collection<UInt8>) -> Bool {
        file.count < bytes.count && agreement(file) == file.count
    }

    private func agreement(_ file: some Collection<UInt8>) -> Int {
        zip(bytes, file).prefix { wanted, found in wanted == nil || wanted == found }.count
    }
}
