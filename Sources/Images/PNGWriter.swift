import CZlib
import Foundation
import Synchronization
import Tensors

/// Encodes images as PNG, chunk by chunk: libpng's simple interface has no setting for the compression effort, and spends most of a `demo`
/// searching for repetitions that photographs do not have.
///
/// Each byte is predicted from its neighbours by Paeth's rule; the residual is compressed by run lengths and Huffman codes alone
/// (``RunLengthDeflate``). For photographs this makes smaller files than zlib's default. Strips of rows are compressed in parallel; their
/// boundaries depend on the image's size alone, so the same image gives the same bytes.
enum PNGWriter {
    static func rgb(_ image: Image) throws(ImageError) -> Data {
        try write(image.pixels, PNGForm(width: image.width, height: image.height, bitDepth: 8, colorType: 2))
    }

    static func gray16(_ image: Gray16Image) throws(ImageError) -> Data {
        let bytes = image.pixels.map { $0.bigEndian }.withUnsafeBytes { [UInt8]($0) }
        return try write(bytes, PNGForm(width: image.width, height: image.height, bitDepth: 16, colorType: 0))
    }

    private static func write(_ samples: [UInt8], _ form: PNGForm) throws(ImageError) -> Data {
        let start = try start(form)
        let data = data(samples, form, .still)
        let end = chunk("IEND", [])
        var file = Data(capacity: start.count + data.count + end.count)
        for part in [start, data, end] { file.append(contentsOf: part) }
        return file
    }

    /// The beginning of every file: the signature and the header.
    ///
    /// - Throws: ``ImageError/cannotEncode(reason:)`` when the format does not allow this size.
    static func start(_ form: PNGForm) throws(ImageError) -> [UInt8] {
        guard let columns = UInt32(exactly: form.width), let rows = UInt32(exactly: form.height),
            max(columns, rows) <= Int32.max
        else { throw .cannotEncode(reason: "\(form.width) x \(form.height) pixels are too many for PNG") }
        return ImageFormat.pngSignature
            + chunk("IHDR", bigEndian(columns) + bigEndian(rows) + [form.bitDepth, form.colorType, 0, 0, 0])
    }

    /// The chunks of the samples, ``chunkCount(_:)`` of them.
    static func data(_ samples: [UInt8], _ form: PNGForm, _ kind: PNGDataKind) -> [UInt8] {
        let strips = form.strips
        let packed = Mutex([PackedStrip?](repeating: nil, count: strips.count))
        samples.withUnsafeBufferPointer { source in
            Parallel.forEach(strips.count) { index, _ in
                let strip = PackedStrip(index, of: strips, source, form, kind)
                packed.withLock { $0[index] = strip }
            }
        }
        let parts = packed.withLock { $0.compactMap { $0 } }
        var chunks: [UInt8] = []
        chunks.reserveCapacity(parts.reduce(64) { $0 + $1.chunk.count })
        var checksum = adler32(0, nil, 0)
        for part in parts {
            chunks += part.chunk
            checksum = adler32_combine(checksum, part.checksum, part.byteCount)
        }
        return chunks + kind.chunk(strips.count, bigEndian(UInt32(truncatingIfNeeded: checksum)))
    }

    /// How many chunks the samples of an image take: one per strip, and one for the checksum of all.
    static func chunkCount(_ form: PNGForm) -> Int { form.strips.count + 1 }

    static func bigEndian(_ number: UInt32) -> [UInt8] { withUnsafeBytes(of: number.bigEndian) { Array($0) } }

    /// A chunk: length, name, content, and a checksum of the last two.
    static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
        let body = Array(name.utf8) + content
        let checksum = body.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }
        return bigEndian(UInt32(content.count)) + body + bigEndian(UInt32(truncatingIfNeeded: checksum))
    }
}

/// The type of the chunks that hold an image's samples.
enum PNGDataKind: Sendable {
    /// A still image, or the first frame of an animation.
    case still
    /// A later frame of an animation, whose chunks are numbered from here on.
    case frame(firstNumber: UInt32)

    /// The name of the chunk at a position, and the bytes before its data.
    func start(_ index: Int) -> [UInt8] {
        switch self {
        case .still: Array("IDAT".utf8)
        case .frame(let first): Array("fdAT".utf8) + PNGWriter.bigEndian(first + UInt32(index))
        }
    }

    func chunk(_ index: Int, _ content: [UInt8]) -> [UInt8] {
        let start = start(index)
        return PNGWriter.chunk(String(decoding: start.prefix(4), as: UTF8.self), start.dropFirst(4) + content)
    }
}

