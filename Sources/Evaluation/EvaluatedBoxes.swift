import Boxes

/// An object that is in a picture.
public struct GroundTruthBox: Hashable, Sendable {
    /// The picture, from 0.
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
    /// Its joints in the order of the skeleton; empty for an object of a class without joints.
    public var joints: [Joint<ImagePixels>]

    /// An object from its parts.
    public init(
        image: Int, classIndex: Int, box: Box<ImagePixels>, difficult: Bool = false, crowd: Bool = false,
        area: Double? = nil, joints: [Joint<ImagePixels>] = []
    ) {
        self.image = image
        self.classIndex = classIndex
        self.box = box
        self.difficult = difficult
        self.crowd = crowd
        self.area = area
        self.joints = joints
    }
}

/// An object that a detector says is in a picture.
public struct ScoredBox: Hashable, Sendable {
    /// The picture, from 0.
    public var image: Int
    /// The class, from 0.
    public var classIndex: Int
    /// Where it is.
    public var box: Box<ImagePixels>
    /// How sure the detector is; only the order matters.
    public var score: Double
    /// Its joints in the order of the skeleton; empty without.
    public var joints: [ScoredJoint<ImagePixels>]

    /// A detection from its parts.
    public init(
        image: Int, classIndex: Int, box: Box<ImagePixels>, score: Double, joints: [ScoredJoint<ImagePixels>] = []
    ) {
        self.image = image
        self.classIndex = classIndex
        self.box = box
        self.score = score
        self.joints = joints
    }
}
