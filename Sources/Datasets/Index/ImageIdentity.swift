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

/// Numbers come before texts, and texts stand in the order of their code points, as Python sorts them: COCO's tools go by that
/// order where scores are equal.
extension ImageIdentity: Comparable {
    /// Whether an identity comes before another.
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
    /// nil for what is neither a whole number nor text.
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

    /// `"7"` for 7 and the other way round: tools are not always of one mind in one file.
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
