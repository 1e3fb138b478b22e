/// A JPEG rebuilt from its segments and scans: without stray bytes between them, and with an end marker.
///
/// If a decoder still reports errors, they concern the image itself.
struct JPEGRebuild {
    private(set) var bytes: [UInt8] = [0xff, 0xd8]
    /// Whether the file has an end marker after its last scan.
    private(set) var hadEnd = false
    /// The number of stray bytes.
    private(set) var strayByteCount = 0
    private var isProgressive = false
    /// For each component, by its id in the file, a bit for each coefficient whose lowest bit has been read.
    private var coefficients: [UInt8: UInt64] = [:]

    /// Whether the scans contain every coefficient of every component in full.
    var isComplete: Bool { !coefficients.isEmpty && coefficients.values.allSatisfy { $0 == .max } }

    /// - Returns: nil when there is no scan.
    init?(_ file: [UInt8]) {
        var position = 2
        var hasScan = false
        while true {
            let start = position
            while position < file.count && file[position] != 0xff { position += 1 }
            let stray = position - start
            while position < file.count && file[position] == 0xff { position += 1 }
            guard position + 2 < file.count || position < file.count && file[position] == 0xd9 else { break }
            let marker = file[position]
            position += 1
            if marker == 0xd9 {
                strayByteCount += stray
                hadEnd = hasScan
                break
            }
            if marker <= 1 || (0xd0...0xd8).contains(marker) {
                strayByteCount += stray + 2
                continue
            }
            let end = position + Int(file[position]) << 8 + Int(file[position + 1])
            // Anything may follow the last scan of a file without an end marker.
            guard end >= position + 2, end <= file.count, Self.isKnown(marker) else { break }
            strayByteCount += stray
            let content = file[position + 2..<end]
            note(marker, Array(content))
            bytes += [0xff, marker]
            bytes += file[position..<end]
            position = end
            guard marker == 0xda else { continue }
            hasScan = true
            position = Self.endOfScan(file, from: position)
            bytes += file[end..<position]
        }
        guard hasScan else { return nil }
        bytes += [0xff, 0xd9]
    }

    /// Whether a marker is a table, frame, scan, application segment or comment.
    private static func isKnown(_ marker: UInt8) -> Bool {
        (0xc0...0xcf).contains(marker) || (0xda...0xdf).contains(marker) || (0xe0...0xef).contains(marker)
            || marker == 0xfe
    }

    /// The position of the first marker that is neither a restart marker nor a stuffed byte of the scan.
    private static func endOfScan(_ file: [UInt8], from start: Int) -> Int {
        var position = start
        while position < file.count {
            guard file[position] == 0xff else {
                position += 1
                continue
            }
            var next = position + 1
            while next < file.count && file[next] == 0xff { next += 1 }
            guard next < file.count, file[next] == 0 || (0xd0...0xd7).contains(file[next]) else { return position }
            position = next + 1
        }
        return file.count
    }

    private mutating func note(_ marker: UInt8, _ content: [UInt8]) {
        switch marker {
        case 0xc0, 0xc1, 0xc2, 0xc9, 0xca:
            isProgressive = marker == 0xc2 || marker == 0xca
            for place in stride(from: 6, to: content.count, by: 3) { coefficients[content[place]] = 0 }
        case 0xda:
            let count = Int(content.first ?? 0)
            guard content.count >= 4 + 2 * count else { return }
            let (first, last) = (Int(content[1 + 2 * count]), Int(content[2 + 2 * count]))
            var mask = UInt64.max
            if isProgressive {
                // The lowest bit is in the scan whose shift is zero.
                guard content[3 + 2 * count] & 15 == 0, first <= last, last < 64 else { return }
                mask = (UInt64.max >> UInt64(63 - (last - first))) << UInt64(first)
            }
            for index in 0..<count { coefficients[content[1 + 2 * index]]? |= mask }
        default: break
        }
    }
}
