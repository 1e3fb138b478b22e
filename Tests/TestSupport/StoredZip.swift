/// A zip archive built byte by byte, for files that no other writer would produce.
public struct StoredZip {
    /// One entry, and what its headers say about it.
    public struct Entry {
        /// Its name.
        public var name: String
        /// Its bytes.
        public var bytes: [UInt8]
        /// 0 for stored, 8 for deflated.
        public var method: UInt16 = 0
        /// The number of bytes according to the list of entries; by default the actual one.
        public var count: UInt32?
        /// The CRC-32 according to the headers; 0 means that it was not computed.
        public var checksum: UInt32 = 0
        /// The offset according to the list of entries; by default the actual one.
        public var header: UInt32?

        /// A stored entry.
        public init(_ name: String, _ bytes: [UInt8]) {
            self.name = name
            self.bytes = bytes
        }
    }

    /// The entries in their order.
    public var entries: [Entry]

    /// An archive.
    public init(_ entries: [Entry]) { self.entries = entries }

    /// The file; each entry's bytes begin at a multiple of 64, as in PyTorch's.
    public var bytes: [UInt8] {
        var (file, list) = ([UInt8](), [UInt8]())
        for entry in entries {
            let header = UInt32(file.count)
            let name = Array(entry.name.utf8)
            let padding = (64 - (file.count + 30 + name.count) % 64) % 64
            let sizes = little(UInt32(entry.bytes.count)) + little(entry.count ?? UInt32(entry.bytes.count))
            let fields = little(UInt16(0)) + little(entry.method) + [0, 0, 0, 0]
            let common = fields + little(entry.checksum) + sizes
            file += [0x50, 0x4b, 3, 4] + little(UInt16(20)) + common + little(UInt16(name.count))
            file += little(UInt16(padding)) + name + [UInt8](repeating: 0, count: padding) + entry.bytes
            list += [0x50, 0x4b, 1, 2] + little(UInt16(20)) + little(UInt16(20)) + common + little(UInt16(name.count))
            list += [UInt8](repeating: 0, count: 12) + little(entry.header ?? header) + name
        }
        let count = little(UInt16(entries.count))
        let end =
            [0x50, 0x4b, 5, 6, 0, 0, 0, 0] + count + count + little(UInt32(list.count)) + little(UInt32(file.count))
        return file + list + end + [0, 0]
    }
}

/// A number's bytes in little-endian order.
public func little(_ number: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: number.littleEndian) { Array($0) }
}
