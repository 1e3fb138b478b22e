/// How an image is coded: its first bytes tell, whatever its name says.
///
/// Everything that depends on formats (what files may be called, what they begin with, what messages list) is made from this
/// enumeration and from ``ImageFormatEntry``, its table.
public enum ImageFormat: CaseIterable, Hashable, Sendable {
    /// Photographs.
    case jpeg
    /// Lossless.
    case png
    /// Windows' and OS/2's bitmaps.
    case bmp
    /// Scanners', microscopes' and satellites' files; the first page of them.
    case tiff
    /// The web's, lossy or lossless; the first frame of moving ones.
    case webp
    /// Up to 256 colours; the first frame of moving ones.
    case gif

    /// What people call it.
    public var name: String { entry.name }

    /// What its files' names may end in, in lowercase and without the dot; the usual one first.
    public var extensions: [String] { entry.extensions }

    /// What its files' names should end in.
    public var canonicalExtension: String { extensions[0] }

    /// What the names of all readable images may end in, in lowercase and without the dot.
    public static let allExtensions: [String] = allCases.flatMap(\.extensions)

    /// The names of all formats, as a sentence lists them.
    public static let list: String = {
        let names = allCases.map(\.name)
        return names.dropLast().joined(separator: ", ") + " and " + (names.last ?? "")
    }()

    /// The format that a file's name promises; nil when it is not called what images are called.
    public init?(named fileName: String) {
        guard let dot = fileName.lastIndex(of: "."), dot > fileName.startIndex else { return nil }
        let ending = fileName[fileName.index(after: dot)...].lowercased()
        guard let format = Self.allCases.first(where: { $0.extensions.contains(ending) }) else { return nil }
        self = format
    }

    /// The format that a file's first bytes have.
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
            throw .notAnImage(path: path, found: ForeignContent.name(of: Array(bytes.prefix(4096))))
        }
    }
}
