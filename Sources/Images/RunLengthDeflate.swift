/// Compresses bytes in the deflate format (RFC 1951), with run lengths and Huffman codes alone: a single block with its own codes.
///
/// The residuals of a photograph rarely repeat, and zlib takes several times as long to find that out. Runs are searched for eight bytes at
/// a time, so short ones are stored as literals.
enum RunLengthDeflate {
    /// The maximum compressed size of `count` bytes.
    static func capacity(_ count: Int) -> Int { count + count / 2 + 1024 }

    /// Compresses bytes into one block that ends at a byte boundary.
    ///
    /// - Parameters:
    /// - isLast: Whether this is the last block; otherwise an empty block pads the last byte.
    /// - target: Room for ``capacity(_:)`` bytes.
    /// - Returns: The number of bytes written.
    static func pack(
        _ source: UnsafeBufferPointer<UInt8>, isLast: Bool, into target: UnsafeMutableBufferPointer<UInt8>
    ) -> Int {
        precondition(
            target.count >= capacity(source.count), "\(target.count) bytes may not hold \(source.count) once packed")
        var counter = Counter()
        counter.count(source)
        let symbols = PrefixCode(counts: counter.counts, limit: symbolLimit)
        var writer = BitWriter(target)
        writer.append(isLast ? 1 : 0, 1)
        writer.append(2, 2)
        writeCodes(symbols, to: &writer)
        write(source, symbols, to: &writer)
        if !isLast {
            // An empty stored block: its length and the length's complement.
            writer.append(0, 3)
            writer.fillByte()
            writer.append(0xffff_0000, 32)
        }
        return writer.finish()
    }

    /// Four codes and the pending bits of the last byte must fit into 64 bits.
    private static let symbolLimit = 12
    private static let endOfBlock = 256
    private static let longestRun = 258

    /// The symbol of a run's length, its extra bits, and their number (section 3.2.5).
    fileprivate struct RunLength {
        let symbol: Int
        let extra, extraBits: UInt64

        init(_ length: Int) {
            if length == longestRun {
                (symbol, extra, extraBits) = (285, 0, 0)
                return
            }
            let place = length - 3
            let bits = max(0, Int.bitWidth - place.leadingZeroBitCount - 3)
            symbol = 257 + 4 * bits + place >> bits
            extra = UInt64(place & (1 << bits - 1))
            extraBits = UInt64(bits)
        }
    }

    /// Splits bytes into groups of eight that are no run, the last few bytes, and runs, which repeat the byte before them.
    @inline(__always)
    private static func walk(
        _ source: UnsafeBufferPointer<UInt8>, literals: (UnsafePointer<UInt8>) -> Void, literal: (UInt8) -> Void,
        run: (Int) -> Void
    ) {
        guard let base = source.baseAddress else { return }
        let count = source.count
        var index = 0
        while index + 8 <= count {
            let word = UnsafeRawPointer(base + index).loadUnaligned(as: UInt64.self)
            if index > 0, word == UInt64(base[index - 1]) &* 0x0101_0101_0101_0101 {
                var end = index + 8
                let limit = min(count, index + longestRun)
                while end < limit, base[end] == base[index] { end += 1 }
                run(end - index)
                index = end
            } else {
                literals(base + index)
                index += 8
            }
        }
        while index < count {
            literal(base[index])
            index += 1
        }
    }

    /// Counts the symbols. Neighbouring bytes use separate counters: equal ones would have to wait for each other.
    private struct Counter {
        private var lanes = [UInt32](repeating: 0, count: 4 * 288)

        mutating func count(_ source: UnsafeBufferPointer<UInt8>) {
            lanes.withUnsafeMutableBufferPointer { lanes in
                guard let lane = lanes.baseAddress else { return }
                walk(
                    source,
                    literals: { bytes in
                        for index in 0..<8 { lane[(index & 3) &* 288 &+ Int(bytes[index])] &+= 1 }
                    }, literal: { lane[Int($0)] &+= 1 }, run: { lane[RunLength($0).symbol] &+= 1 })
                lane[endOfBlock] = 1
            }
        }

