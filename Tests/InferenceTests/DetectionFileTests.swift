import Boxes
import Datasets
import Evaluation
import Foundation
import Inference
import JSON
import TestSupport
import Testing

@Suite struct DetectionFileTests {
    let detections = [
        ScoredBox(image: 1, classIndex: 0, box: Box(xMin: 1.25, yMin: 2, xMax: 11.5, yMax: 30), score: 0.875),
        ScoredBox(image: 0, classIndex: 2, box: Box(xMin: -3, yMin: 0, xMax: 4, yMax: 5), score: 0.1),
    ]

    /// A data set whose images are identified by their paths, as in VOC.
    func named(_ paths: [String], classNames: [String] = ["ant", "bee", "cow"]) -> DetectionDataset {
        let samples = paths.map { path in
            Sample(
                id: (path as NSString).deletingPathExtension, imageURL: URL(fileURLWithPath: "/data/\(path)"),
                objects: [], width: 100, height: 100, path: path)
        }
        return DetectionDataset(classNames: classNames, samples: samples, split: "val")
    }

    func read(_ text: String, paths: [String] = ["a.jpg", "b.c.jpg", "d.jpg"]) throws -> [ScoredBox] {
        let folder = try TemporaryFolder()
        let url = try folder.write(text, to: "detections.json")
        return try COCOResults.read(from: url, dataset: named(paths)).detections
    }

    @Test func whatIsWrittenIsRead() throws {
        let data = named(["a.jpg", "b.c.jpg", "d.jpg"])
        let json = COCOResults.json(
            detections, images: data.samples.map(\.identity), categoryIDs: data.categories.ids)
        let first = try json.array()[0]
        #expect(try first["image_id"].string() == "b.c")
        #expect(try first["category_id"].integer() == 1)
        #expect(try first["bbox"].numbers() == [1.25, 2, 10.25, 28])
        #expect(try read(json.text(pretty: false)) == detections)
    }

    /// Untrained networks predict negative sizes, and other programs write them to files.
    @Test func negativeExtentsAreEmptyBoxes() throws {
        let inverted = ScoredBox(
            image: 0, classIndex: 0, box: Box(xMin: 5, yMin: 6, xMax: 2, yMax: 9), score: 0.5)
        let json = COCOResults.json([inverted], images: [.text("a")], categoryIDs: [1])
        #expect(try json.array()[0]["bbox"].numbers() == [5, 6, 0, 3])
        let read = try read(entry("\"a\"", #""category_id": 1, "bbox": [5, 6, -3, 3], "score": 0.5"#))
        #expect(read == [inverted] && read[0].box.area == 0)
    }

    func entry(_ id: String, _ rest: String = #""category_id": 1, "bbox": [0, 0, 1, 1], "score": 0.5"#) -> String {
        "[{\"image_id\": \(id), \(rest)}]"
    }

    @Test func imagesAreNamed() throws {
        #expect(try read(entry("\"a\"")).map(\.image) == [0])
        #expect(try read(entry("\"b.c\"")).map(\.image) == [1])
        #expect(try read(entry("\"d.jpg\"")).map(\.image) == [2])
        // A number matches the number in a file name.
        #expect(try read(entry("8"), paths: ["007.jpg", "008.jpg"]).map(\.image) == [1])
        #expect(try read(entry("9"), paths: ["7.jpg", "9.jpg"]).map(\.image) == [1])
    }

    @Test func numbersAreNeverPositions() {
        for (text, paths) in [("2", ["a.jpg", "b.jpg", "d.jpg"]), ("2", ["007.jpg", "008.jpg"]), ("0", ["1.jpg"])] {
            let error = #expect(throws: DetectionFileError.self) { try read(entry(text), paths: paths) }
            #expect(error?.entry == 1 && error?.reason.contains("a number is never read as a position") == true)
        }
    }

    @Test(arguments: [
        (#"{"annotations": []}"#, "a list of detections was expected"),
        (#"[{"image_id": "x", "category_id": 1, "bbox": [0,0,1,1], "score": 1}]"#, "\"x\" is not an image"),
        (#"[{"image_id": 0, "category_id": 1, "bbox": [0,0,1,1], "score": 1}]"#, "image_id 0 is not an image"),
        (#"[{"image_id": 4, "category_id": 1, "bbox": [0,0,1,1], "score": 1}]"#, "image_id 4 is not an image"),
        (
            #"[{"image_id": "a", "category_id": 0, "bbox": [0,0,1,1], "score": 1}]"#,
            "they are numbered from 1: 1 ant, 2 bee, 3 cow"
        ),
        (
            #"[{"image_id": "a", "category_id": 4, "bbox": [0,0,1,1], "score": 1}]"#,
            "they are numbered from 1: 1 ant, 2 bee, 3 cow"
        ),
        (#"[{"image_id": "a", "category_id": 1, "bbox": [0,0,1], "score": 1}]"#, "four numbers"),
        (#"[{"image_id": "a", "category_id": 1, "bbox": [0,0,1], "score": 1}]"#, "four numbers"),
        (#"[{"image_id": "a", "category_id": 1, "bbox": "0 0 1 1", "score": 1}]"#, "detection 1"),
        (#"[{"image_id": "a", "category_id": 1, "bbox": [0,0,1,1]}]"#, "score"),
        (#"[7]"#, "detection 1"),
    ])
    func badFilesSaySo(_ text: String, words: String) {
        let error = #expect(throws: DetectionFileError.self) { try read(text) }
        #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }

    @Test func noJSONIsAnError() {
        #expect(throws: (any Error).self) { try read("[{") }
        #expect(throws: (any Error).self) {
            try COCOResults.read(from: URL(fileURLWithPath: "/nowhere/x.json"), dataset: named(["a.jpg"]))
        }
    }

    @Test func vocFilesHaveInclusiveEdges() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try VOCResults.write(
            detections, imageIDs: ["a", "b", "d"], classNames: ["cat", "dog", "cow/calf"], split: "val", to: folder)
        func text(_ name: String) throws -> String {
            try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8)
        }
        #expect(try text("comp4_det_val_cat.txt") == "b 0.875000 2.25 3.00 11.50 30.00\n")
        #expect(try text("comp4_det_val_dog.txt") == "")
        #expect(try text("comp4_det_val_cow_calf.txt") == "a 0.100000 -2.00 1.00 4.00 5.00\n")
    }
}
