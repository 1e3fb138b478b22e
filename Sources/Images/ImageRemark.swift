/// What is odd about an image's file although all of its pixels were read.
public enum ImageRemark: Hashable, Sendable, CustomStringConvertible {
    /// Nothing marks the end of the file, which may mean that it was cut; no pixel is lost.
    case missingEnd
    /// Bytes that belong to nothing stand between the file's parts; viewers pass over them.
    case strayBytes

    /// A sentence's end: "the file …".
    public var description: String {
        switch self {
        case .missingEnd: "lacks its end marker, though all of its pixels are there"
        case .strayBytes: "holds stray bytes between its parts; all of its pixels are there"
        }
    }
}
