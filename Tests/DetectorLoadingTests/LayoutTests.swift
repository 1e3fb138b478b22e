import Boxes
import DetectorLoading
import Foundation
import Images
import Inference
import PeakDecoding
import Tensors
import TestSupport
import Testing

/// Outputs whose shape or values say that they are something else than the decoder reads.
@Suite("Layouts of detectors' outputs") struct LayoutTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func sentence(_ outputs: [(name: String, value: Tensor)], _ decoder: DecoderChoice) -> String {
        refusal { _ = try detections(DetectorFile(outputs: outputs), in: folder.url) { $0.decoder = decoder } }
    }

    @Test("Scores must be probabilities: other rows are named for what they look like")
    func scores() {
        let masks = DetectorFile.boxes(classCount: 3, others: 32, other: 7)
        #expect(sentence([("output0", masks)], .yolov8).contains("-seg"))
        let angle = sentence([("output0", DetectorFile.boxes(classCount: 3, others: 1, other: 1.5))], .yolov8)
        #expect(angle.contains("element 7 of its 8") && angle.contains("-obb"), "\(angle)")
        #expect(
            sentence([("output0", DetectorFile.boxes(classCount: 2, others: 51, other: 300))], .yolov8).contains(
                "-pose"))
        #expect(sentence([("output0", DetectorFile.boxes(classCount: 3))], .yolov8) == "")
    }

    @Test("Mask prototypes beside the boxes tell a network for segmentation, whatever the image")
    func prototypes() {
        let outputs = [
            ("output0", DetectorFile.boxes(classCount: 3, others: 32)), ("output1", Tensor([1, 32, 16, 16])),
        ]
        let sentence = sentence(outputs, .yolov8)
        #expect(sentence.contains("'output1'") && sentence.contains("-seg") && sentence.contains("32"), "\(sentence)")
    }

    @Test("A decoder for another layout names the right one")
    func otherLayouts() {
        let columns = DetectorFile.boxes(classCount: 3)
        for decoder in [DecoderChoice.yolov3, .yolov5, .yolov7, .yolox] {
            #expect(sentence([("output0", columns)], decoder).contains("--decoder yolov8"))
        }
        #expect(sentence([("output0", Tensor([1, 252, 8]))], .yolov8).contains("--decoder yolov5"))
        var encoded = Tensor([1, 84, 8])
        for index in 0..<84 { encoded[0, index, 2] = -0.5 }
        #expect(sentence([("output0", encoded)], .yolov5).contains("--decoder yolox"))
        var decoded = Tensor([1, 84, 8])
        for index in 0..<84 { decoded[0, index, 2] = 40 }
        #expect(sentence([("output0", decoded)], .yolox).contains("--decoder yolov5"))
    }

    @Test("YOLOX's boxes are relative to their cells")
    func yolox() throws {
        var table = Tensor([1, 84, 8])
        // Row 1, column 2 of the grid of stride 16, which follows 64 cells of stride 8.
        let numbers: [Float] = [0.5, 0.25, 0, 0.6931472, 0.9, 0, 1, 0]
        for (attribute, number) in numbers.enumerated() { table[0, 64 + 6, attribute] = number }
        let file = DetectorFile(outputs: [("output", table)])
        let (detector, found) = try detections(file, in: folder.url) { $0.decoder = .yolox }
        #expect(found.count == 1 && found[0].classIndex == 1 && (found[0].row, found[0].column) == (1, 2))
        let box = found[0].box
        for (edge, expected) in zip([box.xMin, box.yMin, box.xMax, box.yMax], [32.0, 4, 48, 36]) {
            #expect(abs(edge - expected) < 1e-3)
        }
        #expect(detector.preparation.channelOrder == .bgr && detector.preparation.factor == 255)
    }

    @Test("Edges are not read as centre and size, in either order of the axes")
    func edges() throws {
        let edges = DetectorFile.boxes(classCount: 3, areEdges: true)
        for value in [edges, DetectorFile.exchanged(edges)] {
            let file = DetectorFile(outputs: [("inside", value)])
            let (detector, found) = try detections(file, in: folder.url) { request in
                request.decoder = .yolov8
                request.classNames = "a,b,c"
            }
            #expect(found.count == 1)
            let box = found[0].box
            #expect([box.xMin, box.yMin, box.xMax, box.yMax] == [20, 12, 36, 44])
            let width = try #require(detector.decoder.elements(of: .width, of: DetectionSource(found[0])))
            #expect(width.map(\.weight) == [1, -1])
        }
        let centers = DetectorFile(outputs: [("inside", DetectorFile.boxes(classCount: 3))])
        let (detector, found) = try detections(centers, in: folder.url) { $0.decoder = .yolov8 }
        #expect(try #require(detector.decoder.elements(of: .width, of: DetectionSource(found[0]))).count == 1)
    }

    @Test("Boxes end at the image's border")
    func clipping() throws {
        var table = DetectorFile.boxes(classCount: 3)
        (table[0, 0, 17], table[0, 2, 17]) = (4, 30)
        let file = DetectorFile(outputs: [("output0", table)])
        let found = try detections(file, in: folder.url) { $0.decoder = .yolov8 }.detections
        #expect(found.map(\.box.xMin) == [0] && found.map(\.box.xMax) == [19])
    }
}
