/// The formats in which images can be written.
public enum WritableImageFormat: CaseIterable, Hashable, Sendable {
    /// Lossless.
    case png
    /// Photographs.
    case jpeg

    /// The corresponding readable format.
    public var format: ImageFormat {
        switch self {
        case .png: .png
        case .jpeg: .jpeg
        }
    }

    /// The format according to a file's extension; nil when it cannot be written.
    public init?(named fileName: String) {
        guard let format = ImageFormat(named: fileName),
            let writable = Self.allCases.first(where: { $0.format == format })
        else { return nil }
        self = writable
    }

    /// The extensions, as a list in a sentence.
    public static let list = allCases.flatMap(\.format.extensions).map { ".\($0)" }.joined(separator: ", ")
}
