import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// Splits defined by folders, and splits made by a random seed.
@Suite struct SplitFolderTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func image(_ name: String, images: String, annotations: String) throws {
        try folder.image("\(images)/\(name).jpg", red: UInt8(name.utf8.first ?? 0))
        try folder.write(
            annotation([object("cat", 1, 1, 9, 9)], filename: "\(name).jpg"), to: "\(annotations)/\(name).xml")
    }

    @Test(arguments: [
        ("SPLIT", "SPLIT"), ("SPLIT/images", "SPLIT/annotations"), ("images/SPLIT", "annotations/SPLIT"),
        ("images/SPLIT", "annotations"), ("images", "annotations/SPLIT"), ("data/v2/SPLIT/images", "data/v2/SPLIT/xml"),
        ("SPLIT_images", "SPLIT_annotations"), ("images/SPLIT2017", "labels/SPLIT2017"),
    ]) func foldersAtEachLevel(images: String, annotations: String) throws {
        for (split, name) in [("train", "a"), ("valid", "b"), ("test", "c")] {
            try image(
                name, images: images.replacingOccurrences(of: "SPLIT", with: split),
                annotations: annotations.replacingOccurrences(of: "SPLIT", with: split))
        }
        let index = try folder.index()
        #expect(index.splitNames == ["train", "val", "test"])
        #expect(index.hasSplits)
        for (split, name) in [("train", "a"), ("val", "b"), ("test", "c")] {
            #expect(try folder.ids(split) == [name])
        }
    }

    @Test func foldersBesideEachOtherAreTold() throws {
        try image("a", images: "train", annotations: "train")
        try image("b", images: "training", annotations: "training")
        try image("c", images: "Validation", annotations: "Validation")
        try image("d", images: "dev", annotations: "dev")
        #expect(try folder.ids("train") == ["a", "b"])
        #expect(try folder.ids("val") == ["c", "d"])
    }

    @Test func theInnermostFolderCounts() throws {
        try image("a", images: "test/train", annotations: "test/train")
        try image("b", images: "test/val", annotations: "test/val")
        #expect(try folder.index().splitNames == ["train", "val"])
    }

    @Test func foldersOfOtherNamesSayNothing() throws {
        for (index, name) in ["trains", "valley", "contest", "train-set-of-val"].enumerated() {
            try image("n\(index)", images: name, annotations: name)
        }
        #expect(try !folder.index().hasSplits)
    }

    /// Lists take precedence over folders; folders assign images that are in no list only to other splits.
    @Test func listsCountMoreThanFolders() throws {
        try image("a", images: "train", annotations: "train")
        try image("b", images: "train", annotations: "train")
        try image("c", images: "test", annotations: "test")
        try folder.write("a\n", to: "ImageSets/Main/train.txt")
        try folder.write("b\n", to: "ImageSets/Main/val.txt")
        #expect(try folder.ids("train") == ["a"])
        #expect(try folder.ids("val") == ["b"])
        #expect(try folder.ids("test") == ["c"])
    }

    @Test func unusableImagesDoNotMoveOthers() throws {
        let names = (0..<20).map { "n\($0)" }
        try folder.flat(names)
        let (train, val) = (try folder.ids("train"), try folder.ids("val"))
        for index in 0..<8 {
            try folder.image("images/bad\(index).jpg", red: UInt8(index))
            try folder.write(
                index % 2 == 0 ? "<annotation>" : annotation([object("cat", 90, 90, 99, 99)]),
                to: "annotations/bad\(index).xml")
            try folder.image("images/lonely\(index).jpg", red: UInt8(index))
        }
        #expect(try folder.ids("train") == train)
        #expect(try folder.ids("val") == val)
        // They are reported with the training split.
        let index = try folder.index()
        #expect(try index.dataset(split: "val").problems.isEmpty)
        #expect(try Set(index.dataset(split: "train").problems.map(\.file.lastPathComponent)).count >= 8)
    }

    /// The same images in another format are divided in the same way.
    @Test func theDivisionGoesByName() throws {
        let names = (0..<20).map { "n\($0)" }
        try folder.flat(names)
        let other = try TemporaryFolder()
        for (index, name) in names.enumerated() { try other.image("images/\(name).jpg", red: UInt8(index)) }
        try other.write(COCODocument(names.map { "\($0).jpg" }).text, to: "annotations.json")
        #expect(try Set(other.ids("val")) == Set(folder.ids("val")))
    }
}
