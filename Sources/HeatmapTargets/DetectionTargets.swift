import Boxes
import Tensors

/// An object that the network should detect: its class and its box in output cells.
public struct TargetObject: Hashable, Sendable {
    /// The class, from 0.
    public var classIndex: Int
    /// The box in output cells of the augmented image; it may extend beyond the map. Of a point, the point itself.
    public var box: Box<OutputCells>
    /// Whether the object is a box or a point.
    public var kind: ObjectKind
    /// The keypoints in output cells, in the order of the skeleton; empty for an object of a class without keypoints.
    public var keypoints: [Keypoint<OutputCells>]
    /// Whether the object is ignored: the cells that its box covers are left out of the heatmap's loss.
    public var isIgnored: Bool

    /// Creates an object.
    public init(
        classIndex: Int, box: Box<OutputCells>, kind: ObjectKind = .boxes, keypoints: [Keypoint<OutputCells>] = [],
        isIgnored: Bool = false
    ) {
        self.classIndex = classIndex
        self.box = box
        self.kind = kind
        self.keypoints = keypoints
        self.isIgnored = isIgnored
    }
}

/// The settings of targets: the peaks in heatmaps, and what is learned of boxes at the border.
public struct TargetOptions: Hashable, Sendable {
    /// The formula for the radius of a peak.
    public var radius: GaussianRadius
    /// The minimum IoU that a box within the radius should have with the object.
    public var minimumOverlap: Double
    /// Where boxes that touch the border of the map are cut.
    public var clipping: BorderClipping
    /// The part of a box's width and height, around its centre, whose cells learn size and offset, too; 0: only the centre's cell does.
    public var region: Double
    /// The radius of the peaks of points.
    public var points: PointRadius

    /// Creates options, by default CenterNet's peaks and exact boxes.
    public init(
        radius: GaussianRadius = .published, minimumOverlap: Double = 0.7, clipping: BorderClipping = .exact,
        points: PointRadius = PointRadius(), region: Double = 0
    ) {
        self.region = region
        self.radius = radius
        self.minimumOverlap = minimumOverlap
        self.clipping = clipping
        self.points = points
    }
}

/// The targets of the network's heads for one image ("Objects as Points", Zhou et al., 2019, section 3).
public struct DetectionTargets: Sendable {
    /// The cell where one object's size and offset are learned, with their targets.
    public struct Center: Hashable, Sendable {
        /// The class, from 0.
        public var classIndex: Int
        /// The cell that contains the centre of the box.
        public var row, column: Int
        /// The width and height of the clipped box in output cells; 0 for a point.
        public var width, height: Float
        /// The position of the centre within its cell, in `0...1`; outside these for a neighbour of the centre's cell.
        public var offsetX, offsetY: Float
        /// How much the cell counts: all cells of one object count 1 together.
        public var weight: Float

        /// Creates a centre.
        public init(
            classIndex: Int, row: Int, column: Int, width: Float, height: Float, offsetX: Float, offsetY: Float,
            weight: Float = 1
        ) {
            self.weight = weight
            self.classIndex = classIndex
            self.row = row
            self.column = column
            self.width = width
            self.height = height
            self.offsetX = offsetX
            self.offsetY = offsetY
        }
    }

    /// The target of cells that an ignored object covers: the largest number below 1. With the focal loss's own factor, `(1 -
    /// target)^beta`, such a cell hardly counts; this program's loss leaves it out entirely.
    public static let ignoredTarget = Float(1).nextDown

    /// `[class, row, column]`: 1 at the centre cells, Gaussian around them, ``ignoredTarget`` where an ignored object is, 0 elsewhere.
    public let heatmap: Tensor
    /// One element per object whose box is learned, in the objects' order. Two objects may share a cell.
    public let centers: [Center]
    /// Further cells where the size and the offset of an object are learned (``TargetOptions/region``).
    public let neighbors: [Center]
    /// Whether the network's objects are boxes or points, which have no size to be learned.
    public let objectKind: ObjectKind
    /// The number of heatmap elements that are exactly 1, which the focal loss is divided by.
    public let peakCount: Int
    /// The targets of the keypoint heads; nil for a network without keypoints.
    public let keypoints: KeypointTargets?

    /// Creates targets.
    ///
    /// - Precondition: The heatmap has three axes, and all cells are inside it; keypoint heatmaps have the same height and width.
    public init(
        heatmap: Tensor, centers: [Center], neighbors: [Center] = [], keypoints: KeypointTargets? = nil,
        objectKind: ObjectKind = .boxes
    ) {
        precondition(
            heatmap.shape.count == 3, "a target heatmap is [class, row, column], but this one is \(heatmap.shape)")
        for center in centers + neighbors {
            precondition(
                (0..<heatmap.shape[0]).contains(center.classIndex) && (0..<heatmap.shape[1]).contains(center.row)
                    && (0..<heatmap.shape[2]).contains(center.column),
                "\(center) is outside the heatmap \(heatmap.shape)")
        }
        if let keypoints {
            precondition(
                keypoints.heatmap.shape.dropFirst() == heatmap.shape.dropFirst(),
                "keypoint heatmaps have shape \(keypoints.heatmap.shape), but the heatmap has \(heatmap.shape)")
        }
        self.heatmap = heatmap
        self.centers = centers
        self.neighbors = neighbors
        self.keypoints = keypoints
        self.objectKind = objectKind
        peakCount = heatmap.peakCount
    }
}
