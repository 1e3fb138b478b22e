import Inference
import Inspection

/// What to explain, and how.
public struct InspectionRequest: Sendable {
    /// The outputs of the network to explain.
    public enum Subject: Hashable, Sendable {
        /// The detections with the highest scores, up to a limit.
        case detections(limit: Int)
        /// Detections by their number from 0.
        case numbered([Int])
        /// The highest peak of a class, even below the threshold.
        case bestOfClass(String)
        /// Any elements of the outputs.
        case elements([Target])
    }

    /// The outputs to explain.
    public var subject = Subject.detections(limit: 8)
    /// The quantities of a detection.
    public var quantities: [DetectedQuantity] = [.score]
    /// The quantities of its keypoints.
    public var keypoints: [KeypointQuantity] = []
    /// Whether the sum of all targets is explained, too, in one more map.
    public var addsSum = false
    /// The minimum score of a detection.
    public var threshold = 0.3
    /// The explanation methods.
    public var methods = InspectionRequest.defaultMethods
    /// What explains where no method was asked for.
    public static let defaultMethods: [Method] = [.gradCAM]
    /// The layers: names, and patterns in which `*` stands for a part of a name. If empty, each target's default layer.
    public var layers: [String] = []
    /// Whether to use the last layer of each stage if no layer is named.
    public var looksAtStages = false
    /// The options of the methods.
    public var options = MethodOptions()

    /// Creates a request for Grad-CAM of the detections with the highest scores, at the end of the backbone.
    public init() {}
}
