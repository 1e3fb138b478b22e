/// How an image can be coded when it is written.
public enum WritableImageFormat: CaseIterable, Hashable, Sendable {
    /// Lossless.
    case png
    /// Photographs.
    case jpeg

    /// The format among all that are read.
    public var format: ImageFormat {
        switch self {
        case .png: .png
        case .jpeg: .jpeg
        }
    }

    /// The format that a file's name promises; nil when that is none that is written.
    public init?(named fileName: String) {
        guard let format = ImageFormat(named: fileName),
            let writable = Self.allCases.first(where: { $0.format == format })
        else { return nil }
        self = writable
    }

    /// What the names of files may end in, as a sentence lists them.
    public static let list = allCases.flatMap(\.format.extensions).map { ".\($0)" }.joined(separator: ", ")
}
