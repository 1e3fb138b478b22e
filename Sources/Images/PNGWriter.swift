import CPNG

/// Pictures to PNG.
enum PNGWriter {
    static func rgb(_ image: Image) throws(ImageError) -> [UInt8] {
        try write(image.pixels, width: image.width, height: image.height, format: PNG_FORMAT_FLAG_COLOR)
    }

    /// libpng takes 16-bit samples for linear light and says so in the file; the values here are numbers, which every
    /// program should show alike.
    static func gray16(_ image: Gray16Image) throws(ImageError) -> [UInt8] {
        PNGFile.withoutAppearance(
            try write(image.pixels, width: image.width, height: image.height, format: PNG_FORMAT_FLAG_LINEAR))
    }

    private static func write<Sample>(
        _ samples: [Sample], width: Int, height: Int, format: UInt32
    ) throws(ImageError) -> [UInt8] {
        let state = PNGState()
        guard let columns = UInt32(exactly: width), let rows = UInt32(exactly: height) else {
            throw .cannotEncode(reason: "\(width) x \(height) pixels are too many for PNG")
        }
        state.image.pointee.width = columns
        state.image.pointee.height = rows
        state.image.pointee.format = format
        // Zlib's bound for data that do not shrink, a chunk's frame for every 4 KB, and the other chunks.
        let size = samples.count * MemoryLayout<Sample>.stride + height
        let capacity = size + size / 8 + size / 64 + 12 * (size / 4096) + 1024
        var failure: String?
        let bytes = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            var byteCount = capacity
            failure = state.failure(
                samples.withUnsafeBytes {
                    png_image_write_to_memory(state.image, buffer.baseAddress, &byteCount, 0, $0.baseAddress, 0, nil)
                })
            count = failure == nil ? byteCount : 0
        }
        if let failure { throw .cannotEncode(reason: failure) }
        return bytes
    }
}
