/// Why an image could not be read, or expressed in a file format. A file that cannot be written is a `FileWriteError` instead, so that a
/// full disk is never taken for an unusable image.
public enum ImageError: Error, Hashable, CustomStringConvertible {
    /// No file exists at this path.
    case notFound(path: String)
    /// The path is that of a folder.
    case isFolder(path: String)
    /// The path is that of a device, a pipe or a socket.
    case isNoFile(path: String)
    /// The system refuses to read the file.
    case unreadable(path: String, reason: String)
    /// The file has no content.
    case empty(path: String)
    /// The file is larger than the limit.
    case fileTooLarge(path: String, byteCount: Int)
    /// The content is not in any ``ImageFormat``; `found` names what it is, if known.
    case notAnImage(path: String, found: String?)
    /// The image claims more pixels than can be decoded.
    case tooLarge(path: String, width: Int, height: Int)
    /// The file ends before the image does.
    case truncated(path: String)
    /// The content is invalid.
    case corrupt(path: String, reason: String)
    /// The file may be valid, but is of a kind that is not supported.
    case unsupported(path: String, reason: String)
    /// The image is valid, but is not 16-bit grey.
    case notGray16(path: String)
    /// The image cannot be expressed in this file format.
    case cannotEncode(reason: String)

    /// Returns the end of a sentence about a path with characters that stand for bytes which are not text; files of such names can
    /// be listed, but not opened. Empty for other paths.
    package static func remark(onName path: String) -> String {
        path.unicodeScalars.contains("\u{FFFD}")
            ? "; names that are not UTF-8 cannot be read, so rename such a file" : ""
    }

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .notFound(let path): "\(path): there is no such file\(Self.remark(onName: path))"
        case .isFolder(let path): "\(path) is a folder, not an image"
        case .isNoFile(let path): "\(path) is not a regular file"
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .empty(let path): "\(path) is empty"
        case .fileTooLarge(let path, let byteCount):
            "\(path) has \(byteCount) bytes; images of up to \(maximumFileSize) bytes are read"
        case .notAnImage(let path, let found):
            "\(path) is \(found ?? "not an image"); \(ImageFormat.list) can be read"
        case .tooLarge(let path, let width, let height):
            "\(path) claims \(width) x \(height) pixels; up to \(maximumPixelCount) pixels are decoded"
        case .truncated(let path): "\(path) ends before its image does"
        case .corrupt(let path, let reason): "\(path) is damaged: \(reason)"
        case .unsupported(let path, let reason): "\(path) cannot be read: \(reason)"
        case .notGray16(let path): "\(path) is not a PNG of 16-bit grey"
        case .cannotEncode(let reason): "the image cannot be encoded: \(reason)"
        }
    }
}
