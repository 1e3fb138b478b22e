/// The format of an image, determined by its first bytes, whatever its name.
///
/// Everything that depends on formats (extensions, signatures, lists in messages) is derived from this enumeration and from
/// ``ImageFormatEntry``, its table.
public enum ImageFormat: CaseIterable, Hashable, Sendable {
    /// Photographs.
    case jpeg
    /// Lossless.
    case png
    /// Bitmaps of Windows and OS/2.
    case bmp
    /// Files of scanners, microscopes and satellites; only the first page is read.
    case tiff
    /// Lossy or lossless, for the web; only the first frame of animations is read.
    case webp
    /// Up to 256 colours; only the first frame of animations is read.
    case gif

    /// The name shown to users.
    public var name: String { entry.name }

    /// The file name extensions, in lowercase and without the dot; the usual one first.
    public var extensions: [String] { entry.extensions }

    /// The usual extension.
    public var canonicalExtension: String { extensions[0] }

    /// The extensions of all readable images, in lowercase and without the dot.
    public static let allExtensions: [String] = allCases.flatMap(\.extensions)

    /// The names of all formats, as a list in a sentence.
    public static let list: String = {
        let names = allCases.map(\.name)
        return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }()

    /// The format according to a file's extension; nil when it is not that of an image.
    public init?(named fileName: String) {
        guard let dot = fileName.lastIndex(of: "."), dot > fileName.startIndex else { return nil }
        let ending = fileName[fileName.index(after: dot)...].lowercased()
        guard let format = Self.allCases.first(where: { $0.extensions.contains(ending) }) else { return nil }
        self = format
    }

    /// The format according to a file's first bytes.
    ///
    /// - Throws: ``ImageError/notAnImage(path:found:)``, ``ImageError/empty(path:)``, and ``ImageError/truncated(path:)`` for the
    ///   beginning of a signature.
    init(_ bytes: some Collection<UInt8>, path: String) throws(ImageError) {
        if bytes.isEmpty { throw .empty(path: path) }
        if let format = Self.allCases.first(where: { $0.entry.signatures.contains { $0.begins(bytes) } }) {
            self = format
        } else if Self.allCases.contains(where: { $0.entry.signatures.contains { $0.mayBegin(bytes) } }) {
            throw .truncated(path: path)
        } else {
            throw .notAnImage(path: path, found: UnsupportedContent.name(of: Array(bytes.prefix(4096))))
        }
    }
}
