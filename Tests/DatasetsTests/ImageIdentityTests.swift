import DatasetFixtures
import Datasets
import Foundation
import JSON
import TestSupport
import Testing

/// The identities of images and classes in files and in messages.
@Suite struct ImageIdentityTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func coco(_ ids: [JSONValue], split: String? = nil, names: [String]? = nil) throws -> DetectionDataset {
        var document = COCODocument()
        for (index, id) in ids.enumerated() {
            let name = names?[index] ?? "n\(index).jpg"
            try folder.image("images/\(name)", red: UInt8(truncatingIfNeeded: index * 30))
            document.image(id, name)
            document.object(id, box: [Double(index), 1, 9, 9])
        }
        try folder.write(document.text, to: "annotations.json")
        return try folder.index().dataset(split: "all")
    }

    @Test(
        arguments: [
            [0, 1, 2], [5, 3, 1_000_000], [9_007_199_254_740_993, 9_223_372_036_854_775_807, -4],
            ["a", "b/c.jpg", "007"], [7, "7 of 9", "8"],
        ] as [[JSONValue]]) func idsAreKeptAsTheyAre(ids: [JSONValue]) throws
    {
        let data = try coco(ids)
        #expect(data.samples.map(\.identity.json) == ids)
        // Each has its own object.
        #expect(data.samples.map { $0.objects.map(\.box.xMin) } == [[0], [1], [2]])
        #expect(data.samples.map(\.id) == ["n0", "n1", "n2"])
    }

    @Test func numbersMayBeTextsInOneOfTheLists() throws {
        try folder.image("a.jpg")
        var document = COCODocument()
        document.image("17", "a.jpg")
        document.object(17, "2")
        try folder.write(document.text, to: "annotations.json")
        let data = try folder.index().dataset(split: "all")
        #expect(data.samples.map(\.identity) == [.text("17")])
        #expect(data.samples[0].objects.map(\.className) == ["dog"])
    }

    @Test func idsAreNotNames() throws {
        let data = try coco([2, 1], names: ["1.jpg", "2.jpg"])
        #expect(data.samples.map(\.path) == ["images/1.jpg", "images/2.jpg"])
        #expect(data.samples.map(\.identity) == [.number(2), .number(1)])
        #expect(data.samples.map { $0.objects[0].box.xMin } == [0, 1])
    }

    @Test func elsewhereTheNameIsTheIdentity() throws {
        try folder.flat(["000012", "b"])
        try folder.image("images/deep/b.jpg", red: 200)
        try folder.write(annotation([object("cat", 1, 1, 9, 9)], filename: "b.jpg"), to: "annotations/deep/b.xml")
        let data = try folder.index().dataset(split: "all")
        #expect(Set(data.samples.map(\.identity)) == [.text("000012"), .text("b"), .text("deep/b")])
        #expect(!data.categories.areDefinedByDataset && data.categories.ids == [1])
    }

    /// COCO's train and val may use the same id for two images: each file refers to its own.
    @Test func twoFilesMayUseTheSameNumbers() throws {
        for (index, split) in ["train", "val"].enumerated() {
            try folder.image("\(split)/x.jpg", red: UInt8(100 * index))
            var document = COCODocument()
            document.image(1, "x.jpg")
            document.object(1, box: [Double(index), 1, 9, 9])
            try folder.write(document.text, to: "annotations/instances_\(split).json")
        }
        let index = try folder.index()
        for (place, split) in ["train", "val"].enumerated() {
            let sample = try #require(index.dataset(split: split).samples.first)
            #expect(sample.path == "\(split)/x.jpg" && sample.identity == .number(1))
            #expect(sample.objects.map(\.box.xMin) == [Double(place)])
        }
    }

    /// `minival` is a part of `val`: its image is in both.
    @Test func anImageOfTwoSplitsIsOneEntryInBoth() throws {
        for name in ["a", "b", "c"] { try folder.image("images/\(name).jpg", red: name.utf8.first ?? 0) }
        var (val, part, train) = (COCODocument(), COCODocument(), COCODocument())
        for (id, name) in [(4, "a"), (9, "b")] {
            val.image(.integer(id), "\(name).jpg")
            val.object(.integer(id))
        }
        part.image(9, "b.jpg")
        part.object(9)
        train.image(2, "c.jpg")
        train.object(2)
        try folder.write(train.text, to: "annotations/instances_train.json")
        try folder.write(val.text, to: "annotations/instances_val.json")
        try folder.write(part.text, to: "annotations/instances_minival.json")
        let index = try folder.index()
        #expect(index.splitNames == ["train", "val", "minival"])
        #expect(index.images.count == 3)
        #expect(try Set(index.dataset(split: "val").samples.map(\.id)) == ["a", "b"])
        #expect(try index.dataset(split: "minival").samples.map(\.id) == ["b"])
        #expect(try index.dataset(split: "minival").samples.map(\.objects.count) == [1])
        #expect(try index.dataset(split: "all").samples.count == 3)
        #expect(index.findings.map(\.rule) == [.unusedClass])
    }

    @Test func filesThatDisagreeAboutAnImageAreTwoEntries() throws {
        try folder.image("images/a.jpg")
        for (index, split) in ["train", "val"].enumerated() {
            var document = COCODocument()
            document.image(1, "a.jpg")
            document.object(1, box: [Double(index), 1, 9, 9])
            try folder.write(document.text, to: "annotations/instances_\(split).json")
        }
        let index = try folder.index()
        #expect(try index.dataset(split: "train").samples[0].objects.map(\.box.xMin) == [0])
        #expect(try index.dataset(split: "val").samples[0].objects.map(\.box.xMin) == [1])
        #expect(index.findings(of: .duplicateAcrossSplits).count == 1)
    }

    @Test func categoriesKeepTheirNumbers() throws {
        try folder.image("a.jpg")
        var document = COCODocument()
        document.categories = [
            ["id": 90, "name": "ant"], ["id": 1, "name": "cow"], ["id": 7, "name": "bee"], ["id": 8, "name": "none"],
        ]
        document.image(1, "a.jpg")
        for (place, id) in [1, 7, 90].enumerated() { document.object(1, .integer(id), box: [Double(place), 1, 9, 9]) }
        try folder.write(document.text, to: "annotations.json")
        let index = try folder.index()
        #expect(index.classNames == ["ant", "bee", "cow"])
        #expect(index.categories.ids == [90, 7, 1])
        #expect(index.categories.names == [1: ["cow"], 7: ["bee"], 8: ["none"], 90: ["ant"]])
        // A network may have other classes in a different order.
        let data = try index.dataset(split: "all", classNames: ["cow", "yak", "ant"])
        #expect(data.categories.ids == [1, 91, 90])
        #expect(data.samples[0].objects.map(\.classIndex) == [0, 2])
    }

    @Test func categoriesThatDisagreeAreBothKnown() throws {
        for (split, names) in [("train", ["cat", "dog"]), ("val", ["dog", "cat"])] {
            try folder.image("\(split)/\(split)1.jpg", red: split == "val" ? 9 : 99)
            var document = COCODocument(["\(split)1.jpg"])
            document.object(1, 2, box: [5, 5, 9, 9])
            document.categories = [["id": 1, "name": .string(names[0])], ["id": 2, "name": .string(names[1])]]
            try folder.write(document.text, to: "annotations/instances_\(split).json")
        }
        let index = try folder.index()
        // Objects have the classes of their own file.
        #expect(try index.dataset(split: "train").samples[0].objects.map(\.className) == ["cat", "dog"])
        #expect(try index.dataset(split: "val").samples[0].objects.map(\.className) == ["dog", "cat"])
        #expect(index.categories.names[1].map(Set.init) == ["cat", "dog"])
    }
}
