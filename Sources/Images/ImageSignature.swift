/// What a format's files begin with.
struct ImageSignature: Sendable {
    /// Bytes, or nil where any may stand.
    let bytes: [UInt8?]

    init(_ bytes: [UInt8?]) { self.bytes = bytes }

    /// Letters, where `?` is any byte.
    init(_ text: String) { bytes = text.utf8.map { $0 == UInt8(ascii: "?") ? nil : $0 } }

    /// Whether a file begins so.
    func begins(_ file: some Collection<UInt8>) -> Bool { agreement(file) == bytes.count }

    /// Whether a file that has no more bytes than these begins so, as far as it goes.
    func mayBegin(_ file: some Collection<UInt8>) -> Bool {
        file.count < bytes.count && agreement(file) == file.count
    }

    private func agreement(_ file: some Collection<UInt8>) -> Int {
        zip(bytes, file).prefix { wanted, found in wanted == nil || wanted == found }.count
    }
}
