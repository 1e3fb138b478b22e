import Foundation
import Tensors

extension Image {
    /// The picture as a PNG file's content.
    ///
    /// - Throws: ``ImageError/cannotEncode(reason:)``.
    public func pngData() throws(ImageError) -> Data { Data(try PNGWriter.rgb(self)) }

    /// The picture as a JPEG file's content.
    ///
    /// - Parameter quality: 1 to 100. From 90 on, colours are kept at full resolution.
    /// - Throws: ``ImageError/cannotEncode(reason:)``.
    public func jpegData(quality: Int = 90) throws(ImageError) -> Data {
        Data(try JPEGEncoder.encode(self, quality: quality))
    }

    /// Writes a PNG file, whole or not at all.
    ///
    /// - Throws: ``ImageError/cannotWrite(path:reason:)``, ``ImageError/cannotEncode(reason:)``.
    public func writePNG(to url: URL) throws(ImageError) { try writePicture(pngData(), to: url) }

    /// Writes a JPEG file, whole or not at all.
    ///
    /// - Parameter quality: 1 to 100. From 90 on, colours are kept at full resolution.
    /// - Throws: ``ImageError/cannotWrite(path:reason:)``, ``ImageError/cannotEncode(reason:)``.
    public func writeJPEG(to url: URL, quality: Int = 90) throws(ImageError) {
        try writePicture(jpegData(quality: quality), to: url)
    }
}

func writePicture(_ data: Data, to url: URL) throws(ImageError) {
    do { try writeAtomically(data, to: url) } catch {
        throw .cannotWrite(path: url.relativePath, reason: error.reason)
    }
}
