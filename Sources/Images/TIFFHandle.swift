import CTIFF
import Foundation

/// libtiff's handle for a file in memory, closed with its last reference. libtiff never reads files itself, nor prints anything on the
/// terminal.
final class TIFFHandle {
    let tiff: OpaquePointer
    private let memory: TIFFMemory

    /// - Returns: nil when libtiff cannot read the first directory; ``TIFFMemory/complaint`` says why.
    init?(_ memory: TIFFMemory) {
        Self.silence
        self.memory = memory
        let client = Unmanaged.passUnretained(memory).toOpaque()
        // "m" makes libtiff read every byte through the callbacks, which know where the file ends.
        let opened = TIFFClientOpen(
            "", "rm", client,
            { client, target, count in tmsize_t(TIFFMemory.of(client)?.read(into: target, Int(count)) ?? -1) },
            { _, _, _ in -1 },
            { client, offset, origin in TIFFMemory.of(client)?.seek(offset, origin) ?? .max },
            { _ in 0 },
            { client in UInt64(TIFFMemory.of(client)?.bytes.count ?? 0) },
            { _, _, _ in 0 },
            { _, _, _ in })
        guard let opened else { return nil }
        tiff = opened
    }

    deinit { TIFFClose(tiff) }

    /// libtiff's error message.
    var complaint: String? { memory.complaint }

    /// Why libtiff's own colour conversion refuses the image; nil when it does not.
    var refusal: String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 1024) { buffer in
            buffer.initialize(repeating: 0)
            guard let base = buffer.baseAddress, TIFFRGBAImageOK(tiff, base) == 0 else { return nil }
            return "it is a TIFF of an unusual kind (libtiff: \(String(cString: base)))"
        }
    }

    func value16(_ tag: Int32) -> Int? {
        var value: UInt16 = 0
        return withUnsafeMutablePointer(to: &value) { pointer in
            withVaList([pointer]) { TIFFVGetFieldDefaulted(tiff, UInt32(tag), $0) }
        } == 1 ? Int(value) : nil
    }

    func value32(_ tag: Int32) -> Int? {
        var value: UInt32 = 0
        return withUnsafeMutablePointer(to: &value) { pointer in
            withVaList([pointer]) { TIFFVGetFieldDefaulted(tiff, UInt32(tag), $0) }
        } == 1 ? Int(value) : nil
    }

    /// Red, green and blue of each palette colour, 16 bits each.
    func palette(count: Int) -> [(UInt16, UInt16, UInt16)]? {
        var (red, green, blue):
            (UnsafeMutablePointer<UInt16>?, UnsafeMutablePointer<UInt16>?, UnsafeMutablePointer<UInt16>?)
        let status = withUnsafeMutablePointer(to: &red) { red in
            withUnsafeMutablePointer(to: &green) { green in
                withUnsafeMutablePointer(to: &blue) { blue in
                    withVaList([red, green, blue]) { TIFFVGetField(tiff, UInt32(TIFFTAG_COLORMAP), $0) }
                }
            }
        }
        guard status == 1, let red, let green, let blue else { return nil }
        return (0..<count).map { (red[$0], green[$0], blue[$0]) }
    }

    /// The meaning of each sample beyond the colours.
    var extraSamples: [Int] {
        var count: UInt16 = 0
        var kinds: UnsafeMutablePointer<UInt16>?
        let status = withUnsafeMutablePointer(to: &count) { count in
            withUnsafeMutablePointer(to: &kinds) { kinds in
                withVaList([count, kinds]) { TIFFVGetFieldDefaulted(tiff, UInt32(TIFFTAG_EXTRASAMPLES), $0) }
            }
        }
        guard status == 1, let kinds else { return [] }
        return (0..<Int(count)).map { Int(kinds[$0]) }
    }

    func set(_ tag: Int32, to value: Int32) {
        _ = withVaList([value]) { TIFFVSetField(tiff, UInt32(tag), $0) }
    }

    /// The handlers belong to the process, not to a handle; they find the handle's memory by themselves.
    private static let silence: Void = {
        TIFFSetWarningHandler(nil)
        TIFFSetWarningHandlerExt(nil)
        TIFFSetErrorHandler(nil)
        TIFFSetErrorHandlerExt { client, _, format, arguments in
            guard let client, let format, let arguments else { return }
            TIFFMemory.of(client)?.note(format, arguments)
        }
    }()
}

/// A file in memory, as libtiff's callbacks see it.
final class TIFFMemory {
    let bytes: [UInt8]
    private var position: UInt64 = 0
    private(set) var complaint: String?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    static func of(_ client: UnsafeMutableRawPointer?) -> TIFFMemory? {
        client.map { Unmanaged<TIFFMemory>.fromOpaque($0).takeUnretainedValue() }
    }

    func read(into target: UnsafeMutableRawPointer?, _ wanted: Int) -> Int {
        guard let target, wanted > 0, position < bytes.count else { return 0 }
        let start = Int(position)
        let count = min(wanted, bytes.count - start)
        bytes.withUnsafeBytes { source in
            if let base = source.baseAddress { target.copyMemory(from: base + start, byteCount: count) }
        }
        position += UInt64(count)
        return count
    }

    func seek(_ offset: UInt64, _ origin: Int32) -> UInt64 {
        switch origin {
        case 0: position = offset
        case 1: position &+= offset
        default: position = UInt64(bytes.count) &+ offset
        }
        return position
    }

    /// Keeps the first error only: the others follow from it.
    func note(_ format: UnsafePointer<CChar>, _ arguments: CVaListPointer) {
        if complaint != nil { return }
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
            buffer.initialize(repeating: 0)
            guard let base = buffer.baseAddress, vsnprintf(base, buffer.count, format, arguments) >= 0 else { return }
            complaint = String(cString: base)
        }
    }
}
