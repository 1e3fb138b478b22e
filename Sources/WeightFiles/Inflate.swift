import CZlib
import Tensors

/// Decompresses `deflate` data (RFC 1951) into exactly as much memory as the archive promises.
///
/// - Returns: nil when the bytes are damaged, or decompress to more or less than that.
func inflated(_ packed: FileBytes, count: Int) -> UnpackedBytes? {
    let result = UnpackedBytes(count: max(count, 1))
    var stream = z_stream()
    // A negative value means that there is no zlib header, as in zip archives.
    let status = inflateInit2_(&stream, -MAX_WBITS, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    if status == Z_MEM_ERROR { endOutOfMemory() }
    guard status == Z_OK else { return nil }
    defer { inflateEnd(&stream) }
    let isWhole = packed.withMemory { source in
        let step = 1 << 30
        var (read, written) = (0, 0)
        while true {
            stream.next_in = UnsafeMutablePointer(
                mutating: source.baseAddress?.advanced(by: read).assumingMemoryBound(to: UInt8.self))
            stream.avail_in = UInt32(min(step, source.count - read))
            stream.next_out = result.memory.baseAddress?.advanced(by: written).assumingMemoryBound(to: UInt8.self)
            stream.avail_out = UInt32(min(step, count - written))
            let (input, output) = (stream.avail_in, stream.avail_out)
            let status = inflate(&stream, Z_NO_FLUSH)
            read += Int(input - stream.avail_in)
            written += Int(output - stream.avail_out)
            if status == Z_MEM_ERROR { endOutOfMemory() }
            if status == Z_STREAM_END { return written == count }
            guard status == Z_OK, input != stream.avail_in || output != stream.avail_out else { return false }
        }
    }
    return isWhole ? result : nil
}

/// The CRC-32 of bytes (ISO 3309), as zip archives state it.
func checksum(_ bytes: FileBytes) -> UInt32 {
    bytes.withMemory { memory in
        UInt32(truncatingIfNeeded: crc32_z(0, memory.bindMemory(to: UInt8.self).baseAddress, memory.count))
    }
}
