import Boxes

/// A box as it is drawn.
public struct LabelledBox: Hashable, Sendable {
    /// Where it is, in pixels of the image it is drawn on.
    public var box: Box<ImagePixels>
    /// What stands at it; nothing when empty.
    public var label: String
    /// The colour of its line, and the ground of its label.
    public var color: Color
    /// Whether its line is broken: for annotations beside detections.
    public var dashed: Bool
    /// The keypoints of what is in it; nil without.
    public var pose: DrawnPose?

    /// A box to be drawn.
    public init(box: Box<ImagePixels>, label: String, color: Color, dashed: Bool = false, pose: DrawnPose? = nil) {
        self.box = box
        self.label = label
        self.color = color
        self.dashed = dashed
        self.pose = pose
    }
}
