import Boxes
import Inference
import Networks

/// The decoders by the names that users know, and the image preparation that each expects by default.
public enum DecoderChoice: String, CaseIterable, Sendable {
    /// CenterNet's heads.
    case centernet
    /// CenterFace.
    case centerface
    /// YOLOv3 to v7 with anchor grids; YOLOv8 and later with distributions.
    case yolov3, yolov4, yolov5, yolov7, yolov8
    /// YOLOX.
    case yolox
    /// The anchors of SSD and torchvision's SSDlite.
    case ssd, ssdlite
    /// RetinaNet's anchors.
    case retinanet
    /// A tracker's response map.
    case siamese
    /// No decoder: only elements of outputs can be explained.
    case none

    /// Returns the image preparation if a file does not define it.
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
        case .yolox:
            plain()
            preparation.factor = 255
            preparation.channelOrder = .bgr
            preparation.fit = .topLeft
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

    /// The input width and height if neither the file nor the user gives one.
    var usualSide: Int {
        switch self {
        case .centernet: 512
        case .centerface, .yolov3, .yolov4, .yolov5, .yolov7, .yolov8, .yolox: 640
        case .ssdlite: 320
        case .ssd: 300
        case .retinanet: 800
        case .siamese: 255
        case .none: 224
        }
    }

    /// The version for YOLO's decoder.
    var yoloVersion: YOLOVersion? { YOLOVersion(rawValue: rawValue) }
}
