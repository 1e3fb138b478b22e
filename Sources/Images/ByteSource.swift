/// Random access to a file's bytes, read on demand: a header seldom needs more than the first few thousand.
///
/// Requested offsets may come from an untrusted file; those outside the file throw.
final class ByteSource {
    /// The file's name in errors.
    let path: String
    /// How many bytes the file has.
    let count: Int
    private let file: ImageFile?
    /// The part of the file that has been read; it begins at `start`.
    private var window: [UInt8]
    private var start = 0

    /// Reads a file's first 4 KiB; the rest when it is needed.
    init(_ file: ImageFile) throws(ImageError) {
        self.file = file
        path = file.path
        window = try file.bytes(upTo: 4096)
        count = window.count < min(4096, file.byteCount) ? window.count : file.byteCount
    }

    /// Wraps a file's content in memory.
    init(_ bytes: [UInt8], path: String) {
        file = nil
        self.path = path
        window = bytes
        count = bytes.count
    }

    /// The first bytes, at most 4 KiB of them.
    var head: ArraySlice<UInt8> {
        get throws(ImageError) { try bytes(at: 0, count: min(count, 4096)) }
    }

    /// - Throws: ``ImageError/truncated(path:)`` when the file ends before.
    func byte(at place: Int) throws(ImageError) -> Int {
        try need(place, 1)
        return Int(window[place - start])
    }

    /// A number of `count` bytes, at most 8; numbers too large for an integer are clamped.
    ///
    /// - Throws: ``ImageError/truncated(path:)`` when the file ends before.
    func number(at place: Int, count: Int, isLittle: Bool) throws(ImageError) -> Int {
        try need(place, count)
        var number: UInt64 = 0
        for index in 0..<count {
            let byte = window[place - start + (isLittle ? count - 1 - index : index)]
            number = number << 8 | UInt64(byte)
        }
        return Int(clamping: number)
    }

    func little(_ count: Int, at place: Int) throws(ImageError) -> Int {
        try number(at: place, count: count, isLittle: true)
    }

    func big(_ count: Int, at place: Int) throws(ImageError) -> Int {
        try number(at: place, count: count, isLittle: false)
    }

    /// Whether these bytes are at an offset; false also when the file ends before.
    func holds(_ text: String, at place: Int) throws(ImageError) -> Bool {
        guard place >= 0, place <= count - text.utf8.count else { return false }
        return try bytes(at: place, count: text.utf8.count).elementsEqual(text.utf8)
    }

    /// Some bytes, at most a few thousand.
    ///
    /// - Throws: ``ImageError/truncated(path:)`` when the file ends before.
    func bytes(at place: Int, count: Int) throws(ImageError) -> ArraySlice<UInt8> {
        try need(place, count)
        return window[place - start..<place - start + count]
    }

    private func need(_ place: Int, _ wanted: Int) throws(ImageError) {
        guard place >= 0, place <= count - wanted else { throw .truncated(path: path) }
        if place >= start && place + wanted <= start + window.count { return }
        // Headers that are far apart are short: a directory, the next segment, the next chunk.
        guard let file else { throw .truncated(path: path) }
        window = try file.bytes(at: place, upTo: max(wanted, 512))
        start = place
        // The file may have been truncated in the meantime.
        guard window.count >= wanted else { throw .truncated(path: path) }
    }
}
