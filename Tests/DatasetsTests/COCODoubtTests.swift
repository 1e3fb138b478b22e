import DatasetFixtures
import Datasets
import Foundation
import JSON
import TestSupport
import Testing

/// COCO files with duplicate or unusual entries.
@Suite struct COCODoubtTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for name in ["a", "b", "c"] { try folder.image("images/\(name).jpg") }
    }

    private func boxes(_ document: COCODocument) throws -> [String: Int] {
        try folder.write(document.text, to: "annotations/instances_all.json")
        let samples = try folder.index().dataset(split: "all").samples
        return Dictionary(uniqueKeysWithValues: samples.map { ($0.id, $0.objects.count) })
    }

    @Test func nothingSaysWhoseTheBoxesAre() throws {
        var document = COCODocument(["a.jpg", "b.jpg"])
        document.image(1, "c.jpg")
        #expect(try boxes(document) == ["b": 1])
    }

    @Test func numbersInQuotesAreNumbers() throws {
        var document = COCODocument(["a.jpg"])
        document.annotations = [["id": 1, "image_id": 1, "category_id": 1, "bbox": ["1", 2, "10.5", 5]]]
        #expect(try boxes(document) == ["a": 1])
        #expect(try folder.index().dataset(split: "all").samples[0].objects[0].box == box(1, 2, 11.5, 7))
    }

    @Test func anOutlineCountsWhereTheBoxIsZeros() throws {
        var document = COCODocument(["a.jpg"])
        document.annotations = []
        document.object(1, box: [0, 0, 0, 0], [("segmentation", [[2, 3, 8, 3, 8, 9]])])
        #expect(try boxes(document) == ["a": 1])
        #expect(try folder.index().dataset(split: "all").samples[0].objects[0].box == box(2, 3, 8, 9))
    }

    @Test func whatIsToBeIgnoredIsNotLearned() throws {
        var document = COCODocument(["a.jpg"])
        document.object(1, box: [20, 2, 10, 5], [("ignore", 1)])
        #expect(try boxes(document) == ["a": 2])
        #expect(try folder.index().dataset(split: "all").samples[0].objects.map(\.isIgnored) == [false, true])
    }

    @Test func identitiesOfSeveralTasksAreSaid() throws {
        try folder.write(COCODocument(["a.jpg"]).text, to: "annotations/task_1.json")
        try folder.write(COCODocument(["b.jpg"]).text, to: "annotations/task_2.json")
        let index = try folder.index()
        #expect(index.findings(of: .sharedIdentity).count == 1)
        #expect(try index.dataset(split: "all").samples.count == 2)
    }

    /// One file of a data set may have been written by a different tool.
    @Test func cornersInOneFileAlone() throws {
        var (train, val) = (COCODocument(), COCODocument())
        for (index, name) in ["a", "b"].enumerated() {
            train.image(.integer(index + 1), "\(name).jpg")
            train.object(.integer(index + 1), box: [10, 10, 20, 15])
        }
        val.image(1, "c.jpg")
        val.object(1, box: [20, 10, 38, 28])
        val.object(1, box: [25, 5, 39, 29])
        try folder.write(train.text, to: "annotations/instances_train.json")
        try folder.write(val.text, to: "annotations/instances_val.json")
        let index = try folder.index()
        #expect(
            try index.dataset(split: "val").samples[0].objects.map(\.box) == [box(20, 10, 38, 28), box(25, 5, 39, 29)])
        #expect(try index.dataset(split: "train").samples[0].objects[0].box == box(10, 10, 30, 25))
        #expect(index.findings(of: .cornersAsSizes).map { $0.file.lastPathComponent } == ["instances_val.json"])
    }

    /// Every file states the template's size, but the boxes fill the actual images, so they were drawn on those.
    @Test func sizesThatNobodyMeasured() throws {
        var document = COCODocument()
        for (index, name) in ["a", "b", "c"].enumerated() {
            document.image(.integer(index + 1), "\(name).jpg", width: 400, height: 300)
            document.object(.integer(index + 1), box: [20, 5, 20, 25])
            document.object(.integer(index + 1), box: [1, 5, 20, 24])
        }
        _ = try boxes(document)
        let data = try folder.index().dataset(split: "all")
        #expect(data.samples[0].objects[0].box == box(20, 5, 40, 30))
    }

    /// An image without objects in one format is not background if another format has objects for it.
    @Test func imagesThatAnotherFormatAnnotates() throws {
        for name in ["a", "b"] { try folder.write("0 0.5 0.5 0.2 0.2\n", to: "images/\(name).txt") }
        try folder.write(annotation([object("cat", 1, 1, 9, 9)], filename: "c.jpg"), to: "images/c.xml")
        let index = try folder.index()
        let samples = try index.dataset(split: "all").samples
        #expect(samples.map(\.id) == ["a", "b"])
        #expect(index.findings(of: .otherFormat).count == 1)
    }

    @Test func keypointsOfAnotherNumberThanDeclared() throws {
        try folder.write("train: images\nnames: [cat]\nkpt_shape: [2, 3]\n", to: "data.yaml")
        try folder.write("0 0.5 0.5 0.2 0.2 0.4 0.4 2 0.6 0.6 2\n", to: "labels/a.txt")
        for count in [1, 3, 17] {
            let points = String(repeating: " 0.4 0.4 2", count: count)
            try folder.write("0 0.5 0.5 0.2 0.2\(points)\n", to: "labels/b.txt")
            let data = try folder.index().dataset(split: "all")
            #expect(data.samples.map(\.objects.count) == [1, 1, 0])
            #expect(data.samples[1].objects[0].keypoints.isEmpty)
            #expect(data.problems.contains { $0.rule == .wrongKeypointCount && $0.file.lastPathComponent == "b.txt" })
        }
    }
}
