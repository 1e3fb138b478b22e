/// A flaw of an image file although all of its pixels were read.
public enum ImageWarning: Hashable, Sendable, CustomStringConvertible {
    /// The end marker is missing, which may mean that the file was truncated; no pixel is lost.
    case missingEnd
    /// Stray bytes lie between the file's parts; viewers ignore them.
    case strayBytes

    /// The end of a sentence: "the file …".
    public var description: String {
        switch self {
        case .missingEnd: "lacks its end marker, though all of its pixels are there"
        case .strayBytes: "holds stray bytes between its parts; all of its pixels are there"
        }
    }
}
