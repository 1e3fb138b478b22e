import Foundation

extension PickleMachine {
    mutating func pushNumber(_ opcode: PickleOpcode) throws(PickleProblem) {
        switch opcode {
        case .binInt1: try push(.integer(Int(try integer(UInt8.self))))
        case .binInt2: try push(.integer(Int(try integer(UInt16.self))))
        case .binInt: try push(.integer(Int(try integer(Int32.self))))
        case .long1: try pushLong(try take(try integer(UInt8.self)))
        case .long4:
            let count = try integer(Int32.self)
            guard count >= 0 else { throw .malformed("a number cannot have \(count) bytes") }
            try pushLong(try take(count))
        case .binFloat:
            // The only number that is big-endian.
            try push(.number(Double(bitPattern: try integer(UInt64.self).byteSwapped)))
        case .int:
            let text = try line()
            if text == "00" || text == "01" { return try push(.boolean(text == "01")) }
            try pushInteger(text)
        case .long:
            let text = try line()
            try pushInteger(text.hasSuffix("L") ? String(text.dropLast()) : text)
        default:
            let text = try line()
            guard let number = Double(text) else { throw .malformed("'\(text.prefix(40))' is not a number") }
            try push(.number(number))
        }
    }

    private mutating func pushInteger(_ text: String) throws(PickleProblem) {
        if let integer = Int(text) { return try push(.integer(integer)) }
        guard !text.isEmpty, text.drop(while: { $0 == "-" }).allSatisfy(\.isNumber) else {
            throw .malformed("'\(text.prefix(40))' is not an integer")
        }
        try push(.inert("int"))
    }

    /// Reads a little-endian integer in two's complement. Larger ones than eight bytes are not needed here.
    private mutating func pushLong(_ bytes: FileBytes) throws(PickleProblem) {
        guard bytes.count <= 8 else { return try push(.inert("int")) }
        var value: UInt64 = 0
        for index in 0..<bytes.count { value |= UInt64(bytes.integer(UInt8.self, at: index) ?? 0) << (8 * index) }
        let unused = 64 - 8 * bytes.count
        try push(.integer(bytes.count == 0 ? 0 : Int(Int64(bitPattern: value << unused) >> unused)))
    }

    mutating func pushText(_ opcode: PickleOpcode) throws(PickleProblem) {
        let part: FileBytes
        switch opcode {
        case .string, .unicode:
            var text = try line()
            if opcode == .string, text.count >= 2, let quote = text.first, quote == text.last, "'\"".contains(quote) {
                text = String(text.dropFirst().dropLast())
            }
            return try push(.text(text))
        case .shortBinString, .shortBinUnicode: part = try take(try integer(UInt8.self))
        case .binString:
            let count = try integer(Int32.self)
            guard count >= 0 else { throw .malformed("a string cannot have \(count) bytes") }
            part = try take(count)
        case .binUnicode: part = try take(try integer(UInt32.self))
        default: part = try take(try integer(UInt64.self))
        }
        try spend(48 + part.count)
        if let text = part.text { return try push(.text(text)) }
        // Strings of Python 2 are bytes.
        guard opcode == .binString || opcode == .shortBinString else { throw .malformed("a string is not UTF-8") }
        try spend(part.count)
        try push(.text(part.latinText))
    }

    mutating func pushBytes(_ count: some FixedWidthInteger) throws(PickleProblem) {
        try push(.bytes(count: try take(count).count))
    }
}
