/// A zip archive (PKWARE's APPNOTE 6.3), with its extension to large files: its entries, and the offsets of their data.
struct ZipArchive {
    /// A file in the archive.
    struct Entry {
        let name: String
        let isPacked: Bool
        let packedCount: Int
        let count: Int
        /// The CRC-32 of its content; 0 where the writer did not compute it, as `torch.save` can be told.
        let checksum: UInt32
        /// The offset of its header.
        let header: Int
        /// The offset of its data.
        let start: Int
    }

    /// The entries by name.
    let entries: [String: Entry]
    private let bytes: FileBytes

    /// Reads the list of entries.
    ///
    /// - Throws: ``ZipError`` for an archive whose list or entries contradict themselves or overlap.
    init(_ bytes: FileBytes, budget: MemoryBudget) throws(ZipError) {
        self.bytes = bytes
        let directory = try Self.directory(of: bytes)
        var entries: [Entry] = []
        var position = directory.start
        for _ in 0..<directory.count {
            guard let entry = try Self.entry(of: bytes, at: &position, end: directory.end) else {
                throw ZipError(
                    "its list of entries ends at byte \(position), after \(entries.count) of \(directory.count)")
            }
            guard budget.spend(512 + 4 * entry.name.utf8.count) else { throw ZipError("it has too many entries") }
            entries.append(entry)
        }
        let inOrder = entries.sorted { $0.header < $1.header }
        for (entry, next) in zip(inOrder, inOrder.dropFirst()) where entry.start + entry.packedCount > next.header {
            throw ZipError("the entries '\(entry.name)' and '\(next.name)' overlap")
        }
        if let last = inOrder.last, last.start + last.packedCount > directory.start {
            throw ZipError("the entry '\(last.name)' overlaps the list of entries")
        }
        self.entries = Dictionary(entries.map { ($0.name, $0) }) { _, last in last }
        guard self.entries.count == entries.count else { throw ZipError("two of its entries have the same name") }
    }

    /// An entry's content: in place, or decompressed.
    ///
    /// - Throws: ``ZipError`` also where the content does not have the checksum that the archive states.
    func content(of entry: Entry, budget: MemoryBudget) throws(ZipError) -> FileBytes {
        guard let packed = bytes.part(from: entry.start, count: entry.packedCount) else {
            throw ZipError("the entry '\(entry.name)' is cut off")
        }
        guard entry.isPacked else { return try checked(packed, of: entry) }
        guard budget.spend(numbers: entry.count, ofBytes: 1) else {
            throw ZipError(
                "the entry '\(entry.name)' would decompress from \(entry.packedCount) bytes to \(entry.count), which is more "
                    + "than \(MemoryBudget.numberFactor) times the file's size")
        }
        guard let unpacked = inflated(packed, count: entry.count) else {
            throw ZipError("the entry '\(entry.name)' does not decompress to \(entry.count) bytes")
        }
        return try checked(FileBytes(unpacked), of: entry)
    }

    private func checked(_ content: FileBytes, of entry: Entry) throws(ZipError) -> FileBytes {
        guard entry.checksum != 0 else { return content }
        let found = checksum(content)
        guard found == entry.checksum else {
            throw ZipError(
                "the entry '\(entry.name)' is damaged: its CRC-32 is \(hexadecimal(found)), but the archive states "
                    + hexadecimal(entry.checksum))
        }
        return content
    }

    private func hexadecimal(_ value: UInt32) -> String { String(value, radix: 16) }
}

/// An error in an archive.
struct ZipError: Error, Equatable {
    /// A phrase.
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
