import Boxes
import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// Mistakes that all objects share are reported once, and repaired where possible.
@Suite struct SystematicMistakeTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func boxes(_ index: DatasetIndex, _ place: Int = 0) throws -> [Box<ImagePixels>] {
        try index.dataset(split: "all").samples[place].objects.map(\.box)
    }

    private func isNear(_ box: Box<ImagePixels>, _ other: Box<ImagePixels>) -> Bool {
        max(
            abs(box.xMin - other.xMin), abs(box.yMin - other.yMin), abs(box.xMax - other.xMax),
            abs(box.yMax - other.yMax)) < 1e-6
    }

    @Test func fractionsInVOC() throws {
        for name in ["a", "b"] {
            try folder.image("images/\(name).jpg", red: name == "a" ? 2 : 200)
            try folder.write(
                annotation([object("cat", 0.25, 0.1, 0.75, 0.5)], filename: "\(name).jpg"), to: "xml/\(name).xml")
        }
        let index = try folder.index()
        #expect(index.findings.map(\.rule) == [.fractionalBoxes])
        #expect(try isNear(boxes(index)[0], box(10, 3, 30, 15)))
        #expect(try index.dataset(split: "all").problems.isEmpty)
    }

    @Test func fractionsInCOCO() throws {
        try folder.image("a.jpg")
        var document = COCODocument(["a.jpg"])
        document.annotations.removeAll()
        document.object(1, box: [0.25, 0.1, 0.5, 0.4])
        document.object(1, 2, box: [0, 0, 1, 1])
        try folder.write(document.text, to: "annotations.json")
        let index = try folder.index()
        #expect(index.findings.map(\.rule) == [.fractionalBoxes])
        let found = try boxes(index)
        #expect(isNear(found[0], box(10, 3, 30, 15)) && isNear(found[1], box(0, 0, 40, 30)))
    }

    /// One box in pixels shows that the others are small rather than fractions.
    @Test func aSmallBoxIsNoFraction() throws {
        try folder.image("a.jpg")
        var document = COCODocument(["a.jpg"])
        document.object(1, box: [0, 0, 0.9, 0.9])
        try folder.write(document.text, to: "annotations.json")
        let index = try folder.index()
        #expect(index.findings(of: .fractionalBoxes).isEmpty)
        #expect(try boxes(index).contains(box(0, 0, 0.9, 0.9)))
    }

    private func corners(_ numbers: [[Double]]) throws -> DatasetIndex {
        try folder.image("a.jpg")
        var document = COCODocument(["a.jpg"])
        document.annotations.removeAll()
        for numbers in numbers { document.object(1, box: numbers) }
        try folder.write(document.text, to: "annotations.json")
        return try folder.index()
    }

    @Test func cornersInCOCO() throws {
        let index = try corners([[5, 5, 20, 15], [25, 10, 40, 30], [30, 2, 39, 28], [1, 20, 30, 29]])
        #expect(index.findings(of: .cornersAsSizes).count == 1)
        #expect(try boxes(index) == [box(5, 5, 20, 15), box(25, 10, 40, 30), box(30, 2, 39, 28), box(1, 20, 30, 29)])
        #expect(try index.dataset(split: "all").problems.isEmpty)
    }

    @Test func boxesThatMerelyOverhangAreNoCorners() throws {
        let index = try corners([[5, 5, 4, 3], [25, 10, 30, 30], [30, 2, 12, 28], [1, 20, 3, 9]])
        #expect(index.findings(of: .cornersAsSizes).isEmpty)
        #expect(try boxes(index)[0] == box(5, 5, 9, 8))
    }

    @Test func resizedImages() throws {
        for name in ["a", "b"] {
            try folder.image("images/\(name).jpg", width: 20, height: 15, red: name == "a" ? 2 : 200)
            try folder.write(
                annotation([object("cat", 11, 7, 20, 16)], filename: "\(name).jpg"), to: "xml/\(name).xml")
        }
        let index = try folder.index()
        #expect(try isNear(boxes(index)[0], box(5, 3, 10, 8)))
        let problems = try index.dataset(split: "all").problems
        #expect(problems.map(\.rule) == [.resizedImage, .resizedImage])
        #expect(problems.first?.message.contains("annotated at 40x30, but the image has 20x15") == true)
    }

    /// Boxes beyond the stated size show that the size is wrong, not the boxes.
    @Test func aWrongSizeIsNoResizing() throws {
        try folder.image("a.jpg", width: 80, height: 60)
        try folder.write(annotation([object("cat", 11, 7, 70, 50)]), to: "a.xml")
        let index = try folder.index()
        #expect(try boxes(index) == [box(10, 6, 70, 50)])
        #expect(try index.dataset(split: "all").problems.map(\.rule) == [.sizeMismatch])
    }

    @Test func classNamesThatDifferByCase() throws {
        try folder.image("a.jpg")
        try folder.write(
            annotation([
                object("Traffic Light", 1, 1, 9, 9), object("trafficlight", 2, 2, 12, 12), object("cat", 3, 3, 20, 20),
            ]), to: "a.xml")
        let index = try folder.index()
        #expect(index.classNames == ["Traffic Light", "cat", "trafficlight"])
        #expect(index.findings.map(\.rule) == [.similarClassNames])
        #expect(index.findings.first?.message.contains("'Traffic Light', 'trafficlight'") == true)
    }

    @Test func classesThatNothingIsOf() throws {
        try folder.image("a.jpg")
        var document = COCODocument(["a.jpg"])
        document.categories.append(["id": 3, "name": "cow"])
        try folder.write(document.text, to: "annotations.json")
        let index = try folder.index()
        #expect(index.classNames == ["cat"])
        #expect(index.findings.map(\.rule) == [.unusedClass])
        #expect(index.findings.first?.message.contains("'dog', 'cow'") == true)
        // Result files may still contain them.
        #expect(index.categories.names == [1: ["cat"], 2: ["dog"], 3: ["cow"]])
    }

    @Test func twoEntriesForOneFile() throws {
        try folder.image("a.jpg")
        var document = COCODocument()
        for id in [3, 8] {
            document.image(.integer(id), "a.jpg")
            document.object(.integer(id), box: [Double(id), 2, 9, 9])
        }
        try folder.write(document.text, to: "annotations.json")
        let index = try folder.index()
        let data = try index.dataset(split: "all")
        #expect(data.samples.map(\.objects.count) == [2])
        #expect(data.samples.first?.identity == .number(3) && data.samples.first?.aliases == [.number(8)])
        #expect(index.findings(of: .sameFileTwice).count == 1)
    }

    @Test func theMistakeOfMostObjectsIsSaidOnceAndNotRepeated() throws {
        for index in 0..<25 {
            try folder.image("images/n\(index).jpg", red: UInt8(index * 10))
            let edge = index == 0 ? 1 : 0
            try folder.write(
                annotation([object("cat", edge, 3, 20, 20)], filename: "n\(index).jpg"), to: "xml/n\(index).xml")
        }
        let index = try folder.index()
        let finding = try #require(index.findings(of: .zeroBasedBox).first)
        #expect(index.findings(of: .zeroBasedBox).count == 1)
        #expect(finding.message.hasPrefix("in 24 of 25 objects: "), "\(finding)")
        #expect(finding.message.contains("n1.xml:4, object 1"), "\(finding)")
        #expect(finding.isSystematic)
        let data = try index.dataset(split: "all")
        #expect(data.problems.isEmpty)
        #expect(data.samples.allSatisfy { $0.objects[0].box == box(0, 2, 20, 20) })
    }

    @Test func theMistakeOfAFewIsSaidOfEach() throws {
        for index in 0..<50 {
            try folder.image("images/n\(index).jpg", red: UInt8(index * 5))
            try folder.write(
                annotation([object("cat", index < 4 ? 0 : 1, 3, 20, 20)], filename: "n\(index).jpg"),
                to: "xml/n\(index).xml")
        }
        let index = try folder.index()
        #expect(index.findings.isEmpty)
        #expect(try index.dataset(split: "all").problems.map(\.rule) == Array(repeating: .zeroBasedBox, count: 4))
    }

    @Test func anotherFormatBesideIsSaid() throws {
        try folder.flat(["a", "b", "c"])
        try folder.write(COCODocument(["a.jpg"]).text, to: "annotations.json")
        let index = try folder.index()
        #expect(index.format == .voc)
        let finding = try #require(index.findings(of: .otherFormat).first)
        #expect(finding.message.contains("for 1 images") && finding.message.contains("dataset.format=coco"))
        #expect(try DatasetIndex(DatasetSource(root: folder.url, format: .coco)).format == .coco)
    }
}
