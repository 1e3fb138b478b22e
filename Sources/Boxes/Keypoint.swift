/// The visibility of an annotated keypoint: COCO's `v`.
public enum KeypointVisibility: Int, Hashable, Sendable {
    /// The keypoint is not annotated.
    case absent = 0
    /// The keypoint is annotated, but occluded.
    case hidden = 1
    /// The keypoint is annotated and visible.
    case visible = 2
}

/// An annotated keypoint of an object, such as an ankle or the tip of a wing. Its name is in a ``Skeleton``, at the same position.
public struct Keypoint<Space: CoordinateSpace>: Hashable, Sendable {
    /// The position; meaningless when the keypoint is absent.
    public var x, y: Double
    /// Whether the keypoint is annotated, and visible.
    public var visibility: KeypointVisibility

    /// Creates a keypoint.
    public init(x: Double, y: Double, visibility: KeypointVisibility = .visible) {
        self.x = x
        self.y = y
        self.visibility = visibility
    }

    /// A keypoint that is not annotated.
    public static var absent: Keypoint { Keypoint(x: 0, y: 0, visibility: .absent) }

    /// Whether the keypoint is annotated.
    public var isAnnotated: Bool { visibility != .absent }

    /// Returns the keypoint in another coordinate system.
    public func mapped<Other>(by map: AffineMap<Space, Other>) -> Keypoint<Other> {
        guard isAnnotated else { return .absent }
        let place = map(x: x, y: y)
        return Keypoint<Other>(x: place.x, y: place.y, visibility: visibility)
    }
}

/// A keypoint predicted by a network.
public struct ScoredKeypoint<Space: CoordinateSpace>: Hashable, Sendable {
    /// The position.
    public var x, y: Double
    /// The score, in `0...1`.
    public var score: Float

    /// Creates a keypoint.
    public init(x: Double, y: Double, score: Float) {
        self.x = x
        self.y = y
        self.score = score
    }

    /// Returns the keypoint in another coordinate system.
    public func mapped<Other>(by map: AffineMap<Space, Other>) -> ScoredKeypoint<Other> {
        let place = map(x: x, y: y)
        return ScoredKeypoint<Other>(x: place.x, y: place.y, score: score)
    }
}
