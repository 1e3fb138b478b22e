import Boxes
import Datasets
import Inference

extension DecoderChoice {
    /// Creates a decoder for a network's outputs.
    ///
    /// - Parameter classCount: The number of classes, if it is known.
    /// - Throws: ``DecoderError`` if the decoder cannot read them.
    func decoder(
        _ outputs: [NetworkOutput], extent: InputExtent, request: ImportRequest, templateExtent: InputExtent?,
        skeleton: Skeleton?, classCount: Int?
    ) throws -> any DetectionDecoder {
        try requireUse(of: request)
        switch self {
        case .centernet: return try CenterNetDecoder(outputs: outputs, input: extent, skeleton: skeleton)
        case .centerface: return try CenterFaceDecoder(outputs: outputs)
        case .yolov3, .yolov4, .yolov5, .yolov7, .yolov8, .yolox:
            let version = yoloVersion ?? .v5
            return try YOLODecoder(
                version: version, outputs: outputs, input: extent, anchors: request.anchors,
                classCount: classCount)
        case .ssd: return try AnchorDecoder(kind: .ssd, outputs: outputs, input: extent)
        case .ssdlite: return try AnchorDecoder(kind: .ssdlite, outputs: outputs, input: extent)
        case .retinanet: return try AnchorDecoder(kind: .retinaNet, outputs: outputs, input: extent)
        case .siamese:
            guard let templateExtent else {
                throw ImportError.option("the decoder 'siamese' requires the tracker's template: --template")
            }
            return try SiameseDecoder(
                outputs: outputs,
                objectExtent: (
                    Double(templateExtent.columns) * request.objectShare,
                    Double(templateExtent.rows) * request.objectShare
                ), stride: request.responseStride)
        case .none: return RawDecoder()
        }
    }

    /// Refuses settings that this decoder would ignore.
    private func requireUse(of request: ImportRequest) throws {
        let usual = ImportRequest()
        let hasAnchors = [.yolov3, .yolov4, .yolov5, .yolov7].contains(self)
        if request.anchors != nil && !hasAnchors {
            throw ImportError.option("--anchors applies only to yolov3, yolov4, yolov5 and yolov7")
        }
        let differs = request.objectShare != usual.objectShare || request.responseStride != usual.responseStride
        if differs && self != .siamese {
            throw ImportError.option("--object-share and --response-stride apply only to the decoder 'siamese'")
        }
    }
}

extension DecoderChoice {
    /// Returns the decoder for the layout that a file from Ultralytics has: YOLOv5's own exporter does not write which network it exported.
    static func ultralytics(_ outputs: [NetworkOutput], classCount: Int?) -> DecoderChoice {
        if outputs.contains(where: { $0.shape.count == 5 }) { return .yolov5 }
        guard let shape = outputs.first(where: { $0.shape.count == 3 })?.shape else { return .yolov8 }
        if let classCount, shape[1] == 4 + classCount || shape[2] == 4 + classCount { return .yolov8 }
        if let classCount, shape[2] == 5 + classCount { return .yolov5 }
        return shape[1] > max(1000, shape[2]) ? .yolov5 : .yolov8
    }
}