        var counts: [Int] { (0..<286).map { symbol in (0..<4).reduce(0) { $0 + Int(lanes[$1 * 288 + symbol]) } } }
    }

    private static func write(
        _ source: UnsafeBufferPointer<UInt8>, _ symbols: PrefixCode, to writer: inout BitWriter
    ) {
        symbols.codes.withUnsafeBufferPointer { codes in
            walk(
                source,
                literals: { bytes in
                    writer.append(
                        codes[Int(bytes[0])], codes[Int(bytes[1])], codes[Int(bytes[2])], codes[Int(bytes[3])])
                    writer.append(
                        codes[Int(bytes[4])], codes[Int(bytes[5])], codes[Int(bytes[6])], codes[Int(bytes[7])])
                },
                literal: {
                    writer.hold(codes[Int($0)])
                    writer.flush()
                },
                run: { length in
                    let length = RunLength(length)
                    writer.hold(codes[length.symbol])
                    // The only distance is 1, whose code is a single 0.
                    writer.append(length.extra, length.extraBits + 1)
                })
            writer.hold(codes[endOfBlock])
            writer.flush()
        }
    }

    /// Writes the lengths of all codes, themselves encoded (section 3.2.7): of 286 symbols and of one distance.
    private static func writeCodes(_ symbols: PrefixCode, to writer: inout BitWriter) {
        let lengths = symbols.lengths + [1]
        var items: [(symbol: Int, extra: UInt64, bits: UInt64)] = []
        var index = 0
        while index < lengths.count {
            let zeros = lengths[index...].prefix(138).prefix { $0 == 0 }.count
            switch zeros {
            case 11...: items.append((18, UInt64(zeros - 11), 7))
            case 3...: items.append((17, UInt64(zeros - 3), 3))
            default: items.append((lengths[index], 0, 0))
            }
            index += max(1, zeros >= 3 ? zeros : 1)
        }
        var counts = [Int](repeating: 0, count: 19)
        for item in items { counts[item.symbol] += 1 }
        let code = PrefixCode(counts: counts, limit: 7)
        writer.append(UInt64(lengths.count - 1 - 257), 5)
        writer.append(0, 5)
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        writer.append(UInt64(order.count - 4), 4)
        for symbol in order { writer.append(UInt64(code.lengths[symbol]), 3) }
        for item in items {
            writer.hold(code.codes[item.symbol])
            writer.append(item.extra, item.bits)
        }
    }
}

/// A canonical prefix code whose lengths are limited (RFC 1951, section 3.2.2).
private struct PrefixCode {
    /// The length of each symbol's code; 0 if the symbol does not occur.
    private(set) var lengths: [Int]
    /// Each symbol's bits, the first lowest, and their number from bit 16 on.
    private(set) var codes: [UInt32]

    /// - Precondition: at least two symbols occur, and no more than the limit allows.
    init(counts: [Int], limit: Int) {
        let used = counts.indices.filter { counts[$0] > 0 }.sorted { (counts[$0], $0) < (counts[$1], $1) }
        precondition(used.count >= 2 && used.count <= 1 << limit, "\(used.count) symbols cannot have codes")
        lengths = [Int](repeating: 0, count: counts.count)
        var atLength = Self.codesPerLength(used.map { counts[$0] }, limit: limit)
        // The rarest symbols have the longest codes.
        var length = limit
        for symbol in used {
            while atLength[length] == 0 { length -= 1 }
            atLength[length] -= 1
            lengths[symbol] = length
        }
        codes = [UInt32](repeating: 0, count: counts.count)
        var next: UInt32 = 0
        for length in 1...limit {
            for symbol in lengths.indices where lengths[symbol] == length {
                codes[symbol] = Self.reversed(next, length) | UInt32(length) << 16
                next += 1
            }
            next <<= 1
        }
    }

