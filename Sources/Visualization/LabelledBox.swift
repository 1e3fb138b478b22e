import Boxes

/// A box to be drawn, with its label.
public struct LabelledBox: Hashable, Sendable {
    /// The box, in pixels of the image it is drawn on; of a point, the point itself.
    public var box: Box<ImagePixels>
    /// Whether a box or, as a cross, a point is drawn.
    public var kind: ObjectKind
    /// The label; none when empty.
    public var label: String
    /// The colour of its line, and of its label's background.
    public var color: Color
    /// Whether its line is dashed: for annotations beside detections.
    public var dashed: Bool
    /// The keypoints of the object; nil if there are none.
    public var pose: DrawnPose?

    /// Creates a box to be drawn.
    public init(
        box: Box<ImagePixels>, kind: ObjectKind = .boxes, label: String, color: Color, dashed: Bool = false,
        pose: DrawnPose? = nil
    ) {
        self.box = box
        self.kind = kind
        self.label = label
        self.color = color
        self.dashed = dashed
        self.pose = pose
    }
}
