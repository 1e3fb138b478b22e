import Boxes
import DatasetChecks
import DatasetFixtures
import Datasets
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct DatasetCheckTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Three images with many kinds of problems, one of them in both lists.
    private func faultyData() throws {
        try folder.flat(["a", "b", "c"])
        try FileManager.default.removeItem(at: folder.file("images/c.jpg"))
        try FileManager.default.copyItem(at: folder.file("images/a.jpg"), to: folder.file("images/c.jpg"))
        let whole = try Data(contentsOf: folder.file("images/b.jpg"))
        try folder.write(whole.prefix(whole.count / 2), to: "images/d.jpg")
        try folder.write(annotation([object("cat", 1, 1, 5, 5)], filename: "d.jpg"), to: "annotations/d.xml")
        try folder.write(
            annotation(
                [
                    object(" dog", 30, 20, 12, 99, "<difficult>1</difficult>"), object("cat", 2, 2, 2, 2),
                    object("a&amp;b", 3.5, 3, 9, 9, "<truncated>1</truncated>"), object("cat", "x", 1, 5, 5),
                ], filename: "b.jpg"), to: "annotations/b.xml")
        let image = try folder.image("images/e.png", red: 77)
        try FileManager.default.moveItem(at: image, to: folder.file("images/e.jpg"))
        try folder.write(annotation([], filename: "e.jpg"), to: "annotations/e.xml")
        try folder.write("a\nb\n", to: "ImageSets/Main/train.txt")
        try folder.write("c\nd\ne\nghost\n", to: "ImageSets/Main/val.txt")
    }

    @Test func imagesTooWideToBeDrawnAreNamed() throws {
        try folder.flat(["a", "b"])
        try folder.image("images/b.jpg", width: 32_768, height: 30)
        let size = annotation([object("cat", 1, 1, 20, 20)], filename: "b.jpg", width: 32_768)
        try folder.write(size, to: "annotations/b.xml")
        let report = try DatasetCheck.run(source: folder.source, inputSize: 64)
        #expect(report.problems.map(\.rule) == [.tooLargeToDraw])
        #expect(
            report.problems.map(\.message) == [
                "it has 32768 x 30 pixels; up to 32767 in each direction can be drawn"
            ])
        #expect(report.summary.images == 2, "it is trained on, nevertheless")
    }

    @Test func everythingIsNamed() throws {
        try faultyData()
        let report = try DatasetCheck.run(source: folder.source, inputSize: 64)
        let found = Set(report.problems.map { "\($0.file.lastPathComponent) \($0.rule.rawValue)" })
        #expect(
            found == [
                "b.xml name-with-spaces", "b.xml inverted-box", "b.xml outside-image", "b.xml one-pixel-box",
                "b.xml not-a-number", "c.jpg duplicate-across-splits", "d.jpg unreadable-image",
                "e.jpg extension-lies", "val.txt missing-from-split",
            ])
        let summary = report.summary
        #expect((summary.images, summary.background, summary.objects, summary.unusable) == (4, 1, 5, 1))
        #expect(
            summary.classes.map { "\($0.name) \($0.objects) \($0.difficult) \($0.truncated) \($0.images)" } == [
                "a&b 1 0 1 1", "cat 3 0 0 3", "dog 1 1 0 1",
            ])
        #expect(
            summary.splits.map { "\($0.name) \($0.images) \($0.background) \($0.objects)" } == [
                "train 2 0 4", "val 2 1 1",
            ])
        for problem in report.problems { #expect(report.text().contains(problem.description)) }
        let json = try JSONValue(parsing: report.json().text(pretty: true))
        #expect(try json["problems"].array().count == report.problems.count)
        #expect(try json["rules"]["not-a-number"].integer() == 1)
        #expect(try json["summary"]["classes"]["cat"]["objects"].integer() == 3)
    }

    @Test func theRepairedCopyIsWhatTrainingSees() throws {
        try faultyData()
        let before = try folder.contents()
        let report = try DatasetCheck.run(source: folder.source, inputSize: 64)
        let copy = try TemporaryFolder()
        try report.fix(into: copy.file("repaired"))
        #expect(try folder.contents() == before)
        let source = DatasetSource(root: copy.file("repaired"))
        for split in ["train", "val"] {
            let repaired = try DatasetIndex(source).dataset(split: split, classNames: ["a&b", "cat", "dog"])
            #expect(repaired.problems.allSatisfy { $0.rule == .onePixelBox }, "\(repaired.problems)")
            let seen = try DatasetIndex(folder.source).dataset(split: split, classNames: ["a&b", "cat", "dog"])
            let decodable = seen.samples.filter { $0.id != "d" }
            #expect(repaired.samples.map(\.id) == decodable.map(\.id))
            #expect(repaired.samples.map(\.objects) == decodable.map(\.objects))
        }
        let images = try copy.contents("repaired/JPEGImages")
        #expect(images.keys.sorted() == ["a.jpg", "b.jpg", "c.jpg", "e.png"])
        #expect(images["e.png"] == before["images/e.jpg"])
    }

    @Test func copiesNeverGoIntoTheSource() throws {
        try folder.flat(["a", "b"])
        let report = try DatasetCheck.run(source: folder.source, inputSize: 64)
        let other = try TemporaryFolder()
        try FileManager.default.createSymbolicLink(at: other.file("link"), withDestinationURL: folder.url)
        try other.write("mine", to: "full/notes.txt")
        let before = try folder.contents()
        for target in [
            folder.url, folder.file("repaired"), folder.url.deletingLastPathComponent(), other.file("link/repaired"),
            other.file("full"), other.file("full/notes.txt"),
        ] { #expect(throws: DatasetError.self) { try report.fix(into: target) } }
        #expect(try folder.contents() == before)
        #expect(try other.contents("full") == ["notes.txt": Data("mine".utf8)])
    }

    @Test func nothingUsableIsASentence() throws {
        try folder.image("images/a.jpg")
        try folder.write("<annotation>", to: "annotations/a.xml")
        #expect(throws: DatasetError.self) { try DatasetCheck.run(source: folder.source, inputSize: 64) }
    }

    /// An image with the size of the network's input, so that a cell is four pixels.
    private func statistics(_ objects: [String], inputSize: InputExtent = 64) throws -> DatasetSummary {
        try folder.image("images/a.jpg", width: 64, height: 64)
        try folder.write(annotation(objects, width: 64, height: 64), to: "annotations/a.xml")
        return try DatasetCheck.run(source: folder.source, inputSize: inputSize).summary
    }

    @Test func boxesAreMeasuredInCells() throws {
        let summary = try statistics([
            object("cat", 1, 1, 3, 40), object("cat", 9, 9, 24, 16), object("dog", 33, 33, 48, 64),
        ])
        #expect(summary.boxes.belowCell == 1)
        #expect(summary.boxes.widths == [0.75, 0.75, 4, 4, 4, 4, 4])
        #expect(summary.boxes.heights == [2, 2, 8, 8, 10, 10, 10])
        #expect(summary.boxes.histogram == [0, 0, 2, 1, 0, 0, 0, 0])
        #expect(summary.boxes.mostObjects == 3)
    }

    @Test(arguments: [InputExtent(rows: 64, columns: 128), InputExtent(rows: 96, columns: 32)])
    func rectangularInputsLoseNothing(inputSize: InputExtent) throws {
        let summary = try statistics(
            [object("cat", 5, 5, 20, 20), object("dog", 33, 33, 48, 64)], inputSize: inputSize)
        #expect(summary.ceiling.AP50 > 0.999 && summary.ceiling.AP > 0.999 && summary.ceiling.lostObjects == 0)
        let scale = Double(min(inputSize.rows, inputSize.columns)) / 64
        #expect(summary.boxes.widths.last == 4 * scale && summary.boxes.heights.last == 8 * scale)
    }

    @Test func centresThatMeetLowerTheCeiling() throws {
        let apart = try statistics([object("cat", 5, 5, 20, 20), object("dog", 33, 33, 48, 52)])
        #expect(apart.boxes.collisions.sameClass == 0 && apart.boxes.collisions.crossClass == 0)
        #expect(apart.ceiling.AP50 > 0.999 && apart.ceiling.AP > 0.999 && apart.ceiling.lostObjects == 0)
        let nested = [object("cat", 5, 5, 24, 24), object("cat", 11, 11, 18, 18), object("dog", 33, 33, 48, 52)]
        let same = try statistics(nested)
        #expect((same.boxes.collisions.sameClass, same.boxes.collisions.crossClass) == (1, 0))
        #expect(same.boxes.collisions.images == ["a"])
        #expect(same.ceiling.lostObjects == 1 && same.ceiling.AP50 < 1)
        let cross = try statistics([nested[0], object("dog", 11, 11, 18, 18)])
        #expect((cross.boxes.collisions.sameClass, cross.boxes.collisions.crossClass) == (0, 1))
        #expect(cross.ceiling.lostObjects == 1)
    }

    /// What lies wholly inside its image is learned whole, also in a corner, in the last cell, and over all of the image.
    @Test(arguments: [
        [object("cat", 1, 1, 20, 20), object("cat", 45, 45, 64, 64), object("cat", 45, 1, 64, 20)],
        [object("cat", 61, 1, 64, 64), object("dog", 1, 61, 60, 64)], [object("cat", 1, 1, 64, 64)],
    ]) func objectsAtTheBorderAreLearnedWhole(objects: [String]) throws {
        let ceiling = try statistics(objects).ceiling
        #expect(ceiling.AP > 0.99999 && ceiling.AP50 > 0.99999 && ceiling.lostObjects == 0)
    }

    /// Without images, annotations are checked with the image sizes that they state.
    @Test func annotationsAlone() throws {
        var document = COCODocument(["a.jpg", "b.jpg"])
        document.object(1, 2, box: [35, 20, 30, 30])
        try folder.write(document.text, to: "annotations.json")
        let report = try DatasetCheck.run(source: folder.source, inputSize: 64, readsImages: false)
        #expect(report.summary.images == 2 && report.summary.objects == 3)
        #expect(report.problems.contains { $0.rule == .outsideImage && $0.object == 3 })
    }

    @Test func findingsComeFirstAndStandApart() throws {
        for index in 0..<24 {
            try folder.image("images/n\(index).jpg", red: UInt8(index * 10))
            try folder.write(
                annotation(
                    [object("cat", 0, 3, 20, 20), object("Cat", 3, 3, index == 7 ? 99 : 12, 20)],
                    filename: "n\(index).jpg"), to: "xml/n\(index).xml")
        }
        let report = try DatasetCheck.run(source: folder.source, inputSize: 64)
        #expect(
            report.problems.map(\.rule).sorted { $0.rawValue < $1.rawValue } == [
                .outsideImage, .similarClassNames, .zeroBasedBox,
            ])
        #expect(report.problems.prefix(2).allSatisfy(\.isSystematic) && !report.problems[2].isSystematic)
        let lines = report.text().split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines[0].contains("zero-based-box: in 24 of 48 objects") || lines[1].contains("in 24 of 48 objects"))
        #expect(lines[2].isEmpty && lines[3].contains("outside-image"))
    }

    @Test func objectsToIgnoreAreNeitherBoxesNorLost() throws {
        try folder.image("a.jpg", width: 64, height: 64)
        var document = COCODocument()
        document.image(1, "a.jpg", width: 64, height: 64)
        document.object(1, box: [4, 4, 20, 20])
        document.object(1, box: [0, 0, 64, 64], [("iscrowd", 1)])
        try folder.write(document.text, to: "annotations.json")
        let summary = try DatasetCheck.run(source: folder.source, inputSize: 64).summary
        #expect(summary.objects == 2 && summary.boxes.histogram.reduce(0, +) == 1)
        #expect(summary.ceiling.lostObjects == 0 && summary.ceiling.AP50 > 0.99)
    }
}
