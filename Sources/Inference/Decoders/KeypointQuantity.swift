import Boxes

/// What a detector answers about one keypoint of an object: each is a number that can be explained on its own.
public struct KeypointQuantity: Hashable, Sendable, CustomStringConvertible {
    /// Which number.
    public enum Kind: String, CaseIterable, Sendable {
        /// How sure the network is of a keypoint of this kind where this one lies.
        case score
        /// How far the object's centre says that the keypoint lies from the left and upper edge of its cell.
        case x, y
    }

    /// The keypoint's name.
    public let keypoint: String
    /// Which number.
    public let kind: Kind

    /// A number of a keypoint.
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

    /// As it is read.
    public var description: String { "keypoint-\(keypoint)" + (kind == .score ? "" : "-\(kind.rawValue)") }
}