    /// The number of codes of each length, for ascending counts: Huffman's tree, with codes beyond the limit cut to it, and others made
    /// longer until all fit.
    private static func codesPerLength(_ counts: [Int], limit: Int) -> [Int] {
        // A tree's inner nodes are made in ascending order of their counts, so two queues give the two smallest.
        var weights = counts
        var parents = [Int](repeating: 0, count: 2 * counts.count - 1)
        var (leaf, inner) = (0, counts.count)
        while weights.count < parents.count {
            var sum = 0
            for _ in 0..<2 {
                let takesLeaf = leaf < counts.count && (inner >= weights.count || counts[leaf] <= weights[inner])
                let node = takesLeaf ? leaf : inner
                if takesLeaf { leaf += 1 } else { inner += 1 }
                sum += weights[node]
                parents[node] = weights.count
            }
            weights.append(sum)
        }
        var depths = [Int](repeating: 0, count: parents.count)
        var atLength = [Int](repeating: 0, count: limit + 1)
        for node in parents.indices.dropLast().reversed() { depths[node] = depths[parents[node]] + 1 }
        for leaf in counts.indices { atLength[min(limit, depths[leaf])] += 1 }
        var room = (1...limit).reduce(0) { $0 + atLength[$1] << (limit - $1) }
        while room > 1 << limit {
            // Moves one of the longest codes next to a shorter one, which becomes one bit longer.
            atLength[limit] -= 1
            let shorter = (1..<limit).last { atLength[$0] > 0 } ?? 1
            atLength[shorter] -= 1
            atLength[shorter + 1] += 2
            room -= 1
        }
        return atLength
    }

    private static func reversed(_ code: UInt32, _ length: Int) -> UInt32 {
        var (code, result): (UInt32, UInt32) = (code, 0)
        for _ in 0..<length {
            result = result << 1 | code & 1
            code >>= 1
        }
        return result
    }
}

/// Writes bits, lowest first.
private struct BitWriter {
    private let start: UnsafeMutablePointer<UInt8>?
    private var output: UnsafeMutableRawPointer
    private var bits: UInt64 = 0
    private var count: UInt64 = 0

    init(_ target: UnsafeMutableBufferPointer<UInt8>) {
        start = target.baseAddress
        output = UnsafeMutableRawPointer(target.baseAddress.unsafelyUnwrapped)
    }

    /// Adds a code; at most 56 bits may be pending between two flushes.
    @inline(__always) mutating func hold(_ code: UInt32) {
        bits |= UInt64(code & 0xffff) &<< count
        count &+= UInt64(code &>> 16)
    }

    /// Adds four codes at once: each depends only on its neighbour's length, not on all before it.
    @inline(__always) mutating func append(_ first: UInt32, _ second: UInt32, _ third: UInt32, _ fourth: UInt32) {
        let one = UInt64(first & 0xffff) | UInt64(second & 0xffff) &<< UInt64(first &>> 16)
        let other = UInt64(third & 0xffff) | UInt64(fourth & 0xffff) &<< UInt64(third &>> 16)
        let half = UInt64(first &>> 16) &+ UInt64(second &>> 16)
        bits |= (one | other &<< half) &<< count
        count &+= half &+ UInt64(third &>> 16) &+ UInt64(fourth &>> 16)
        flush()
    }

    /// Writes all complete bytes to the output.
    @inline(__always) mutating func flush() {
        output.storeBytes(of: bits, as: UInt64.self)
        output += Int(count &>> 3)
        bits = bits &>> (count & 56)
        count &= 7
    }

    /// Adds at most 32 bits.
    mutating func append(_ value: UInt64, _ length: UInt64) {
        bits |= value &<< count
        count &+= length
        flush()
    }

    mutating func fillByte() {
        count = (count + 7) & ~7
        flush()
    }

    /// - Returns: The number of bytes written.
    mutating func finish() -> Int {
        fillByte()
        return start.map { output - UnsafeMutableRawPointer($0) } ?? 0
    }
}
