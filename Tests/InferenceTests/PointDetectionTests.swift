import Boxes
import Datasets
import Evaluation
import Foundation
import Inference
import JSON
import PeakDecoding
import Tensors
import TestSupport
import Testing

/// Networks that detect points, and files with what they found.
@Suite struct PointDetectionTests {
    private func output(_ name: String, _ channels: Int) -> NetworkOutput {
        NetworkOutput(name: name, shape: [1, channels, 8, 8], isProbability: false)
    }

    @Test(
        "A heatmap and offsets under their names, and no other map of two channels, are a network of points",
        arguments: [("heatmap", "offset"), ("hm", "reg")])
    func recognition(heatmap: String, offset: String) throws {
        let extent = InputExtent(side: 32)
        for classCount in [1, 2, 3] {
            let points = [output(heatmap, classCount), output(offset, 2)]
            let decoder = try CenterNetDecoder(outputs: points, input: extent)
            #expect(decoder.objectKind == .points && decoder.outputs == [heatmap, offset])
            let boxes = try CenterNetDecoder(outputs: points + [output("extents", 2)], input: extent)
            #expect(boxes.objectKind == .boxes && boxes.outputs == [heatmap, "extents", offset])
        }
        #expect(throws: DecoderError.self) {
            try CenterNetDecoder(outputs: [output("a", 3), output("b", 2)], input: extent)
        }
    }

    @Test func theCellsOfAPointAreDecoded() throws {
        let decoder = CenterNetDecoder(classCount: 1, objectKind: .points)
        var (heatmap, offset) = (Tensor([1, 1, 8, 8], repeating: -9), Tensor([1, 2, 8, 8]))
        heatmap[0, 0, 2, 5] = 3
        (offset[0, 0, 2, 5], offset[0, 1, 2, 5]) = (0.25, 0.5)
        let outputs = ["heatmap": heatmap, "offset": offset]
        let found = decoder.decode(outputs, mirrored: nil, item: 0, input: InputExtent(side: 32), limit: 1)
        let point = try #require(found.detections.first)
        #expect(point.kind == .points && point.box == Box(pointX: 21, y: 10))
        #expect(found.centers?.size == nil && found.centers?.offset.shape == [2, 8, 8])
        let source = DetectionSource(point)
        #expect(decoder.elements(of: .score, of: source) == [OutputElement("heatmap", [0, 2, 5])])
        #expect(decoder.elements(of: .offsetX, of: source) == [OutputElement("offset", [0, 2, 5], weight: 4)])
        for quantity in [DetectedQuantity.width, .height, .left, .bottom] {
            #expect(decoder.elements(of: quantity, of: source) == nil)
        }
    }

    @Test func moreDetectionsArePointsUnlessTheNumberIsSet() {
        var options = PredictorOptions()
        #expect(ObjectKind.allCases.map(options.maximumDetections(of:)) == [100, 1000])
        options.maximumDetections = 7
        #expect(ObjectKind.allCases.map(options.maximumDetections(of:)) == [7, 7])
    }

    private let detections = [
        ScoredBox(image: 1, classIndex: 0, box: Box(pointX: 1.25, y: 30), kind: .points, score: 0.875),
        ScoredBox(image: 0, classIndex: 1, box: Box(pointX: 4, y: 5.5), kind: .points, score: 0.125),
    ]

    private func dataset(_ kind: ObjectKind = .points) -> DetectionDataset {
        let samples = ["a", "b,c"].map { name in
            Sample(
                id: name, imageURL: URL(fileURLWithPath: "/data/\(name).jpg"), objects: [], width: 100, height: 100)
        }
        return DetectionDataset(classNames: ["ant", "bee"], samples: samples, split: "val", objectKind: kind)
    }

    @Test func whatIsWrittenIsRead() throws {
        let folder = try TemporaryFolder()
        let images = dataset().samples.map(\.identity)
        let json = COCOResults.json(detections, images: images, categoryIDs: [1, 2])
        #expect(try json.array()[0]["point"].numbers() == [1.25, 30])
        #expect(try json.array()[0].optional("bbox") == nil)
        let file = try folder.write(json.text(), to: "detections.json")
        #expect(COCOResults.havePoints(file))
        #expect(try COCOResults.read(from: file, dataset: dataset()).detections == detections)
        // The centre of a box is a point, too.
        let boxes = try folder.write(
            #"[{"image_id": "a", "category_id": 1, "bbox": [2, 4, 10, 6], "score": 0.5}]"#, to: "boxes.json")
        #expect(!COCOResults.havePoints(boxes))
        let centers = try COCOResults.read(from: boxes, dataset: dataset()).detections
        #expect(centers.map(\.box) == [Box(pointX: 7, y: 7)])
    }

    @Test(arguments: ["[1]", "[1, 2, 3]", "\"1, 2\"", "[1, null]"])
    func aPointIsTwoNumbers(text: String) throws {
        let folder = try TemporaryFolder()
        let file = try folder.write(
            "[{\"image_id\": \"a\", \"category_id\": 1, \"point\": \(text), \"score\": 0.5}]", to: "detections.json")
        let error = #expect(throws: DetectionFileError.self) {
            try COCOResults.read(from: file, dataset: dataset())
        }
        #expect(error?.reason == "point must be two numbers [x, y]")
    }

    @Test func theTable() throws {
        let folder = try TemporaryFolder()
        try PointResults.write(
            detections, imageIDs: ["a", "b,c"], classNames: ["ant", "bee"], to: folder.file("points.csv"))
        #expect(
            try String(contentsOf: folder.file("points.csv"), encoding: .utf8) == """
                image,class,score,x,y
                "b,c",ant,0.875000,1.25,30.00
                a,bee,0.125000,4.00,5.50

                """)
    }

    @Test("A data set of points has a report on points")
    func report() {
        var data = dataset()
        data.samples[0].objects = [
            AnnotatedObject(classIndex: 1, className: "bee", box: Box(pointX: 5, y: 5), kind: .points)
        ]
        let report = data.report(on: detections, points: PointOptions(distance: 2, minimumScore: 0.1))
        #expect(report.points?.all.found == 1 && report.points?.all.wrong == 1)
        #expect(report.imageCount == 2 && report.AP50 == -1)
        let one = data.report(on: [detections[0]], images: [1])
        #expect(one.points?.imageCount == 1 && one.points?.all.counts.meanAbsolute == 1)
    }
}
