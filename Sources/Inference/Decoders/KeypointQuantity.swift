import Boxes

/// A predicted quantity of a keypoint, which can be explained on its own.
public struct KeypointQuantity: Hashable, Sendable, CustomStringConvertible {
    /// The kind of quantity.
    public enum Kind: String, CaseIterable, Sendable {
        /// The score of a keypoint of this type at the keypoint's position.
        case score
        /// The displacement, read at the object's centre, from the left or upper edge of its cell.
        case x, y
    }

    /// The keypoint's name.
    public let keypoint: String
    /// The kind of quantity.
    public let kind: Kind

    /// Creates a quantity of a keypoint.
    public init(keypoint: String, kind: Kind) {
        self.keypoint = keypoint
        self.kind = kind
    }

    /// Reads `keypoint-NAME`, `keypoint-NAME-x` or `keypoint-NAME-y`; nil for anything else.
    public init?(text: String) {
        guard text.hasPrefix("keypoint-") else { return nil }
        var name = text.dropFirst("keypoint-".count)
        var kind = Kind.score
        for axis in [Kind.x, .y] where name.hasSuffix("-\(axis.rawValue)") {
            kind = axis
            name = name.dropLast(2)
            break
        }
        if name.isEmpty { return nil }
        self.init(keypoint: String(name), kind: kind)
    }

    /// The text that ``init(text:)`` reads.
    public var description: String { "keypoint-\(keypoint)" + (kind == .score ? "" : "-\(kind.rawValue)") }
}
