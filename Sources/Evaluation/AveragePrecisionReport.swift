/// Average precision by VOC's rules, at an IoU above 0.5.
public struct VOCAveragePrecision: Hashable, Sendable {
    /// The mean over the classes with objects that are not difficult; -1 when there are none.
    public var mAP: Double
    /// One value per class; -1 for a class without such objects.
    public var perClass: [Double]
}

/// The agreement of detections with the ground truth. All values are in `0...1`, or -1 where there are no objects.
public struct AveragePrecisionReport: Hashable, Sendable {
    /// COCO's average precision: the mean over the IoU thresholds 0.50, 0.55, …, 0.95.
    public var AP: Double
    /// COCO's average precision at IoU 0.50, and at 0.75.
    public var AP50, AP75: Double
    /// Average precision for objects up to 32 x 32 pixels, from there to 96 x 96, and above.
    public var APsmall, APmedium, APlarge: Double
    /// COCO's average recall with 1, 10 and 100 detections per image and class.
    public var AR1, AR10, AR100: Double
    /// Average recall by size.
    public var ARsmall, ARmedium, ARlarge: Double
    /// ``AP`` of each class.
    public var perClassAP: [Double]
    /// ``AP50`` of each class.
    public var perClassAP50: [Double]
    /// Average precision by VOC's rules up to 2009: eleven points.
    public var voc2007: VOCAveragePrecision
    /// Average precision by VOC's rules from 2010 on: the area under the curve.
    public var voc2010: VOCAveragePrecision
    /// Each class's precision-recall curve by VOC's matching, at an IoU above 0.5.
    public var precisionRecall: [PrecisionRecallCurve]
    /// The number of images.
    public var imageCount: Int
    /// The number of objects, including difficult ones and crowds.
    public var objectCount: Int
    /// The number of objects of each class.
    public var perClassObjectCount: [Int]
    /// The keypoint metrics; nil without keypoints.
    public var pose: PoseAveragePrecision?

    /// The metrics of points; nil for boxes. A report on points has no metrics of boxes: they are -1.
    public var points: PointReport?

    /// The metric that the best weights are chosen by without keypoints.
    public static let boxMeasure = "AP50"
    /// The metric that the best weights are chosen by with keypoints.
    public static let poseMeasure = "OKS AP"

    /// The metric that the best weights are chosen by where objects are points.
    public static let pointMeasure = "point AP"

    /// The metric that the best weights are chosen by.
    public var deciding: (measure: String, value: Double) {
        if let points { return (Self.pointMeasure, points.all.AP) }
        return pose.map { (Self.poseMeasure, $0.AP) } ?? (Self.boxMeasure, AP50)
    }
}

extension AveragePrecisionReport {
    /// Creates a report on points.
    public init(_ points: PointReport) {
        let count = points.classes.count
        let undefined = [Double](repeating: -1, count: count)
        let voc = VOCAveragePrecision(mAP: -1, perClass: undefined)
        self.init(
            AP: -1, AP50: -1, AP75: -1, APsmall: -1, APmedium: -1, APlarge: -1, AR1: -1, AR10: -1, AR100: -1,
            ARsmall: -1,
            ARmedium: -1, ARlarge: -1, perClassAP: undefined, perClassAP50: undefined, voc2007: voc, voc2010: voc,
            precisionRecall: points.curves, imageCount: points.imageCount,
            objectCount: points.objectCounts.reduce(0, +), perClassObjectCount: points.objectCounts, points: points)
    }
}
