import CPNG

/// libpng's reader for whole images, freed with its last reference.
///
/// This part of libpng reports errors by return values; the others use `longjmp`, which is not safe across Swift frames.
final class PNGReader {
    private let file: PNGFile
    private let state: PNGState

    init(_ file: PNGFile) {
        self.file = file
        state = PNGState()
    }

    /// The image as 8-bit red, green and blue on white.
    func image() throws(ImageError) -> StoredImage {
        let (width, height) = (file.header.width, file.header.height)
        let hasOpacity = file.header.hasOpacity
        let pixels: [UInt8] = try read(count: (hasOpacity ? 4 : 3) * width * height) { image in
            image.pointee.format = PNG_FORMAT_FLAG_COLOR | (hasOpacity ? PNG_FORMAT_FLAG_ALPHA : 0)
            // Otherwise 16-bit samples are treated as linear light.
            image.pointee.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
        }
        // libpng would blend with white in linear light, unlike other readers.
        let image =
            hasOpacity
            ? Image(width: width, height: height, rgba: pixels) : Image(width: width, height: height, pixels: pixels)
        return StoredImage(image, orientation: file.header.orientation, remark: file.remark)
    }

    /// The image's 16-bit values as stored.
    ///
    /// - Throws: ``ImageError/notGray16(path:)`` for any other kind of image.
    func gray16() throws(ImageError) -> Gray16Image {
        guard file.header.bitDepth == 16, file.header.colorType == 0 else { throw .notGray16(path: file.path) }
        let pixels: [UInt16] = try read(count: file.header.width * file.header.height) { image in
            image.pointee.format = PNG_FORMAT_FLAG_LINEAR
        }
        return Gray16Image(width: file.header.width, height: file.header.height, pixels: pixels)
    }

    private func read<Sample: FixedWidthInteger>(
        count size: Int, _ choose: (UnsafeMutablePointer<png_image>) -> Void
    ) throws(ImageError) -> [Sample] {
        var failure: String?
        let samples = file.bytes.withUnsafeBufferPointer { bytes in
            let began = png_image_begin_read_from_memory(state.image, bytes.baseAddress, bytes.count)
            failure = state.failure(began)
            if failure != nil { return [Sample]() }
            choose(state.image)
            return [Sample](unsafeUninitializedCapacity: size) { buffer, count in
                var white = png_color(red: 255, green: 255, blue: 255)
                failure = state.failure(png_image_finish_read(state.image, &white, buffer.baseAddress, 0, nil))
                count = failure == nil ? size : 0
            }
        }
        if let failure {
            // If its last chunks are missing, the file ends somewhere in its pixels.
            throw file.remark == .missingEnd ? .truncated(path: file.path) : .corrupt(path: file.path, reason: failure)
        }
        return samples
    }
}

/// libpng's struct for an image that is being read or written. It stores its own address, so it must not move.
final class PNGState {
    let image: UnsafeMutablePointer<png_image>

    init() {
        image = .allocate(capacity: 1)
        image.initialize(to: png_image())
        image.pointee.version = UInt32(PNG_IMAGE_VERSION)
    }

    deinit {
        png_image_free(image)
        image.deinitialize(count: 1)
        image.deallocate()
    }

    /// Why a call that returned `status` failed; nil when it did not.
    func failure(_ status: Int32) -> String? {
        if status != 0 { return nil }
        let message = withUnsafeBytes(of: image.pointee.message) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        return message.isEmpty ? "unknown error" : message
    }
}
