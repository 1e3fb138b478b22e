import Boxes
import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// One JSON list for many images.
@Suite struct CreateMLTests {
    private let good = #"{"label": "cat", "coordinates": {"x": 20, "y": 15.0, "width": 10, "height": 8}}"#

    private func load(_ json: String, as name: String = "_annotations.createml.json") throws -> (
        TemporaryFolder, DatasetIndex
    ) {
        let folder = try TemporaryFolder()
        for (index, name) in ["a", "b"].enumerated() { try folder.image("\(name).jpg", red: UInt8(index)) }
        try folder.write(json, to: name)
        return (folder, try DatasetIndex(DatasetSource(root: folder.url)))
    }

    @Test(arguments: [
        #"[{"image": "a.jpg", "annotations": [OBJECT]}, {"image": "b.jpg", "annotations": []}]"#,
        #"[{"annotation": [OBJECT], "imagefilename": "a.jpg"}, {"annotation": null, "imagefilename": "b.jpg"}]"#,
        #"[{"annotations": OBJECT, "image": "a.jpg", "annotation_id": 3}, {"image": "b.jpg"}]"#,
    ])
    func xAndYAreTheMiddle(_ json: String) throws {
        let (_, index) = try load(json.replacingOccurrences(of: "OBJECT", with: good))
        #expect(index.format == .createML)
        let dataset = try index.dataset(split: "all")
        #expect(dataset.samples.map(\.id) == ["a", "b"])
        #expect(dataset.samples.map { $0.objects.map(\.box) } == [[box(15, 11, 25, 19)], []])
        #expect(dataset.problems.isEmpty)
    }

    @Test(arguments: [
        (#"{"label": "cat"}"#, DatasetRule.missingField, "'coordinates'"), ("7", .missingField, "'label'"),
        (#"{"coordinates": {"x": 1, "y": 1, "width": 1, "height": 1}}"#, .missingField, "'label'"),
        (#"{"label": "cat", "coordinates": [1, 2, 3, 4]}"#, .missingField, "'coordinates'"),
        (#"{"label": "cat", "coordinates": {"x": 1, "y": 1, "width": 1}}"#, .missingField, "'height'"),
        (#"{"label": "cat", "coordinates": {"x": 1, "y": NaN, "width": 1, "height": 2}}"#, .notANumber, "'y'"),
        (#"{"label": "cat", "coordinates": {"x": "wide", "y": 1, "width": 1, "height": 2}}"#, .notANumber, "'x'"),
        (#"{"label": "cat", "coordinates": {"x": 1, "y": 1e400, "width": 1, "height": 2}}"#, .notANumber, "'y'"),
    ])
    func aBadObjectCostsItself(_ object: String, _ rule: DatasetRule, _ words: String) throws {
        let (folder, index) = try load("[{\"image\": \"a.jpg\", \"annotations\": [\n\(good),\n\(object)]}]")
        let dataset = try index.dataset(split: "all")
        let problem = try #require(dataset.problems.first)
        #expect(problem.rule == rule)
        #expect(problem.file == folder.file("_annotations.createml.json"))
        #expect((problem.object, problem.line) == (2, 3))
        #expect(problem.message.contains(words), "\(problem.message)")
        #expect(dataset.samples.first?.objects.count == 1)
    }

    @Test func entriesThatNameNoImageAreTold() throws {
        let (_, index) = try load("[{\"image\": \"a.jpg\", \"annotations\": [\(good)]},\n 7,\n {\"annotations\": []}]")
        #expect(index.findings.map(\.line) == [2, 3])
    }

    @Test func aFileASplit() throws {
        let folder = try TemporaryFolder()
        for (index, split) in ["train", "valid"].enumerated() {
            try folder.image("\(split)/x\(index).jpg", red: UInt8(index))
            try folder.write(
                "[{\"image\": \"x\(index).jpg\", \"annotations\": [\(good)]}]",
                to: "\(split)/_annotations.createml.json")
        }
        let index = try DatasetIndex(DatasetSource(root: folder.url))
        #expect(try index.dataset(split: "train").samples.map(\.id) == ["x0"])
        #expect(try index.dataset(split: "val").samples.map(\.id) == ["x1"])
    }

    @Test func aCutFileIsToldAndReadAsFarAsItGoes() throws {
        let whole = Array(
            "[{\"image\": \"a.jpg\", \"annotations\": [\(good)]}, {\"image\": \"b.jpg\", \"annotations\": [\(good)]}]"
                .utf8)
        let folder = try TemporaryFolder()
        for (index, name) in ["a", "b"].enumerated() { try folder.image("\(name).jpg", red: UInt8(index)) }
        for length in 0..<whole.count {
            try folder.write(whole.prefix(length), to: "train.json")
            guard let index = try? DatasetIndex(DatasetSource(root: folder.url)) else { continue }
            #expect(index.findings.contains { $0.rule == .unreadableAnnotation }, "\(length)")
            for sample in try index.dataset(split: "all").samples { #expect(sample.objects.count == 1) }
        }
    }
}
