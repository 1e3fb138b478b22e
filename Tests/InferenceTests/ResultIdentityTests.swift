import Boxes
import Datasets
import Evaluation
import Foundation
import Inference
import JSON
import TestSupport
import Testing

/// Resolving the image and class ids and names of results files.
@Suite struct ResultIdentityTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A data set of images, with or without COCO ids.
    private func dataset(
        _ paths: [String], identities: [ImageIdentity?] = [], classNames: [String] = ["cat", "dog"],
        numbers: [Int: [String]]? = nil
    ) -> DetectionDataset {
        let samples = paths.enumerated().map { index, path in
            Sample(
                id: (path as NSString).deletingPathExtension, imageURL: URL(fileURLWithPath: "/data/\(path)"),
                objects: [], width: 100, height: 100, identity: identities.isEmpty ? nil : identities[index], path: path
            )
        }
        var data = DetectionDataset(classNames: classNames, samples: samples, split: "val")
        if let numbers {
            data.categories.names = numbers
            data.categories.ids = classNames.map { name in numbers.first { $0.value.contains(name) }?.key ?? -1 }
            data.categories.areDefinedByDataset = true
        }
        return data
    }

    private func read(
        _ entries: [(image: JSONValue, category: JSONValue)], _ data: DetectionDataset
    ) throws -> COCOResults.Content {
        let list = entries.map { entry -> JSONValue in
            ["image_id": entry.image, "category_id": entry.category, "bbox": [1, 2, 3, 4], "score": 0.5]
        }
        let file = try folder.write(JSONValue.array(list).text(pretty: false), to: "\(UUID()).json")
        return try COCOResults.read(from: file, dataset: data)
    }

    private func images(_ ids: [JSONValue], _ data: DetectionDataset) throws -> [Int] {
        try read(ids.map { ($0, 1) }, data).detections.map(\.image)
    }

    private func reason(_ ids: [JSONValue], _ data: DetectionDataset) -> String {
        let error = #expect(throws: DetectionFileError.self) { try images(ids, data) }
        return error?.description ?? ""
    }

    // MARK: - Images

    @Test(
        arguments: [
            [.number(0), .number(1), .number(2)], [.number(40), .number(7), .number(1_000_000)],
            [.number(9_007_199_254_740_993), .number(.max), .number(-3)], [.text("a"), .text("b/c.jpg"), .text("007")],
            [.number(7), .text("7 of 9"), .text("8")],
        ] as [[ImageIdentity]]) func identitiesOfTheDataSet(identities: [ImageIdentity]) throws
    {
        let data = dataset(["x.jpg", "y.jpg", "z.jpg"], identities: identities)
        #expect(try images(identities.reversed().map(\.json), data) == [2, 1, 0])
        #expect(try read(identities.map { ($0.json, 1) }, data).notes.isEmpty || !data.categories.areDefinedByDataset)
        // Written files are read back.
        let boxes = (0..<3).map {
            ScoredBox(image: $0, classIndex: 1, box: Box(xMin: 1, yMin: 2, xMax: 4, yMax: 6), score: 0.5)
        }
        let json = COCOResults.json(boxes, images: identities, categoryIDs: data.categories.ids)
        #expect(try json.array().map { try $0["image_id"] } == identities.map(\.json))
        let file = try folder.write(json.text(pretty: true), to: "again.json")
        #expect(try COCOResults.read(from: file, dataset: data).detections == boxes)
    }

    @Test func numbersMayBeTexts() throws {
        let data = dataset(["x.jpg", "y.jpg"], identities: [.number(139), .text("285")])
        #expect(try images(["139", 285], data) == [0, 1])
    }

    /// `1.jpg` has the id 2, and `2.jpg` the id 1: the id wins.
    @Test func theIdCountsMoreThanTheName() throws {
        let data = dataset(["1.jpg", "2.jpg"], identities: [.number(2), .number(1)])
        #expect(try images([1, 2], data) == [1, 0])
        #expect(try read([(1, 1)], data).notes.allSatisfy { !$0.contains("image_id") })
    }

    @Test func allNumbersOfAFileAreReadInOneWay() throws {
        let data = dataset(["000012.jpg", "000030.jpg", "x.jpg"], identities: [.number(1), .number(2), .number(3)])
        #expect(try images([12, 30], data) == [0, 1])
        #expect(try read([(12, 1)], data).notes.contains { $0.contains("image_id") })
        // 1 is an id, and 12 is a name.
        let words = reason([1, 12], data)
        #expect(words.contains("neither interpretation fits the whole file"), "\(words)")
        #expect(words.contains("000012.jpg"), "\(words)")
    }

    @Test(
        arguments: [
            "000005", "000005.jpg", "JPEGImages/000005.jpg", "JPEGImages/000005", "/home/me/JPEGImages/000005.jpg",
            "C:\\VOC\\JPEGImages\\000005.jpg", "000005.png", "./000005.jpg",
        ] as [JSONValue]) func namesOfVOC(id: JSONValue) throws
    {
        let data = dataset(["JPEGImages/000005.jpg", "JPEGImages/000012.jpg", "JPEGImages/5x.jpg"])
        #expect(try images([id, "000012"], data) == [0, 1])
    }

    @Test func theNumberOfAName() throws {
        let data = dataset(["JPEGImages/000005.jpg", "JPEGImages/2008_000012.jpg", "JPEGImages/12.jpg"])
        #expect(try images([5, 12], data) == [0, 2])
    }

    @Test func namesWithDots() throws {
        let data = dataset(["a.b.jpg", "a.jpg", "v1.0.jpg"])
        #expect(try images(["a.b", "a", "a.b.jpg", "v1.0", "v1.0.jpg"], data) == [0, 1, 0, 2, 2])
    }

    @Test func namesakesAreToldApartByTheirFolders() throws {
        let data = dataset(["left/1.jpg", "right/1.jpg", "right/2.jpg"])
        #expect(
            try images(["left/1", "right/1.jpg", "2", "/srv/x/left/1.png"].dropLast().map { $0 }, data) == [0, 1, 2])
        for id in ["1", "1.jpg", 1] as [JSONValue] {
            let words = reason(["right/2", id], data)
            #expect(words.contains("'left/1.jpg' and 'right/1.jpg'"), "\(words)")
            #expect(words.contains("detection 2"), "\(words)")
        }
    }

    @Test func namesakesOfOtherExtensionsAreToldApart() throws {
        // These are the ids in the index; the name without extension is the first one's id.
        let data = dataset(["a.jpg", "a.png"], identities: [.text("a"), .text("a.png")])
        #expect(try images(["a.png", "a.jpg", "a"], data) == [1, 0, 0])
    }

    @Test func numbersThatFitSeveralNamesAreRefused() throws {
        #expect(reason([7], dataset(["07.jpg", "007.jpg"])).contains("'07.jpg' and '007.jpg'"))
        // Here 7 is the full name of one of them.
        #expect(try images([7], dataset(["007.jpg", "7.jpg"])) == [1])
    }

    @Test(arguments: [0, 1, 2, 3, 4, -1, 1_000_000] as [JSONValue]) func numbersAreNeverPositions(id: JSONValue) {
        for data in [
            dataset(["a.jpg", "b.jpg", "c.jpg"]),
            dataset(["a.jpg", "b.jpg", "c.jpg"], identities: [.number(50), .number(51), .number(52)]),
            dataset(["0500.jpg", "0600.jpg", "0700.jpg"]),
        ] {
            let words = reason([id], data)
            #expect(words.contains("is not an image of the split"), "\(words)")
            #expect(words.contains("a number is never read as a position"), "\(words)")
            #expect(words.contains("detection 1"), "\(words)")
        }
    }

    @Test(arguments: [1.5, true, .null, [], [:], ""] as [JSONValue]) func whatIsNoIdentityIsRefused(id: JSONValue) {
        #expect(reason([id], dataset(["a.jpg"])).contains("must be an integer or a string"))
    }

    @Test func otherIdentitiesOfAnImage() throws {
        var data = dataset(["a.jpg", "b.jpg"], identities: [.number(3), .number(5)])
        data.samples[0].aliases = [.number(8)]
        #expect(try images([8, 5, 3], data) == [0, 1, 0])
    }

    // MARK: - Classes

    private func classes(_ ids: [JSONValue], _ data: DetectionDataset) throws -> [Int] {
        try read(ids.map { ("a", $0) }, data).detections.map(\.classIndex)
    }

    @Test func categoriesWithGapsAndReversed() throws {
        let data = dataset(
            ["a.jpg"], classNames: ["ant", "bee", "cow"], numbers: [90: ["ant"], 7: ["bee"], 1: ["cow"], 8: ["none"]])
        #expect(data.categories.ids == [90, 7, 1])
        #expect(try classes([90, 7, 1], data) == [0, 1, 2])
        #expect(try classes(["90", "ant", "cow", 7], data) == [0, 0, 2, 1])
        // This class has no annotated objects, so its detections are left out.
        #expect(try classes([8, 7], data) == [1])
        #expect(try read([("a", 7)], data).notes.isEmpty)
    }

    @Test func categoriesThatAreNone() {
        let data = dataset(["a.jpg"], numbers: [18: ["cat"], 3: ["dog"]])
        for id in [0, 1, 2, 4, "yak", "1"] as [JSONValue] {
            let error = #expect(throws: DetectionFileError.self) { try classes([3, id], data) }
            #expect(error?.entry == 2 && error?.reason.contains("its classes are 3 dog, 18 cat") == true, "\(error!)")
        }
    }

    @Test func withoutNumbersClassesCountFromOne() throws {
        let data = dataset(["a.jpg"])
        #expect(try classes([1, 2, "cat", "dog", "2"], data) == [0, 1, 0, 1, 1])
        #expect(try read([("a", 2)], data).notes.contains { $0.contains("numbers") && $0.contains("1 cat, 2 dog") })
        #expect(try read([("a", "dog")], data).notes.isEmpty)
        #expect(throws: DetectionFileError.self) { try classes([0], data) }
    }

    @Test func categoriesThatDisagreeBetweenFilesAreRefused() throws {
        let data = dataset(["a.jpg"], numbers: [1: ["cat", "dog"], 2: ["dog", "cat"]])
        let error = #expect(throws: DetectionFileError.self) { try classes([1], data) }
        #expect(error?.reason.contains("'cat' in one file of the data set and 'dog' in another") == true, "\(error!)")
        // Names are unambiguous.
        #expect(try classes(["dog", "cat"], data) == [1, 0])
    }
}
