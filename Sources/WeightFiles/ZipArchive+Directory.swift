extension ZipArchive {
    /// Returns the position of the list of entries.
    static func directory(of bytes: FileBytes) throws(ZipError) -> (start: Int, end: Int, count: Int) {
        guard let end = endRecord(of: bytes) else {
            throw ZipError("it has no list of entries at its end: it is cut off")
        }
        var count = Int(bytes.integer(UInt16.self, at: end + 10) ?? 0)
        var size = Int(bytes.integer(UInt32.self, at: end + 12) ?? 0)
        var start = Int(bytes.integer(UInt32.self, at: end + 16) ?? 0)
        // Large files have a second record before the first one, and before the latter a record with its position.
        if bytes.has([0x50, 0x4b, 0x06, 0x07], at: end - 20) {
            guard let place = bytes.integer(UInt64.self, at: end - 12).flatMap(Int.init(exactly:)),
                bytes.has([0x50, 0x4b, 0x06, 0x06], at: place),
                let wideCount = bytes.integer(UInt64.self, at: place + 32).flatMap(Int.init(exactly:)),
                let wideSize = bytes.integer(UInt64.self, at: place + 40).flatMap(Int.init(exactly:)),
                let wideStart = bytes.integer(UInt64.self, at: place + 48).flatMap(Int.init(exactly:))
            else { throw ZipError("its list of entries is not where the archive says") }
            (count, size, start) = (wideCount, wideSize, wideStart)
        }
        guard bytes.part(from: start, count: size) != nil, start + size <= end else {
            throw ZipError("its list of entries would be bytes \(start) and the \(size) after it, of \(bytes.count)")
        }
        // The fixed part of an entry has 46 bytes.
        guard count <= size / 46 else { throw ZipError("\(count) entries do not fit a list of \(size) bytes") }
        return (start, start + size, count)
    }

    /// The last record has 22 bytes and a comment of up to 65535.
    private static func endRecord(of bytes: FileBytes) -> Int? {
        var offset = bytes.count - 22
        while offset >= max(0, bytes.count - 22 - 65535) {
            if bytes.has([0x50, 0x4b, 0x05, 0x06], at: offset) { return offset }
            offset -= 1
        }
        return nil
    }

    /// Reads the entry at `position` and advances to the next one; nil when the list ends before it does.
    static func entry(of bytes: FileBytes, at position: inout Int, end: Int) throws(ZipError) -> Entry? {
        guard position <= end - 46, bytes.has([0x50, 0x4b, 0x01, 0x02], at: position),
            let flags = bytes.integer(UInt16.self, at: position + 8),
            let method = bytes.integer(UInt16.self, at: position + 10),
            let checksum = bytes.integer(UInt32.self, at: position + 16),
            let packed = bytes.integer(UInt32.self, at: position + 20),
            let unpacked = bytes.integer(UInt32.self, at: position + 24),
            let nameCount = bytes.integer(UInt16.self, at: position + 28),
            let extraCount = bytes.integer(UInt16.self, at: position + 30),
            let commentCount = bytes.integer(UInt16.self, at: position + 32),
            let offset = bytes.integer(UInt32.self, at: position + 42),
            let nameBytes = bytes.part(from: position + 46, count: Int(nameCount)),
            let extra = bytes.part(from: position + 46 + Int(nameCount), count: Int(extraCount))
        else { return nil }
        position += 46 + Int(nameCount) + Int(extraCount) + Int(commentCount)
        guard position <= end else { return nil }
        let name = nameBytes.text ?? nameBytes.latinText
        guard flags & 1 == 0 else { throw ZipError("the entry '\(name)' is encrypted") }
        guard method == 0 || method == 8 else {
            throw ZipError("the entry '\(name)' is packed by method \(method); stored and deflated entries can be read")
        }
        var wide = WideNumbers(extra)
        guard let unpackedCount = wide.next(unpacked), let packedCount = wide.next(packed),
            let header = wide.next(offset)
        else { throw ZipError("the entry '\(name)' lacks its 64-bit fields") }
        guard method == 8 || packedCount == unpackedCount else {
            throw ZipError("the entry '\(name)' is stored, but has \(packedCount) bytes for \(unpackedCount)")
        }
        // The entry's own header has a name and extra fields of different lengths.
        guard bytes.has([0x50, 0x4b, 0x03, 0x04], at: header),
            let localNameCount = bytes.integer(UInt16.self, at: header + 26),
            let localExtraCount = bytes.integer(UInt16.self, at: header + 28)
        else { throw ZipError("the entry '\(name)' is not at byte \(header), where the list says") }
        let start = header + 30 + Int(localNameCount) + Int(localExtraCount)
        guard bytes.part(from: start, count: packedCount) != nil else {
            throw ZipError("the entry '\(name)' has \(packedCount) bytes from byte \(start) on, of \(bytes.count)")
        }
        return Entry(
            name: name, isPacked: method == 8, packedCount: packedCount, count: unpackedCount,
            checksum: checksum, header: header, start: start)
    }
}

/// The 64-bit numbers in an entry's extra field (number 1), in the order of the 32-bit fields that are too small for them.
private struct WideNumbers {
    private var field: FileBytes?
    private var position = 0

    init(_ extra: FileBytes) {
        var place = 0
        while let number = extra.integer(UInt16.self, at: place), let count = extra.integer(UInt16.self, at: place + 2)
        {
            if number == 1 {
                field = extra.part(from: place + 4, count: Int(count))
                return
            }
            place += 4 + Int(count)
        }
    }

    mutating func next(_ narrow: UInt32) -> Int? {
        guard narrow == .max else { return Int(narrow) }
        guard let wide = field?.integer(UInt64.self, at: position) else { return nil }
        position += 8
        return Int(exactly: wide)
    }
}
