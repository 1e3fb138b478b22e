/// Average precision by VOC's rules, at an overlap above 0.5.
public struct VOCAveragePrecision: Hashable, Sendable {
    /// The mean over the classes that have an object which is not difficult; -1 when none has.
    public var mAP: Double
    /// One a class; -1 where there is nothing to find.
    public var perClass: [Double]
}

/// How well detections agree with the ground truth. All values are in `0...1`, or -1 where there is nothing to find.
public struct AveragePrecisionReport: Hashable, Sendable {
    /// COCO's average precision: the mean over the overlaps 0.50, 0.55, …, 0.95.
    public var AP: Double
    /// COCO's average precision at overlap 0.50, and at 0.75.
    public var AP50, AP75: Double
    /// Of objects up to 32 x 32 pixels, from there to 96 x 96, and above.
    public var APsmall, APmedium, APlarge: Double
    /// COCO's average recall with 1, 10 and 100 detections an image and class.
    public var AR1, AR10, AR100: Double
    /// Average recall by size.
    public var ARsmall, ARmedium, ARlarge: Double
    /// ``AP`` of each class.
    public var perClassAP: [Double]
    /// ``AP50`` of each class.
    public var perClassAP50: [Double]
    /// By VOC's rules up to 2009: eleven points.
    public var voc2007: VOCAveragePrecision
    /// By VOC's rules from 2010 on: the area under the curve.
    public var voc2010: VOCAveragePrecision
    /// Each class's curve by VOC's matching, at an overlap above 0.5.
    public var precisionRecall: [PrecisionRecallCurve]
    /// How many images there are.
    public var imageCount: Int
    /// How many objects there are, difficult ones and crowds with them.
    public var objectCount: Int
    /// The same of each class.
    public var perClassObjectCount: [Int]
    /// How well keypoints agree; nil where there are none.
    public var pose: PoseAveragePrecision?

    /// What the best weights are chosen by where there are no keypoints.
    public static let boxMeasure = "AP50"
    /// What the best weights are chosen by where there are keypoints.
    public static let poseMeasure = "OKS AP"

    /// The figure that the best weights are chosen by.
    public var deciding: (measure: String, value: Double) {
        pose.map { (Self.poseMeasure, $0.AP) } ?? (Self.boxMeasure, AP50)
    }
}
