import DatasetFixtures
import Datasets
import Foundation
import JSON
import TestSupport
import Testing

/// Which of several images of one name belongs to an annotation.
@Suite struct NamesakeTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func paths() throws -> [String] { try folder.index().dataset(split: "all").samples.map(\.path) }

    private let cat = object("cat", 1, 1, 9, 9)

    @Test(
        "The photograph is selected, not an image derived from it",
        arguments: [
            ("images", "annotations/xmls", "annotations/trimaps"), ("photos", "Annotations/Xml", "Annotations/Mask"),
            ("JPEGImages", "Annotations", "SegmentationClass"),
        ]) func masks(images: String, annotations: String, masks: String) throws
    {
        for name in ["a", "b"] {
            try folder.image("\(images)/\(name).jpg")
            try folder.image("\(masks)/\(name).png", red: 7)
            try folder.write(annotation([cat], filename: "\(name).jpg"), to: "\(annotations)/\(name).xml")
        }
        #expect(try paths() == ["\(images)/a.jpg", "\(images)/b.jpg"])
    }

    @Test func drawingsBesideAnnotationsAreNotMeant() throws {
        try folder.image("images/a.jpg")
        try folder.image("annotations/vis/a.jpg", red: 7)
        try folder.write(annotation([cat]), to: "annotations/a.xml")
        #expect(try paths() == ["images/a.jpg"])
    }

    @Test func aSmallerCopyIsNotMeant() throws {
        try folder.image("large/a.jpg")
        try folder.image("xml/of/a.jpg", width: 20, height: 15)
        try folder.write(annotation([cat]), to: "xml/a.xml")
        #expect(try paths() == ["large/a.jpg"])
        #expect(try folder.index().dataset(split: "all").problems.isEmpty)
    }

    @Test func anImageOfAnotherSplitIsNotMeant() throws {
        try folder.image("train/a.png")
        try folder.image("val/a.jpg", red: 7)
        try folder.write(annotation([cat], filename: "a.jpg"), to: "train/a.xml")
        try folder.write(annotation([cat], filename: "a.jpg"), to: "val/a.xml")
        let index = try folder.index()
        #expect(try index.dataset(split: "train").samples.map(\.path) == ["train/a.png"])
        #expect(try index.dataset(split: "val").samples.map(\.path) == ["val/a.jpg"])
    }

    /// Photographs and masks with the same names: a label file in `labels` belongs to the image in `images`.
    @Test(arguments: ["masks/train", "labels/train", "train/masks"])
    func labelFilesHaveTheirImages(other: String) throws {
        for name in ["a", "b", "c"] {
            try folder.image("images/train/\(name).jpg")
            try folder.image("\(other)/\(name).jpg", red: 7)
            try folder.write("0 0.5 0.5 0.2 0.2\n", to: "labels/train/\(name).txt")
        }
        try folder.write("train: images/train\nval: images/train\nnames: [cat]\n", to: "data.yaml")
        let samples = try folder.index().dataset(split: "all").samples
        #expect(samples.map(\.path) == ["a", "b", "c"].map { "images/train/\($0).jpg" })
        #expect(samples.allSatisfy { $0.objects.count == 1 })
    }

    /// Annotations that were copied under other photographs' names: the stated size identifies their image.
    @Test func theNamedImageIsMeantWhereItsExtentsFit() throws {
        try folder.image("images/1.jpg", width: 50, height: 20)
        try folder.image("images/photo.jpg", width: 40, height: 30)
        try folder.write(annotation([cat], filename: "photo.jpg"), to: "xml/1.xml")
        #expect(try paths() == ["images/photo.jpg"])
    }

    @Test func annotationsNearbyCountMoreThanCopies() throws {
        try folder.image("images/a.jpg")
        try folder.write(annotation([cat]), to: "annotations/a.xml")
        try folder.write(annotation([object("dog", 2, 2, 30, 30)]), to: "annotations_backup/a.xml")
        let index = try folder.index()
        #expect(try index.dataset(split: "all").samples.map { $0.objects.map(\.className) } == [["cat"]])
        #expect(index.findings(of: .sameFileTwice).count == 1)
    }

    @Test func listsNameWholeNames() throws {
        for name in ["v1", "v1.2", "IMG", "img"] {
            try folder.image("JPEGImages/\(name).jpg")
            try folder.write(annotation([cat], filename: "\(name).jpg"), to: "Annotations/\(name).xml")
        }
        try folder.write("v1\nIMG\n", to: "ImageSets/Main/train.txt")
        try folder.write("v1.2\nimg\n", to: "ImageSets/Main/val.txt")
        #expect(try folder.ids("train") == ["v1", "IMG"])
        #expect(try folder.ids("val") == ["v1.2", "img"])
    }
}
