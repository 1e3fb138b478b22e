import JSON

/// What a data set calls an image: COCO's `images[].id`, and elsewhere its path inside the data set without extension, of which
/// the last part is enough where no other image has the same.
public enum ImageIdentity: Hashable, Sendable, CustomStringConvertible {
    /// A number that the data set's file gives it.
    case number(Int)
    /// A path, or a text that the data set's file gives it.
    case text(String)

    /// The identity as result files write it.
    public var json: JSONValue {
        switch self {
        case .number(let number): .integer(number)
        case .text(let text): .string(text)
        }
    }

    /// The identity as messages write it: `139`, or `"train/a"`.
    public var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .text(let text): "\"\(text.prefix(120))\""
        }
    }
}
