import JSON

/// The identity of an image in a data set: COCO's `images[].id`; in other formats its path inside the data set without extension,
/// shortened to the last part where that is unique.
public enum ImageIdentity: Hashable, Sendable, CustomStringConvertible {
    /// A number assigned by the data set's file.
    case number(Int)
    /// A path, or a text assigned by the data set's file.
    case text(String)

    /// The identity in result files.
    public var json: JSONValue {
        switch self {
        case .number(let number): .integer(number)
        case .text(let text): .string(text)
        }
    }

    /// The identity in messages: `139`, or `"train/a"`.
    public var description: String {
        switch self {
        case .number(let number): "\(number)"
        case .text(let text): "\"\(text.prefix(120))\""
        }
    }
}

/// Numbers come before texts, and texts are ordered by their code points, as in Python: COCO's tools use that order where scores are
/// equal.
extension ImageIdentity: Comparable {
    /// Returns whether an identity comes before another.
    public static func < (left: ImageIdentity, right: ImageIdentity) -> Bool {
        switch (left, right) {
        case (.number(let left), .number(let right)): left < right
        case (.number, .text): true
        case (.text, .number): false
        case (.text(let left), .text(let right)): left.utf8.lexicographicallyPrecedes(right.utf8)
        }
    }
}

extension ImageIdentity {
    /// Reads an identity; nil for values that are neither whole numbers nor text.
    package init?(_ value: JSONValue) {
        switch value {
        case .integer(let number): self = .number(number)
        case .number(let number):
            guard let whole = Int(exactly: number) else { return nil }
            self = .number(whole)
        case .string(let text) where !text.isEmpty: self = .text(text)
        default: return nil
        }
    }

    /// The same identity as the other type, `"7"` for 7 and vice versa: some tools mix both in one file.
    package var otherForm: ImageIdentity {
        switch self {
        case .number(let number): .text(String(number))
        case .text(let text): Int(text).map { .number($0) } ?? self
        }
    }

    package var text: String {
        switch self {
        case .number(let number): String(number)
        case .text(let text): String(text.prefix(80))
        }
    }
}
