/// How well an annotated keypoint can be seen: COCO's `v`.
public enum KeypointVisibility: Int, Hashable, Sendable {
    /// Nobody said where it is.
    case absent = 0
    /// It is annotated, behind something.
    case hidden = 1
    /// It is annotated and seen.
    case visible = 2
}

/// A named place of an object as annotated: an ankle, the tip of a wing. Its name is in a ``Skeleton``, at the same position.
public struct Keypoint<Space: CoordinateSpace>: Hashable, Sendable {
    /// Where it is; means nothing when it is absent.
    public var x, y: Double
    /// Whether it is annotated, and seen.
    public var visibility: KeypointVisibility

    /// A keypoint at a place.
    public init(x: Double, y: Double, visibility: KeypointVisibility = .visible) {
        self.x = x
        self.y = y
        self.visibility = visibility
    }

    /// A keypoint of which nobody says where it is.
    public static var absent: Keypoint { Keypoint(x: 0, y: 0, visibility: .absent) }

    /// Whether there is anything to learn from it and to find.
    public var isAnnotated: Bool { visibility != .absent }

    /// The same keypoint in another coordinate system.
    public func mapped<Other>(by map: AffineMap<Space, Other>) -> Keypoint<Other> {
        guard isAnnotated else { return .absent }
        let place = map(x: x, y: y)
        return Keypoint<Other>(x: place.x, y: place.y, visibility: visibility)
    }
}

/// A named place of an object as a network says it.
public struct ScoredKeypoint<Space: CoordinateSpace>: Hashable, Sendable {
    /// Where it is.
    public var x, y: Double
    /// How sure the network is, in `0...1`.
    public var score: Float

    /// A keypoint at a place.
    public init(x: Double, y: Double, score: Float) {
        self.x = x
        self.y = y
        self.score = score
    }

    /// The same keypoint in another coordinate system.
    public func mapped<Other>(by map: AffineMap<Space, Other>) -> ScoredKeypoint<Other> {
        let place = map(x: x, y: y)
        return ScoredKeypoint<Other>(x: place.x, y: place.y, score: score)
    }
}
