import Boxes

/// An annotated object of an image.
public struct GroundTruthBox: Hashable, Sendable {
    /// The image, from 0.
    public var image: Int
    /// The class, from 0.
    public var classIndex: Int
    /// The object's box; of a point, the point itself.
    public var box: Box<ImagePixels>
    /// VOC's flag: the object counts neither when found nor when missed. COCO's metrics ignore this flag.
    public var difficult: Bool
    /// COCO's flag: the box contains many objects. It counts neither when found nor when missed, and any number of detections inside are
    /// ignored.
    public var crowd: Bool
    /// The area in square pixels that decides whether COCO counts the object as small, medium or large; nil for the box's area.
    public var area: Double?
    /// The keypoints in the order of the skeleton; empty for an object of a class without keypoints.
    public var keypoints: [Keypoint<ImagePixels>]

    /// Creates an annotated object.
    public init(
        image: Int, classIndex: Int, box: Box<ImagePixels>, difficult: Bool = false, crowd: Bool = false,
        area: Double? = nil, keypoints: [Keypoint<ImagePixels>] = []
    ) {
        self.image = image
        self.classIndex = classIndex
        self.box = box
        self.difficult = difficult
        self.crowd = crowd
        self.area = area
        self.keypoints = keypoints
    }
}

/// A detected object of an image.
public struct ScoredBox: Hashable, Sendable {
    /// The image, from 0.
    public var image: Int
    /// The class, from 0.
    public var classIndex: Int
    /// The object's box; of a point, the point itself.
    public var box: Box<ImagePixels>
    /// Whether the object is a box or a point.
    public var kind: ObjectKind
    /// The score; only the order of scores matters.
    public var score: Double
    /// The keypoints in the order of the skeleton; empty without keypoints.
    public var keypoints: [ScoredKeypoint<ImagePixels>]

    /// Creates a detection.
    public init(
        image: Int, classIndex: Int, box: Box<ImagePixels>, kind: ObjectKind = .boxes, score: Double,
        keypoints: [ScoredKeypoint<ImagePixels>] = []
    ) {
        self.image = image
        self.classIndex = classIndex
        self.box = box
        self.kind = kind
        self.score = score
        self.keypoints = keypoints
    }
}
