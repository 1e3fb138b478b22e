import Inference
import Inspection

/// What somebody wants explained, and how.
public struct InspectionRequest: Sendable {
    /// Which answers of the network are explained.
    public enum Subject: Hashable, Sendable {
        /// Every detection, the surest first, up to a limit.
        case detections(limit: Int)
        /// Some of them, by their number from 0.
        case numbered([Int])
        /// The highest peak of a class, however low.
        case bestOfClass(String)
        /// Any elements of any outputs.
        case elements([Target])
    }

    /// Which answers are explained.
    public var subject = Subject.detections(limit: 8)
    /// Which of a detection's quantities.
    public var quantities: [DetectedQuantity] = [.score]
    /// Which numbers of its keypoints.
    public var keypoints: [KeypointQuantity] = []
    /// Whether all targets together are explained, too, in one more map.
    public var addsSum = false
    /// The lowest score of what counts as a detection.
    public var threshold = 0.3
    /// By which methods.
    public var methods: [Method] = [.gradCAM]
    /// At which layers: names, and patterns in which `*` stands for a part of a name. None: where the network's trunk ends.
    public var layers: [String] = []
    /// Whether to look where each of the network's stages ends, when no layer is named.
    public var looksAtStages = false
    /// What methods are told.
    public var options = MethodOptions()

    /// Grad-CAM of the surest detections, where the trunk ends.
    public init() {}
}
