import Foundation

/// A check of a file before it is parsed: whether each message ends where it should.
///
/// The check follows only the schema's messages and stores nothing, so a damaged file is rejected, with the place of the damage, before
/// memory is allocated for it. Messages are not counted: a file of empty ones, two bytes each, takes 200 times its size, which is within
/// ``ONNXModel/memoryFactor``.
struct WireFormat {
    /// The maximum nesting depth of messages; a nested graph takes three levels.
    static let depthLimit = 64

    /// A message type, with the names and types of its message fields.
    private indirect enum Message {
        case model, graph, node, attribute, function, tensor, value, type, tensorType, shape, sparse, leaf

        func child(_ field: Int) -> (name: String, message: Message)? {
            switch (self, field) {
            case (.model, 7), (.attribute, 6): ("graph", .graph)
            case (.model, 8), (.function, 9): ("operator set", .leaf)
            case (.model, 14), (.tensor, 13): ("entry", .leaf)
            case (.model, 25): ("function", .function)
            case (.graph, 1), (.function, 7): ("node", .node)
            case (.graph, 5): ("initializer", .tensor)
            case (.graph, 11): ("input", .value)
            case (.graph, 12): ("output", .value)
            case (.graph, 13): ("value", .value)
            case (.graph, 15): ("sparse initializer", .sparse)
            case (.node, 5), (.function, 11): ("attribute", .attribute)
            case (.attribute, 5), (.sparse, 1), (.sparse, 2): ("tensor", .tensor)
            case (.value, 2): ("type", .type)
            case (.type, 1): ("tensor type", .tensorType)
            case (.tensorType, 2): ("shape", .shape)
            case (.shape, 1): ("extent", .leaf)
            default: nil
            }
        }
    }

    /// - Throws: ``ONNXError/malformed(place:reason:)`` with the place of the first damaged message.
    static func check(_ data: Data) throws(ONNXError) {
        var failure: ONNXError?
        data.withUnsafeBytes { bytes in
            var format = WireFormat(bytes: bytes)
            do throws(ONNXError) {
                try format.check(.model, 0..<bytes.count, path: [], depth: 0)
            } catch { failure = error }
        }
        if let failure { throw failure }
    }

    let bytes: UnsafeRawBufferPointer

    private func failure(_ path: [(name: String, number: Int)], _ reason: String) -> ONNXError {
        let place = path.map { "\($0.name) \($0.number)" }.joined(separator: ", ")
        return .malformed(place: place.isEmpty ? "the file" : place, reason: reason)
    }

    private mutating func check(
        _ message: Message, _ range: Range<Int>, path: [(name: String, number: Int)], depth: Int
    ) throws(ONNXError) {
        guard depth < Self.depthLimit else { throw failure(Array(path.prefix(4)), "graphs are nested too deeply") }
        var place = range.lowerBound
        var numbers: [Int: Int] = [:]
        while place < range.upperBound {
            guard let tag = varint(&place, range.upperBound) else { throw failure(path, "it is truncated") }
            let field = Int(clamping: tag >> 3)
            switch tag & 7 {
            case 0:
                if varint(&place, range.upperBound) == nil { throw failure(path, "it is truncated") }
            case 1: place += 8
            case 5: place += 4
            case 2:
                guard let length = varint(&place, range.upperBound), length <= UInt64(range.upperBound - place) else {
                    throw failure(path, "a field is longer than the remaining data")
                }
                let part = place..<place + Int(length)
                if let child = message.child(field) {
                    let number = numbers[field, default: 0]
                    numbers[field] = number + 1
                    try check(child.message, part, path: path + [(child.name, number)], depth: depth + 1)
                }
                place = part.upperBound
            default: throw failure(path, "byte \(place) is not the start of a valid field")
            }
            if place > range.upperBound { throw failure(path, "it is truncated") }
        }
    }

    /// Reads a varint of up to ten bytes; returns nil if it does not end.
    private func varint(_ place: inout Int, _ end: Int) -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while place < end, shift < 70 {
            let byte = bytes[place]
            place += 1
            value |= UInt64(byte & 0x7f) << shift
            if byte & 0x80 == 0 { return value }
            shift += 7
        }
        return nil
    }
}
