import Foundation
import Tensors

extension Image {
    /// The image as a file's content.
    ///
    /// - Parameter quality: The JPEG quality, 1 to 100. From 90 on, colours are kept at full resolution.
    /// - Throws: ``ImageError/cannotEncode(reason:)``.
    public func data(as format: WritableImageFormat, quality: Int = 90) throws(ImageError) -> Data {
        switch format {
        case .png: try pngData()
        case .jpeg: try jpegData(quality: quality)
        }
    }

    /// Writes a file atomically.
    ///
    /// - Parameters:
    /// - format: By default determined by the file's extension.
    /// - quality: The JPEG quality, 1 to 100. From 90 on, colours are kept at full resolution.
    /// - Throws: ``ImageError/cannotEncode(reason:)``, also when the extension is not that of a format that can be written;
    ///   `FileWriteError`.
    public func write(to url: URL, format: WritableImageFormat? = nil, quality: Int = 90) throws {
        guard let format = format ?? WritableImageFormat(named: url.lastPathComponent) else {
            throw ImageError.cannotEncode(
                reason:
                    "\(url.lastPathComponent) lacks the extension of a writable format (\(WritableImageFormat.list))"
            )
        }
        try writeAtomically(data(as: format, quality: quality), to: url)
    }

    /// The image as a PNG file's content.
    ///
    /// - Throws: ``ImageError/cannotEncode(reason:)``.
    public func pngData() throws(ImageError) -> Data { try PNGWriter.rgb(self) }

    /// The image as a JPEG file's content.
    ///
    /// - Parameter quality: 1 to 100. From 90 on, colours are kept at full resolution.
    /// - Throws: ``ImageError/cannotEncode(reason:)``.
    public func jpegData(quality: Int = 90) throws(ImageError) -> Data {
        Data(try JPEGEncoder.encode(self, quality: quality))
    }

    /// Writes a PNG file atomically.
    ///
    /// - Throws: ``ImageError/cannotEncode(reason:)``, `FileWriteError`.
    public func writePNG(to url: URL) throws { try writeAtomically(pngData(), to: url) }

    /// Writes a JPEG file atomically.
    ///
    /// - Parameter quality: 1 to 100. From 90 on, colours are kept at full resolution.
    /// - Throws: ``ImageError/cannotEncode(reason:)``, `FileWriteError`.
    public func writeJPEG(to url: URL, quality: Int = 90) throws {
        try writeAtomically(jpegData(quality: quality), to: url)
    }
}
