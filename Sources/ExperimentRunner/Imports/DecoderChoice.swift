import Boxes
import Inference
import Networks

/// The decoders by the names that users know, and what each expects of images unless somebody says otherwise.
public enum DecoderChoice: String, CaseIterable, Sendable {
    /// CenterNet's heads.
    case centernet
    /// CenterFace.
    case centerface
    /// YOLOv3 to v7: grids with anchors; v8 and later: distributions.
    case yolov3, yolov4, yolov5, yolov7, yolov8
    /// Anchors as SSD and torchvision's SSDlite have them.
    case ssd, ssdlite
    /// RetinaNet's anchors.
    case retinanet
    /// A tracker's response map.
    case siamese
    /// None: only elements of outputs can be explained.
    case none

    /// How images come in where a file does not say.
    func preparation(extent: InputExtent) -> ImagePreparation {
        var preparation = ImagePreparation(
            extent: extent, mean: ImageStatistics.imageNet.mean,
            standardDeviation: ImageStatistics.imageNet.standardDeviation)
        func plain() { (preparation.mean, preparation.standardDeviation) = ([0, 0, 0], [1, 1, 1]) }
        switch self {
        case .centernet: break
        case .centerface:
            plain()
            preparation.factor = 255
            preparation.fit = .stretch
        case .yolov3, .yolov4, .yolov5, .yolov7, .yolov8:
            plain()
            preparation.border = .grey(114 / 255)
        case .ssdlite:
            (preparation.mean, preparation.standardDeviation) = ([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
            preparation.fit = .stretch
        case .ssd:
            preparation.mean = [0.48235, 0.45882, 0.40784]
            preparation.standardDeviation = [1 / 255, 1 / 255, 1 / 255]
            preparation.fit = .stretch
        case .retinanet:
            preparation.fit = .topLeft
            preparation.border = .mean
        case .siamese:
            plain()
            preparation.factor = 255
        case .none: preparation.fit = .stretch
        }
        return preparation
    }

    /// The side of the input where neither the file nor the user says one.
    var usualSide: Int {
        switch self {
        case .centernet: 512
        case .centerface, .yolov3, .yolov4, .yolov5, .yolov7, .yolov8: 640
        case .ssdlite: 320
        case .ssd: 300
        case .retinanet: 800
        case .siamese: 255
        case .none: 224
        }
    }

    /// What YOLO's decoder calls it.
    var yoloVersion: YOLOVersion? { YOLOVersion(rawValue: rawValue) }
}
