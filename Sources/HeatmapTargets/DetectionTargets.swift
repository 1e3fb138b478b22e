import Boxes
import Tensors

/// An object that the network shall find: its class and where it is in output cells.
public struct TargetObject: Hashable, Sendable {
    /// The class, from 0.
    public var classIndex: Int
    /// The box in output cells, as the augmented image shows it; it may reach outside the map.
    public var box: Box<OutputCells>
    /// Its keypoints in output cells, in the order of the skeleton; empty for an object of a class without keypoints.
    public var keypoints: [Keypoint<OutputCells>]
    /// Whether it is no object to find and none to avoid: the heatmap's loss takes no notice of the cells that its box covers.
    public var isIgnored: Bool

    /// An object of a class at a place.
    public init(
        classIndex: Int, box: Box<OutputCells>, keypoints: [Keypoint<OutputCells>] = [], isIgnored: Bool = false
    ) {
        self.classIndex = classIndex
        self.box = box
        self.keypoints = keypoints
        self.isIgnored = isIgnored
    }
}

/// What shapes the peaks of a target heatmap.
public struct TargetOptions: Hashable, Sendable {
    /// The formula for the radius of a peak.
    public var radius: GaussianRadius
    /// The overlap that the radius is meant to keep.
    public var minimumOverlap: Double

    /// CenterNet's choices unless told otherwise.
    public init(radius: GaussianRadius = .published, minimumOverlap: Double = 0.7) {
        self.radius = radius
        self.minimumOverlap = minimumOverlap
    }
}

/// What the heads of the network should say about one image ("Objects as Points", Zhou et al., 2019, section 3).
public struct DetectionTargets: Sendable {
    /// Where one object's size and offset are learned.
    public struct Center: Hashable, Sendable {
        /// The class, from 0.
        public var classIndex: Int
        /// The cell that holds the middle of the box.
        public var row, column: Int
        /// The extents of the clipped box in output cells.
        public var width, height: Float
        /// Where in its cell the middle is, in `0..<1`.
        public var offsetX, offsetY: Float

        /// A centre from its parts.
        public init(
            classIndex: Int, row: Int, column: Int, width: Float, height: Float, offsetX: Float, offsetY: Float
        ) {
            self.classIndex = classIndex
            self.row = row
            self.column = column
            self.width = width
            self.height = height
            self.offsetX = offsetX
            self.offsetY = offsetY
        }
    }

    /// The target of cells that an ignored object covers: the largest number below 1. By the focal loss's own weight,
    /// `(1 - target)^beta`, such a cell hardly counts, and by ours not at all.
    public static let ignoredTarget = Float(1).nextDown

    /// `[class, row, column]`: 1 at the centre cells, Gaussian around them, ``ignoredTarget`` where an ignored object lies,
    /// 0 elsewhere.
    public let heatmap: Tensor
    /// One a kept object whose box is learned, in the objects' order. Two objects may share a cell.
    public let centers: [Center]
    /// How many elements of the heatmap are exactly 1; what the focal loss is divided by.
    public let peakCount: Int
    /// What its keypoint heads should say; nil for a network without.
    public let keypoints: KeypointTargets?

    /// Targets from their parts.
    ///
    /// - Precondition: the heatmap has three axes, and every centre lies in it; keypoints are on a map of the same extents.
    public init(heatmap: Tensor, centers: [Center], keypoints: KeypointTargets? = nil) {
        precondition(
            heatmap.shape.count == 3, "a target heatmap is [class, row, column], and this one is \(heatmap.shape)")
        for center in centers {
            precondition(
                (0..<heatmap.shape[0]).contains(center.classIndex) && (0..<heatmap.shape[1]).contains(center.row)
                    && (0..<heatmap.shape[2]).contains(center.column),
                "\(center) lies outside the heatmap \(heatmap.shape)")
        }
        if let keypoints {
            precondition(
                keypoints.heatmap.shape.dropFirst() == heatmap.shape.dropFirst(),
                "keypoints on \(keypoints.heatmap.shape) beside objects on \(heatmap.shape)")
        }
        self.heatmap = heatmap
        self.centers = centers
        self.keypoints = keypoints
        peakCount = heatmap.peakCount
    }
}