/// The layout of a PNG's samples.
struct PNGForm: Sendable {
    let width, height: Int
    let bitDepth, colorType: UInt8

    var bytesPerPixel: Int { (colorType == 2 ? 3 : 1) * Int(bitDepth) / 8 }
    var rowLength: Int { width * bytesPerPixel }

    /// Rows that are compressed together, about 256 kB of them.
    var strips: [Range<Int>] {
        let rows = max(1, (1 << 18) / (rowLength + 1))
        return stride(from: 0, to: height, by: rows).map { $0..<min(height, $0 + rows) }
    }
}

/// A strip of an image as a chunk of a PNG file; together, the chunks of all strips hold one zlib stream.
private struct PackedStrip: Sendable {
    /// The whole chunk.
    let chunk: [UInt8]
    /// The checksum of the uncompressed bytes, and their number.
    let checksum: UInt
    let byteCount: Int

    init(
        _ index: Int, of strips: [Range<Int>], _ samples: UnsafeBufferPointer<UInt8>, _ form: PNGForm,
        _ kind: PNGDataKind
    ) {
        let filtered = Self.filtered(strips[index], of: samples, form)
        // zlib's own header comes before the first strip, and its checksum after the last.
        let start = kind.start(index) + (index == 0 ? [0x78, 0x01] : [])
        chunk = filtered.withUnsafeBufferPointer { source in
            let room = start.count + RunLengthDeflate.capacity(source.count)
            return [UInt8](unsafeUninitializedCapacity: 4 + room + 4) { target, count in
                _ = target[4...].update(fromContentsOf: start)
                let body = UnsafeMutableBufferPointer(rebasing: target[4..<4 + room])
                let length =
                    start.count
                    + RunLengthDeflate.pack(
                        source, isLast: index == strips.count - 1,
                        into: UnsafeMutableBufferPointer(rebasing: body[start.count...]))
                let checksum = crc32_z(0, body.baseAddress, length)
                _ = target.update(fromContentsOf: PNGWriter.bigEndian(UInt32(length - 4)))
                _ = target[(4 + length)...].update(
                    fromContentsOf: PNGWriter.bigEndian(UInt32(truncatingIfNeeded: checksum)))
                count = 4 + length + 4
            }
        }
        checksum = filtered.withUnsafeBufferPointer { adler32_z(1, $0.baseAddress, $0.count) }
        byteCount = filtered.count
    }

    /// The rows' differences from Paeth's prediction, each row preceded by the number of this filter.
    private static func filtered(
        _ rows: Range<Int>, of samples: UnsafeBufferPointer<UInt8>, _ form: PNGForm
    ) -> [UInt8] {
        let (length, pixel) = (form.rowLength, form.bytesPerPixel)
        guard let base = samples.baseAddress else { return [] }
        return withUnsafeTemporaryAllocation(of: UInt8.self, capacity: length) { black in
            black.initialize(repeating: 0)
            return [UInt8](unsafeUninitializedCapacity: rows.count * (length + 1)) { target, count in
                guard var output = target.baseAddress, let black = black.baseAddress else { return }
                for row in rows {
                    let current = base + row * length
                    let above = row > 0 ? current - length : UnsafePointer(black)
                    output[0] = 4
                    // The first pixel has no left neighbour, and is predicted from the one above.
                    for index in 0..<pixel { output[index + 1] = current[index] &- above[index] }
                    predict(current, above, into: output + 1, pixel: pixel, length: length)
                    output += length + 1
                }
                count = rows.count * (length + 1)
            }
        }
    }

    private static func predict(
        _ current: UnsafePointer<UInt8>, _ above: UnsafePointer<UInt8>, into output: UnsafeMutablePointer<UInt8>,
        pixel: Int, length: Int
    ) {
        guard length > pixel else { return }
        for index in pixel..<length {
            let left = Int16(current[index &- pixel])
            let up = Int16(above[index])
            let corner = Int16(above[index &- pixel])
            let (toLeft, toUp) = (up &- corner, left &- corner)
            let toCorner = toLeft &+ toUp
            let (leftError, upError, cornerError) = (
                max(toLeft, 0 &- toLeft), max(toUp, 0 &- toUp), max(toCorner, 0 &- toCorner)
            )
            let second = upError <= cornerError ? up : corner
            let prediction = leftError <= upError && leftError <= cornerError ? left : second
            output[index] = current[index] &- UInt8(truncatingIfNeeded: prediction)
        }
    }
}
