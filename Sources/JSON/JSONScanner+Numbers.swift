extension JSONScanner {
    /// Visits the numbers of the list at the position, and counts other elements.
    func readNumbers(
        _ position: inout Int, depth: Int, _ others: inout Int, _ use: (Double) -> Void
    ) throws(Fault) {
        guard try opens(&position, close: UInt8(ascii: "]"), depth: depth) else { return }
        repeat {
            let start = position
            if bytes[position] == UInt8(ascii: "[") {
                try readNumbers(&position, depth: depth + 1, &others, use)
            } else {
                let isNumber = isNumber(at: position)
                try skipValue(&position, depth: depth + 1)
                if isNumber {
                    use(number(start..<position).value)
                } else {
                    others += 1
                }
            }
        } while try continues(&position, close: UInt8(ascii: "]"))
    }

    /// Returns the value of a well-formed number.
    @inline(__always)
    func number(_ range: Range<Int>) -> JSONNumber { JSONNumber(UnsafeBufferPointer(rebasing: bytes[range])) }

    /// Returns whether the value at a position is a number, provided it is a value.
    @inline(__always)
    func isNumber(at place: Int) -> Bool {
        switch bytes[place] {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "i"), UInt8(ascii: "I"): true
        case UInt8(ascii: "n"), UInt8(ascii: "N"):
            place + 1 < bytes.count && bytes[place + 1] | 0x20 == UInt8(ascii: "a")
        default: false
        }
    }

    /// Returns the position after the number that begins at a position.
    @inline(__always)
    func endOfNumber(from start: Int) throws(Fault) -> Int {
        var position = start
        skipDigits(&position)
        if position > start {
            // Whole numbers, the most frequent case, end here.
            guard position < bytes.count, bytes[position] == UInt8(ascii: ".") || bytes[position] | 0x20 == 0x65 else {
                return position
            }
        }
        return try endOfLongNumber(from: start)
    }

    private func endOfLongNumber(from start: Int) throws(Fault) -> Int {
        var position = start
        if bytes[position] == UInt8(ascii: "-") { position += 1 }
        guard position < bytes.count else { throw endsEarly }
        if bytes[position] | 0x20 == UInt8(ascii: "i") || bytes[position] | 0x20 == UInt8(ascii: "n") {
            try skipWord(bytes[position] | 0x20 == UInt8(ascii: "i") ? "infinity" : "nan", &position)
            return position
        }
        let digits = position
        skipDigits(&position)
        guard position > digits else { throw notWellFormed(start, position) }
        if position < bytes.count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            skipDigits(&position)
        }
        if position < bytes.count, bytes[position] | 0x20 == UInt8(ascii: "e") {
            position += 1
            if position < bytes.count, bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+") {
                position += 1
            }
            let exponent = position
            skipDigits(&position)
            guard position > exponent else { throw notWellFormed(start, position) }
        }
        return position
    }

    private func notWellFormed(_ start: Int, _ end: Int) -> Fault {
        end < bytes.count ? Fault(place: start, reason: "a number is not well-formed") : endsEarly
    }

    @inline(__always)
    private func skipDigits(_ position: inout Int) {
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
    }
}
