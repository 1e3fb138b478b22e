import Boxes

/// What a detector answers about one joint of an object: each is a number that can be explained on its own.
public struct JointQuantity: Hashable, Sendable, CustomStringConvertible {
    /// Which number.
    public enum Kind: String, CaseIterable, Sendable {
        /// How sure the network is of a joint of this kind where this one lies.
        case score
        /// How far the object's centre says that the joint lies from the left and upper edge of its cell.
        case x, y
    }

    /// The joint's name.
    public let joint: String
    /// Which number.
    public let kind: Kind

    /// A number of a joint.
    public init(joint: String, kind: Kind) {
        self.joint = joint
        self.kind = kind
    }

    /// Reads `joint-NAME`, `joint-NAME-x` or `joint-NAME-y`; nil for anything else.
    public init?(text: String) {
        guard text.hasPrefix("joint-") else { return nil }
        var name = text.dropFirst("joint-".count)
        var kind = Kind.score
        for axis in [Kind.x, .y] where name.hasSuffix("-\(axis.rawValue)") {
            kind = axis
            name = name.dropLast(2)
            break
        }
        if name.isEmpty { return nil }
        self.init(joint: String(name), kind: kind)
    }

    /// As it is read.
    public var description: String { "joint-\(joint)" + (kind == .score ? "" : "-\(kind.rawValue)") }
}
