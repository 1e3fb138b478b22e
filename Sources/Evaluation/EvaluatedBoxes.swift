import Boxes

/// An object that is in an image.
public struct GroundTruthBox: Hashable, Sendable {
    /// The image, from 0.
    public var image: Int
    /// The class, from 0.
    public var classIndex: Int
    /// Where it is.
    public var box: Box<ImagePixels>
    /// VOC's flag: finding this object is not rewarded, missing it not punished. COCO's numbers take no notice of it.
    public var difficult: Bool
    /// COCO's flag: the box surrounds many objects. It is rewarded by nobody, and excuses any number of detections inside.
    public var crowd: Bool
    /// The area that decides whether COCO calls the object small, medium or large; the box's when nil. Square pixels.
    public var area: Double?
    /// Its keypoints in the order of the skeleton; empty for an object of a class without keypoints.
    public var keypoints: [Keypoint<ImagePixels>]

    /// An object from its parts.
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

/// An object that a detector says is in an image.
public struct ScoredBox: Hashable, Sendable {
    /// The image, from 0.
    public var image: Int
    /// The class, from 0.
    public var classIndex: Int
    /// Where it is.
    public var box: Box<ImagePixels>
    /// How sure the detector is; only the order matters.
    public var score: Double
    /// Its keypoints in the order of the skeleton; empty without.
    public var keypoints: [ScoredKeypoint<ImagePixels>]

    /// A detection from its parts.
    public init(
        image: Int, classIndex: Int, box: Box<ImagePixels>, score: Double, keypoints: [ScoredKeypoint<ImagePixels>] = []
    ) {
        self.image = image
        self.classIndex = classIndex
        self.box = box
        self.score = score
        self.keypoints = keypoints
    }
}
