import DatasetFixtures
import Datasets
import Foundation
import JSON
import TestSupport
import Testing

/// Splits indicated by names among similar names.
@Suite struct SplitNameTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private let names = ["a", "b", "c"]

    @Test(arguments: [
        ("WIDER_train", "WIDER_val"), ("cats_train", "cats_valid"), ("trainset", "valset"),
        ("trainImages", "valImages"),
        ("train_v2", "val_v2"), ("tr", "va"), ("photos.train", "photos.val"),
    ]) func foldersThatDifferInNothingElse(train: String, val: String) throws {
        for (name, place) in zip(names, [train, train, val]) {
            try folder.image("\(place)/\(name).jpg")
            try folder.write(
                annotation([object("cat", 1, 1, 9, 9)], filename: "\(name).jpg"), to: "\(place)/\(name).xml")
        }
        #expect(try folder.ids("train") == ["a", "b"])
        #expect(try folder.ids("val") == ["c"])
    }

    @Test(arguments: [
        ("pascal_train2007", "pascal_val2007"), ("lvis_v1_train", "lvis_v1_val"), ("fruits_train", "fruits_val"),
        ("train_full", "val"), ("trainset", "valset"), ("cocoTrain", "cocoVal"),
        ("instances_helmet_train", "instances_helmet_val"),
    ]) func filesThatSaySoAmongOtherWords(train: String, val: String) throws {
        for name in names { try folder.image("images/\(name).jpg") }
        try folder.write(COCODocument(["a.jpg", "b.jpg"]).text, to: "annotations/\(train).json")
        var document = COCODocument()
        document.image(9, "c.jpg")
        document.object(9)
        try folder.write(document.text, to: "annotations/\(val).json")
        #expect(try folder.ids("train") == ["a", "b"])
        #expect(try folder.ids("val") == ["c"])
    }

    @Test func aFolderAloneSaysNothing() throws {
        for name in names {
            try folder.image("crash_test/\(name).jpg")
            try folder.write(
                annotation([object("cat", 1, 1, 9, 9)], filename: "\(name).jpg"), to: "crash_test/\(name).xml")
        }
        #expect(try !folder.index().hasSplits)
    }

    @Test func listsOfOneDataSetAndOfFolds() throws {
        for name in names {
            try folder.image("JPEGImages/\(name).jpg")
            try folder.write(
                annotation([object("cat", 1, 1, 9, 9)], filename: "\(name).jpg"), to: "Annotations/\(name).xml")
        }
        try folder.write("a\nb\n", to: "ImageSets/Main/helmet_train.txt")
        try folder.write("c\n", to: "ImageSets/Main/helmet_val.txt")
        #expect(try folder.ids("train") == ["a", "b"])
        try folder.write("a\n", to: "ImageSets/Main/glove_train.txt")
        try folder.write("b\n", to: "ImageSets/Main/glove_val.txt")
        let names = try folder.index().splitNames
        #expect(names == ["glove_train", "glove_val", "helmet_train", "helmet_val"])
    }

    /// The list of a data set that was only partly downloaded.
    @Test func aListOfImagesOfWhichMostAreElsewhere() throws {
        try folder.flat(["a", "b"])
        try folder.write("a.jpg\n" + (0..<9).map { "gone\($0).jpg\n" }.joined(), to: "train.txt")
        try folder.write("b.jpg\n" + (0..<9).map { "lost\($0).jpg\n" }.joined(), to: "val.txt")
        #expect(try folder.ids("train") == ["a"])
        #expect(try folder.ids("val") == ["b"])
        #expect(try folder.index().findings(of: .missingFromSplit).count == 2)
    }

    @Test func boxesOfOneSplitAndAPlainFileOfAnother() throws {
        for name in names { try folder.image("images/\(name).jpg") }
        try folder.write(COCODocument(["a.jpg", "b.jpg"]).text, to: "annotations/instances_train.json")
        try folder.write(COCODocument(["a.jpg", "b.jpg"]).text, to: "annotations/person_keypoints_train.json")
        try folder.write(COCODocument(["c.jpg"]).text, to: "annotations/val.json")
        let index = try folder.index()
        #expect(try index.dataset(split: "train").samples.map(\.id) == ["a", "b"])
        #expect(try index.dataset(split: "val").samples.map(\.id) == ["c"])
        #expect(index.findings(of: .otherFormat).count == 1)
    }
}
