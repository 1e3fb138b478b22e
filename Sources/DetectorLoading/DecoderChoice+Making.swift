import Boxes
import Datasets
import Graphs
import Inference
import ONNX
import Operators
import Tensors

extension DecoderChoice {
    /// Creates a decoder for a network's outputs.
    ///
    /// - Throws: ``DecoderError`` if the decoder cannot read them.
    func decoder(
        _ outputs: [NetworkOutput], extent: InputExtent, request: ImportRequest, templateExtent: InputExtent?,
        skeleton: Skeleton?
    ) throws -> any DetectionDecoder {
        try requireUse(of: request)
        switch self {
        case .centernet: return try CenterNetDecoder(outputs: outputs, input: extent, skeleton: skeleton)
        case .centerface: return try CenterFaceDecoder(outputs: outputs)
        case .yolov3, .yolov4, .yolov5, .yolov7, .yolov8:
            let version = yoloVersion ?? .v5
            return try YOLODecoder(
                version: version, outputs: outputs, input: extent, anchors: request.anchors,
                classCount: try request.classNames.map { try ClassNameList.names($0).count })
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

extension ImportedNetwork {
    /// Returns the outputs with their shapes for inputs of these shapes.
    ///
    /// - Throws: ``GraphError``.
    func outputs(inputs: [String: [Int]]) throws -> [NetworkOutput] {
        let shapes = try graph.inferShapes(inputs)
        return graph.outputs.map { output in
            NetworkOutput(
                name: output.name, shape: shapes[output.value.index], isProbability: holdsProbabilities(output.value))
        }
    }

    /// Returns whether a sigmoid or a softmax is the last computation, except for operators that only move values.
    private func holdsProbabilities(_ value: Graph.Value) -> Bool {
        var waiting = [value.index]
        while let index = waiting.popLast() {
            let node = graph.nodes[index]
            switch node.operator {
            case is Sigmoid, is Softmax: continue
            case is Reshape, is Transpose, is Concatenate: waiting += node.inputs.map(\.index)
            default: return false
            }
        }
        return true
    }
}
