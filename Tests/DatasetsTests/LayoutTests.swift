import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

@Suite struct LayoutTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func devkit(_ root: String, year: Int = 2007) throws {
        for (index, name) in ["a", "b", "c", "d.e"].enumerated() {
            try folder.image("\(root)JPEGImages/\(year)_\(name).jpg", red: UInt8(index))
            try folder.write(
                annotation([object("cat", 1, 1, 20, 20)], filename: "\(year)_\(name).jpg"),
                to: "\(root)Annotations/\(year)_\(name).xml")
        }
        try folder.write("\(year)_b\n\(year)_a.jpg\n\n", to: "\(root)ImageSets/Main/train.txt")
        try folder.write("\(year)_d.e\r\n", to: "\(root)ImageSets/Main/val.txt")
        try folder.write("JPEGImages/\(year)_c.jpg 1", to: "\(root)ImageSets/Main/test.txt")
        try folder.write("\(year)_a  1\n", to: "\(root)ImageSets/Main/cat_train.txt")
    }

    private func ids(_ split: String) throws -> [String] {
        try DatasetIndex(folder.source).dataset(split: split).samples.map(\.id)
    }

    @Test(arguments: ["", "VOC2007/", "VOCdevkit/VOC2007/", "VOCtrainval/"])
    func developmentKit(root: String) throws {
        try devkit(root)
        #expect(try DatasetIndex(folder.source).splitNames == ["train", "val", "test"])
        #expect(try ids("train") == ["2007_b", "2007_a"])
        #expect(try ids("val") == ["2007_d.e"])
        #expect(try ids("test") == ["2007_c"])
        #expect(try ids("trainval") == ["2007_b", "2007_a", "2007_d.e"])
        #expect(try ids("all") == ["2007_a", "2007_b", "2007_c", "2007_d.e"])
    }

    @Test func severalYearsAreOneDataSet() throws {
        try devkit("VOCdevkit/VOC2007/")
        try devkit("VOCdevkit/VOC2012/", year: 2012)
        #expect(try ids("train") == ["2007_b", "2007_a", "2012_b", "2012_a"])
    }

    @Test(arguments: [
        ("annotations", "images"), ("Annotations", "JPEGImages"), ("XML", "Imgs"), (".", "."), (".", "image"),
    ])
    func flatFoldersInAnyCase(annotations: String, images: String) throws {
        for name in ["a", "b", "c", "d", "e"] {
            try folder.image("\(images)/\(name).JPG")
            try folder.write(
                annotation([object("cat", 1, 1, 9, 9)], filename: "\(name).JPG"), to: "\(annotations)/\(name).xml")
        }
        #expect(try DatasetIndex(folder.source).splitNames == ["train", "val"])
        let (train, val) = (try ids("train"), try ids("val"))
        #expect(train.count == 4 && val.count == 1)
        #expect((train + val).sorted() == ["a", "b", "c", "d", "e"])
    }

    @Test func oneFolderASplit() throws {
        for (split, name) in [("train", "a"), ("Valid", "b"), ("test", "c")] {
            try folder.image("\(split)/\(name).jpg")
            try folder.write(
                annotation([object("cat", 1, 1, 9, 9)], filename: "\(name).jpg"), to: "\(split)/\(name).xml")
        }
        #expect(try ids("train") == ["a"])
        #expect(try ids("val") == ["b"])
        #expect(try ids("test") == ["c"])
    }

    @Test func seededDivision() throws {
        let names = (0..<20).map { "n\($0)" }
        try folder.flat(names)
        var source = folder.source
        func validation() throws -> Set<String> {
            Set(try DatasetIndex(source).dataset(split: "val").samples.map(\.id))
        }
        let first = try validation()
        #expect(first.count == 4)
        #expect(try validation() == first)
        #expect(Set(try ids("train")) == Set(names).subtracting(first))
        source.splitSeed = 9
        #expect(try validation() != first)
        source.splitSeed = 0
        source.validationFraction = 0.5
        #expect(try validation().count == 10)
        #expect(try validation().isSuperset(of: first))
        // An added image moves at most one other.
        try folder.flat(names + ["one more"])
        source.validationFraction = 0.2
        #expect(try validation().intersection(first).count >= 3)
    }

    @Test func aListOfBothIsDivided() throws {
        try devkit("")
        for name in ["train", "val"] {
            try FileManager.default.removeItem(at: folder.file("ImageSets/Main/\(name).txt"))
        }
        try folder.write("2007_a\n2007_b\n2007_d.e\n", to: "ImageSets/Main/trainval.txt")
        #expect(try DatasetIndex(folder.source).splitNames == ["trainval", "test", "train", "val"])
        #expect(try (ids("train") + ids("val")).sorted() == ["2007_a", "2007_b", "2007_d.e"])
    }

    @Test func listsThatNameNothing() throws {
        try devkit("")
        let list = try folder.write("2007_a\n\n2007_zz\n2007_a\n", to: "ImageSets/Main/train.txt")
        let data = try DatasetIndex(folder.source).dataset(split: "train")
        #expect(data.samples.map(\.id) == ["2007_a"])
        #expect(data.problems.map(\.rule) == [.missingFromSplit])
        #expect(data.problems[0].line == 3 && data.problems[0].file == list)
    }

    @Test func whatIsNoDataSetIsASentence() throws {
        let nowhere = DatasetSource(root: folder.file("nowhere"))
        #expect(throws: DatasetError.notFound(path: nowhere.root.path)) {
            try DatasetIndex(nowhere).dataset(split: "train")
        }
        #expect(throws: DatasetError.self) { try DatasetIndex(folder.source).dataset(split: "train") }
        let file = DatasetSource(root: try folder.write("x", to: "file.txt"))
        #expect(throws: DatasetError.self) { try DatasetIndex(file).classNames }
        try devkit("")
        #expect(
            throws: DatasetError.noSplit(path: folder.url.path, split: "dev", available: ["train", "val", "test"])
        ) { try DatasetIndex(folder.source).dataset(split: "dev") }
        #expect(
            throws: DatasetError.unknownClasses(path: folder.url.path, names: ["zebra"], available: ["cat"])
        ) { try DatasetIndex(folder.source).dataset(split: "train", classNames: ["zebra"]) }
        #expect(
            throws: DatasetError.unknownClasses(path: folder.url.path, names: ["zebra"], available: ["cat"])
        ) { try DatasetIndex(folder.source).require(classNames: ["cat", "zebra"]) }
        for name in ["a", "b", "c", "d.e"] { try folder.write("<annotation>", to: "Annotations/2007_\(name).xml") }
        let error = #expect(throws: DatasetError.self) { try DatasetIndex(folder.source).classNames }
        let sentence = error?.description ?? ""
        #expect(sentence.contains("unreadable-annotation"), "\(sentence)")
    }

    @Test func pathsStayRelative() throws {
        let here = FileManager.default.currentDirectoryPath
        let name = String(repeating: "../", count: here.split(separator: "/").count) + folder.url.path.dropFirst()
        try folder.flat(["a"])
        try folder.write("<annotation>", to: "annotations/b.xml")
        let data = try DatasetIndex(DatasetSource(root: URL(fileURLWithPath: name))).dataset(split: "all")
        #expect(data.problems.first?.description.hasPrefix(name + "/annotations/b.xml:1: ") == true, "\(data.problems)")
    }
}
