import Boxes
import DetectorLoading
import Foundation
import Inference
import Tensors
import TestSupport
import Testing

/// Files that Ultralytics writes: what their metadata say is used, unless the user says otherwise.
@Suite("Ultralytics' metadata") struct UltralyticsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ names: String, task: String? = "detect", _ value: Tensor) -> DetectorFile {
        var metadata = ["names": names, "imgsz": "[64, 64]", "stride": "32", "batch": "1"]
        metadata["task"] = task
        return DetectorFile(metadata: metadata, outputs: [("output0", value)])
    }

    @Test(
        "Decoder, names and size come from the file; names are a Python dictionary or list",
        arguments: [
            #"{0: 'a', 1: "driver's", 2: 'c'}"#, #"['a', "driver's", 'c']"#, #"{2: 'c', 1: 'driver\'s', 0: 'a',}"#,
            #"{'0': 'a', '1': 'driver\u0027s', '2': "\x63"}"#,
        ])
    func names(_ names: String) throws {
        var file = file(names, DetectorFile.boxes(classCount: 3))
        file.input.shape = [nil, 3, nil, nil]
        let (detector, found) = try detections(file, in: folder.url)
        #expect(detector.classNames == ["a", "driver's", "c"])
        #expect(detector.preparation.extent == InputExtent(side: 64) && detector.decoder.name == "yolov8")
        #expect(found.count == 1 && found[0].classIndex == 1)
        let box = found[0].box
        #expect([box.xMin, box.yMin, box.xMax, box.yMax] == [20, 12, 36, 44])
    }

    @Test("YOLOv5's own exporter writes no task: the layout tells which decoder")
    func yolov5() throws {
        var table = Tensor([1, 252, 8])
        for index in 0..<252 { for attribute in 0..<4 { table[0, index, attribute] = 20 } }
        (table[0, 9, 4], table[0, 9, 6]) = (1, 0.9)
        let (detector, found) = try detections(file("['a', 'b', 'c']", task: nil, table), in: folder.url)
        #expect(detector.decoder.name == "yolov5" && detector.classNames == ["a", "b", "c"])
        #expect(found.count == 1 && found[0].classIndex == 1)
    }

    @Test(
        "Networks for other tasks are refused by name, and can still be loaded for their elements",
        arguments: [
            "segment", "pose", "obb", "classify",
        ])
    func tasks(task: String) throws {
        let file = file("{0: 'a', 1: 'b'}", task: task, DetectorFile.boxes(classCount: 2))
        for decoder in [nil, DecoderChoice.yolov8] {
            let sentence = refusal { _ = try detections(file, in: folder.url) { $0.decoder = decoder } }
            #expect(sentence.contains("'\(task)'"), "\(sentence)")
        }
        #expect(try !Detector.load(folder.file("model.onnx")).decodesObjects)
    }

    @Test("Names given by the user win; numbers that differ are both named")
    func contradictions() throws {
        let three = DetectorFile.boxes(classCount: 3)
        let two = file("{0: 'a', 1: 'b'}", three)
        let written = refusal { _ = try detections(two, in: folder.url) }
        #expect(written.contains("2 classes") && written.contains("3"), "\(written)")
        #expect(try detections(two, in: folder.url) { $0.classNames = "x,y,z" }.detector.classNames == ["x", "y", "z"])
        let good = file("{0: 'a', 1: 'b', 2: 'c'}", three)
        let given = refusal { _ = try detections(good, in: folder.url) { $0.classNames = "x,y" } }
        #expect(given.contains("2 classes") && given.contains("3"), "\(given)")
        #expect(
            try detections(good, in: folder.url) { $0.classNames = "x,y,z" }.detector.classNames == ["x", "y", "z"])
    }

    @Test("A tensor before the boxes can be loaded for its elements without a decoder")
    func inside() throws {
        let file = file("['a']", Tensor([1, 5, 4, 4]))
        try file.data.write(to: folder.file("model.onnx"))
        #expect(try !Detector.load(folder.file("model.onnx")).decodesObjects)
        #expect(throws: DecoderError.self) { try Detector.finder(folder.file("model.onnx")) }
    }
}
