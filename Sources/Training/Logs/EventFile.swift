import Foundation
import Tensors

/// A file of TensorBoard's: numbers and images over steps, appended as they come.
///
/// Records as TensorFlow writes them (`tensorflow/core/lib/io/record_writer.h`: length, its checksum, content, its checksum) of `Event`
/// messages (`tensorflow/core/util/event.proto`).
public final class EventFile {
    /// The file.
    public let url: URL
    private let descriptor: Int32

    /// Begins a file in a folder; earlier files of this program's are removed, as they would be shown beside it.
    ///
    /// - Throws: Errors of the file system.
    public init(in folder: URL, now: Date = Date()) throws {
        for file in Self.files(in: folder) { try FileManager.default.removeItem(at: file) }
        // TensorBoard looks for the prefix, and orders files by the seconds in their names.
        url = folder.appendingPathComponent(Self.prefix + "\(Int(now.timeIntervalSince1970))" + Self.suffix)
        descriptor = open(url.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        if descriptor < 0 { throw FileWriteError(url, errno) }
        var event = Message()
        event.double(1, now.timeIntervalSince1970)
        event.text(3, "brain.Event:2")
        try append(event)
    }

    deinit { close(descriptor) }

    /// The files of this program's in a folder.
    static func files(in folder: URL) -> [URL] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return names.filter { $0.hasPrefix(prefix) && $0.hasSuffix(suffix) }.map(folder.appendingPathComponent)
    }

    private static let suffix = ".pinpoint"
    private static let prefix = "events.out.tfevents."

    /// Appends numbers of one step.
    ///
    /// - Throws: Errors of the file system.
    public func append(_ scalars: [(tag: String, value: Double)], step: Int, now: Date = Date()) throws {
        var summary = Message()
        for (tag, number) in scalars {
            var value = Message()
            value.text(1, tag)
            value.float(2, Float(number))
            summary.message(1, value)
        }
        try append(summary: summary, step: step, now: now)
    }

    /// Appends an image.
    ///
    /// - Parameter png: The content of a PNG file of `width x height` pixels.
    /// - Throws: Errors of the file system.
    public func append(
        png: Data, width: Int, height: Int, tag: String, step: Int, now: Date = Date()
    ) throws {
        var image = Message()
        image.integer(1, height)
        image.integer(2, width)
        // RGB.
        image.integer(3, 3)
        image.bytes(4, png)
        var value = Message()
        value.text(1, tag)
        value.message(4, image)
        var summary = Message()
        summary.message(1, value)
        try append(summary: summary, step: step, now: now)
    }

    private func append(summary: Message, step: Int, now: Date) throws {
        var event = Message()
        event.double(1, now.timeIntervalSince1970)
        event.integer(2, step)
        event.message(5, summary)
        try append(event)
    }

    private func append(_ event: Message) throws {
        let length = withUnsafeBytes(of: UInt64(event.content.count).littleEndian) { Data($0) }
        var record = length
        record.append(Self.maskedChecksum(length))
        record.append(event.content)
        record.append(Self.maskedChecksum(event.content))
        if let failure = record.withUnsafeBytes({ writeAll($0, to: descriptor) }) { throw FileWriteError(url, failure) }
    }

    /// CRC-32C, turned and shifted, so that checksums of data with checksums in it stay good.
    private static func maskedChecksum(_ data: Data) -> Data {
        var checksum = UInt32.max
        for byte in data { checksum = table[Int(UInt8(truncatingIfNeeded: checksum) ^ byte)] ^ (checksum >> 8) }
        checksum = ~checksum
        let masked = (checksum >> 15 | checksum << 17) &+ 0xa282_ead8
        return withUnsafeBytes(of: masked.littleEndian) { Data($0) }
    }

    /// The remainders of all bytes by Castagnoli's polynomial, reversed.
    private static let table: [UInt32] = (0..<256 as Range<UInt32>).map { byte in
        (0..<8).reduce(byte) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82f6_3b78 : value >> 1 }
    }
}

/// A message of Protocol Buffers, as far as events need it.
private struct Message {
    private(set) var content = Data()

    private enum WireType: Int {
        case integer = 0
        case eightBytes = 1
        case bytes = 2
        case fourBytes = 5
    }

    mutating func integer(_ field: Int, _ value: Int) {
        key(field, .integer)
        variableLength(UInt64(bitPattern: Int64(value)))
    }

    mutating func double(_ field: Int, _ value: Double) {
        key(field, .eightBytes)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { content.append(contentsOf: $0) }
    }

    mutating func float(_ field: Int, _ value: Float) {
        key(field, .fourBytes)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { content.append(contentsOf: $0) }
    }

    mutating func bytes(_ field: Int, _ value: Data) {
        key(field, .bytes)
        variableLength(UInt64(value.count))
        content.append(value)
    }

    mutating func text(_ field: Int, _ value: String) { bytes(field, Data(value.utf8)) }

    mutating func message(_ field: Int, _ value: Message) { bytes(field, value.content) }

    private mutating func key(_ field: Int, _ type: WireType) { variableLength(UInt64(field << 3 | type.rawValue)) }

    private mutating func variableLength(_ value: UInt64) {
        var value = value
        while value > 127 {
            content.append(UInt8(truncatingIfNeeded: value) | 128)
            value >>= 7
        }
        content.append(UInt8(value))
    }
}
