/// A metric that candidates are ranked by.
public enum SweepMeasure: String, CaseIterable, Sendable {
    /// COCO's average precision.
    case AP
    /// Average precision at an overlap of 0.5.
    case AP50
    /// COCO's average precision of keypoints.
    case poseAP
    /// Average precision of points, in data sets without boxes.
    case pointAP

    /// Its name in texts.
    public var title: String {
        switch self {
        case .AP, .AP50: rawValue
        case .poseAP: "OKS AP"
        case .pointAP: "point AP"
        }
    }

    /// Its key in a run's log.
    package var logKey: String { rawValue }
}
