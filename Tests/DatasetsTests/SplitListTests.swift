import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// Text files that list the images of each split.
@Suite struct SplitListTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try voc(["a", "b", "c", "d"])
    }

    private func voc(_ names: [String], below root: String = "", className: String = "cat") throws {
        for (index, name) in names.enumerated() {
            try folder.image("\(root)JPEGImages/\(name).jpg", red: UInt8(truncatingIfNeeded: 20 * index))
            try folder.write(
                annotation([object(className, 1, 1, 20, 20)], filename: "\(name).jpg"),
                to: "\(root)Annotations/\(name).xml")
        }
    }

    private func list(_ name: String, _ text: String, below root: String = "") throws {
        try folder.write(text, to: "\(root)ImageSets/Main/\(name).txt")
    }

    @Test(arguments: [
        "a\nb\n", "a\r\nb\r\n", "\u{feff}a\nb\n", "a\rb", "\n\n a \n\tb\t\n", "a 1\nb -1\n", "a  0\nb\t1\n",
        "a.jpg\nb.jpg\n", "a.xml\nb.xml\n", "JPEGImages/a.jpg\nJPEGImages/b.jpg\n", "JPEGImages\\a.jpg\nb",
        "/home/me/VOC/JPEGImages/a.jpg\n./b.jpg\n", "../JPEGImages/a\nAnnotations/b.xml\n", "a, b\nb\n", "A.JPG\nB\n",
        "a\nb\na\n",
    ]) func linesAreWrittenInManyWays(_ text: String) throws {
        try list("train", text)
        try list("val", "c\n")
        #expect(try folder.ids("train") == ["a", "b"])
        #expect(try folder.index().findings(of: .missingFromSplit).isEmpty)
    }

    @Test func namesMayHaveSpacesAndDots() throws {
        try voc(["white cat", "white cat 2", "x.y", "v1.0 1"])
        try list("train", "white cat\nx.y\n")
        try list("val", "white cat 2 1\nv1.0 1 -1\n")
        try list("test", "white cat 2\nv1.0 1\n")
        #expect(try folder.ids("train") == ["white cat", "x.y"])
        #expect(try folder.ids("val") == ["white cat 2", "v1.0 1"])
        // Without flags, a line that ends with a number is a name as a whole.
        #expect(try folder.ids("test") == ["white cat 2", "v1.0 1"])
    }

    @Test func listsOfUTF16() throws {
        try folder.write(Data([0xff, 0xfe] + "a\nb\n".utf16.flatMap(little)), to: "ImageSets/Main/train.txt")
        try list("val", "c\n")
        #expect(try folder.ids("train") == ["a", "b"])
    }

    /// VoTT writes one list per class and split, with every image in each.
    @Test func listsOfClassesAloneAreSplits() throws {
        for name in ["cat", "traffic light"] {
            try list("\(name)_train", "a.jpg 1\nb.jpg -1\n")
            try list("\(name)_val", "c.jpg -1\nd.jpg 1\n")
        }
        #expect(try folder.index().splitNames == ["train", "val"])
        #expect(try folder.ids("train") == ["a", "b"])
        #expect(try folder.ids("val") == ["c", "d"])
    }

    @Test func listsOfClassesBesidePlainOnesAreNotRead() throws {
        try list("train", "a\nb\n")
        try list("val", "c\nd\n")
        try list("trainval", "a\nb\nc\nd\n")
        try list("cat_train", "a 1\nb -1\n")
        try list("cat_val", "c 1\nd 0\n")
        try list("cat_trainval", "a\nb\nc\n")
        #expect(try folder.index().splitNames == ["train", "val", "trainval"])
        #expect(try folder.ids("train") == ["a", "b"])
    }

    @Test func ownSubsetsAreSplits() throws {
        try list("train", "a\nb\n")
        try list("val", "c\n")
        try list("night", "d\n")
        #expect(try folder.index().splitNames == ["train", "val", "night"])
        #expect(try folder.ids("night") == ["d"])
    }

    /// CVAT lists all images in a split of that name.
    @Test func defaultIsNoSplit() throws {
        try list("default", "a\nb\nc\nd\n")
        let index = try folder.index()
        #expect(index.splitNames == ["train", "val"])
        #expect(!index.hasSplits)
        #expect(try index.dataset(split: "trainval").samples.count == 4)
    }

    @Test func otherTasksHaveListsOfTheirOwn() throws {
        try list("train", "a\nb\nc\n")
        try list("val", "d\n")
        try folder.write("a\n", to: "ImageSets/Segmentation/train.txt")
        try folder.write("b 1\n", to: "ImageSets/Layout/val.txt")
        #expect(try folder.ids("train") == ["a", "b", "c"])
        #expect(try folder.ids("val") == ["d"])
    }

    @Test(arguments: ["ImageSets", "lists", "."]) func listsMayLieElsewhere(place: String) throws {
        try folder.write("a\nb\n", to: "\(place)/train.txt")
        try folder.write("JPEGImages/c.jpg\n", to: "\(place)/val.txt")
        #expect(try folder.ids("train") == ["a", "b"])
        #expect(try folder.ids("val") == ["c"])
    }

    @Test func textsOfOtherThingsAreNoLists() throws {
        try folder.write("Trained on a machine\nwith much patience\n", to: "train.txt")
        try folder.write("epoch 1\nepoch 2\n", to: "logs/val.txt")
        #expect(try !folder.index().hasSplits)
    }

    @Test func aSplitForValidationIsMadeAndSaid() throws {
        try voc((0..<16).map { "n\($0)" })
        try list("train", (0..<16).map { "n\($0)\n" }.joined())
        let index = try folder.index()
        #expect(index.splitNames == ["train", "val"])
        #expect(index.findings(of: .derivedSplit).first?.message.contains("3 of the 16 images of 'train'") == true)
        let (train, val) = (try folder.ids("train"), try folder.ids("val"))
        #expect(val.count == 3 && train.count == 13 && Set(train).isDisjoint(with: val))
        var other = folder.source
        other.splitSeed = 5
        #expect(try DatasetIndex(other).dataset(split: "val").samples.map(\.id) != val)
        // Images in no list are left out.
        #expect(Set(train + val).isDisjoint(with: ["a", "b", "c", "d"]))
    }

    @Test func testServesForValidationAndThatIsSaid() throws {
        try list("train", "a\nb\n")
        try list("test", "c\nd\n")
        let index = try folder.index()
        #expect(index.splitNames == ["train", "test"])
        #expect(try index.dataset(split: "val").samples.map(\.id) == ["c", "d"])
        #expect(try index.dataset(split: "val").split == "val")
        #expect(index.findings(of: .derivedSplit).first?.message.contains("'test' is used for it") == true)
    }

    @Test func trainvalAloneIsDivided() throws {
        try list("trainval", "a\nb\nc\nd\n")
        let index = try folder.index()
        #expect(index.splitNames == ["trainval", "train", "val"])
        let (train, val) = (try folder.ids("train"), try folder.ids("val"))
        #expect(train.count == 3 && val.count == 1 && Set(train + val) == ["a", "b", "c", "d"])
        #expect(try folder.ids("trainval") == ["a", "b", "c", "d"])
    }

    @Test func linesThatMatchNothingAreSaidOnceForAll() throws {
        try list("train", "a\nb\n" + (0..<8).map { "x\($0)\n" }.joined())
        try list("val", "c\n")
        let index = try folder.index()
        let finding = try #require(index.findings(of: .missingFromSplit).first)
        #expect(finding.message.contains("8 of the 10 lines for the split 'train'"), "\(finding)")
        #expect(try index.dataset(split: "train").samples.map(\.id) == ["a", "b"])
    }

    @Test func splitsThatShareImagesAreSaid() throws {
        try list("train", "a\nb\nc\n")
        try list("val", "b\nc\nd\n")
        let index = try folder.index()
        let finding = try #require(index.findings(of: .duplicateAcrossSplits).first)
        #expect(finding.message.contains("2 images are in both 'train' and 'val' (first: 'b')"), "\(finding)")
        #expect(try index.dataset(split: "val").samples.map(\.id) == ["b", "c", "d"])
        #expect(try index.dataset(split: "trainval").samples.map(\.id) == ["a", "b", "c", "d"])
    }

    @Test func aSplitWithoutUsableImagesIsSaid() throws {
        try list("train", "a\nb\nc\n")
        try list("val", "d\n")
        try folder.write("<annotation>", to: "Annotations/d.xml")
        let index = try folder.index()
        #expect(index.findings(of: .emptySplit).first?.message.contains("'val'") == true)
        #expect(index.findings(of: .emptySplit).first?.severity == .error)
        #expect(throws: DatasetError.self) { try index.dataset(split: "val") }
    }

    @Test func twoDevelopmentKitsSideBySide() throws {
        let both = try TemporaryFolder()
        for (year, names) in [("VOC2007", ["1", "2"]), ("VOC2012", ["1", "3"])] {
            for name in names {
                try both.image("VOCdevkit/\(year)/JPEGImages/\(name).jpg", red: UInt8(year.last == "7" ? 9 : 99))
                try both.write(
                    annotation([object(year, 1, 1, 20, 20)], filename: "\(name).jpg"),
                    to: "VOCdevkit/\(year)/Annotations/\(name).xml")
            }
            try both.write("1\n", to: "VOCdevkit/\(year)/ImageSets/Main/train.txt")
            try both.write("\(names[1])\n", to: "VOCdevkit/\(year)/ImageSets/Main/val.txt")
        }
        let train = try both.index().dataset(split: "train").samples
        #expect(train.map(\.id) == ["VOC2007/JPEGImages/1", "VOC2012/JPEGImages/1"])
        // Each list refers to its own year.
        #expect(train.map { $0.objects[0].className } == ["VOC2007", "VOC2012"])
        #expect(try both.ids("val") == ["2", "3"])
    }
}
