import CTurboJPEG

/// Encodes images as JPEG.
enum JPEGEncoder {
    static func encode(_ image: Image, quality: Int) throws(ImageError) -> [UInt8] {
        guard let codec = TurboJPEG(.encoding) else { throw .cannotEncode(reason: "there is no JPEG encoder") }
        // Below this quality it is not visible that colours have half the resolution.
        let subsampling = Int32((quality < 90 ? TJSAMP_420 : TJSAMP_444).rawValue)
        let capacity = tjBufSize(Int32(clamping: image.width), Int32(clamping: image.height), subsampling)
        guard capacity != UInt.max else {
            throw .cannotEncode(reason: "\(image.width) x \(image.height) pixels are too many for JPEG")
        }
        var complaint: JPEGComplaint?
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(capacity)) { buffer, count in
            var target = buffer.baseAddress
            var byteCount = capacity
            let status = tjCompress2(
                codec.handle, image.pixels, Int32(image.width), 0, Int32(image.height), Int32(TJPF_RGB.rawValue),
                &target, &byteCount, subsampling, Int32(max(1, min(100, quality))), TJFLAG_NOREALLOC)
            complaint = codec.complaint(status)
            count = complaint == nil ? Int(byteCount) : 0
        }
        if let complaint { throw .cannotEncode(reason: complaint.message) }
        return bytes
    }
}
