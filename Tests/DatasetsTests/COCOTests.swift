import Boxes
import Datasets
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct COCOTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func instances(_ annotations: [JSONValue], images: [JSONValue]? = nil) -> String {
        let all: JSONValue = [
            "images": .array(
                images ?? [
                    ["id": 7, "file_name": "a.jpg", "width": 40, "height": 30],
                    ["id": 9, "file_name": "sub/b.png", "width": 40, "height": 30],
                ]),
            "categories": [["id": 18, "name": "dog"], ["id": 3, "name": " cat "]],
            "annotations": .array(annotations),
        ]
        return all.text(pretty: true)
    }

    private func entry(_ image: Int, _ category: Int, _ box: JSONValue, crowd: Int = 0) -> JSONValue {
        [
            "id": 1, "image_id": .integer(image), "category_id": .integer(category), "bbox": box,
            "iscrowd": .integer(crowd),
        ]
    }

    @Test(arguments: ["images/train2017", "train2017", "images", "."])
    func boxesAndClasses(place: String) throws {
        try folder.picture("\(place)/a.jpg")
        try folder.picture("\(place)/sub/b.png")
        try folder.write(
            instances([entry(7, 18, [1.5, 2, 10, 5]), entry(7, 3, [0, 0, 40, 30], crowd: 1)]),
            to: "annotations/instances_train2017.json")
        let data = try folder.source.load(split: "train")
        #expect(data.classNames == ["cat", "dog"])
        #expect(data.samples.map(\.id) == ["a", "sub/b"])
        #expect(data.samples[0].objects.map(\.box) == [box(1.5, 2, 11.5, 7), box(0, 0, 40, 30)])
        #expect(data.samples[0].objects.map(\.className) == ["dog", "cat"])
        #expect(data.samples[0].objects.map(\.classIndex) == [1, 0])
        #expect(data.samples[0].objects.map(\.crowd) == [false, true])
        #expect(data.samples[1].objects.isEmpty)
        #expect(data.problems.map(\.rule) == [.nameWithSpaces])
        #expect(try folder.source.splits() == ["train"])
        #expect(throws: DatasetError.self) { try folder.source.load(split: "val") }
    }

    @Test func oneFileIsDivided() throws {
        for name in ["a.jpg", "sub/b.png"] { try folder.picture(name) }
        let file = try folder.write(instances([entry(7, 18, [1, 2, 10, 5])]), to: "data.json")
        for root in [file, folder.url] {
            let source = DatasetSource(root: root, validationFraction: 0.5)
            #expect(try source.load(split: "train").samples.count == 1)
            #expect(try source.load(split: "val").samples.count == 1)
            #expect(try source.discoverClasses() == ["cat", "dog"])
        }
    }

    @Test func badEntriesAreProblems() throws {
        for name in ["a.jpg", "sub/b.png"] { try folder.picture("images/\(name)") }
        try folder.picture("secret.jpg")
        try folder.write(
            instances(
                [
                    entry(7, 18, [1, 2, 0, 5]), entry(7, 18, [1, 2, -3, 5]), entry(7, 18, [100, 2, 3, 5]),
                    entry(7, 99, [1, 2, 3, 5]), entry(99, 18, [1, 2, 3, 5]), entry(7, 18, [1, 2, 3]),
                    entry(7, 18, "box"), 5, entry(7, 18, [1, 2, 3, 5]),
                ],
                images: [
                    ["id": 7, "file_name": "a.jpg"], ["id": 7, "file_name": "sub/b.png"], ["file_name": "x.jpg"],
                    ["id": 1, "file_name": "gone.jpg"], ["id": 2, "file_name": "../secret.jpg"],
                ]), to: "annotations/instances_train.json")
        let data = try folder.source.load(split: "train", classNames: ["dog"])
        #expect(data.samples.map { $0.objects.map(\.box) } == [[box(1, 2, 4, 7)]])
        var counts: [DatasetRule: Int] = [:]
        for problem in data.problems { counts[problem.rule, default: 0] += 1 }
        #expect(
            counts == [
                .emptyBox: 2, .outsideImage: 1, .unknownClass: 1, .missingImage: 3, .notANumber: 1, .missingField: 3,
                .duplicatePicture: 1, .nameWithSpaces: 1,
            ])
    }

    @Test(arguments: ["", "{", "[]", "{\"images\": []}", "{\"images\": 3, \"categories\": [], \"annotations\": []}"])
    func brokenFilesAreSentences(text: String) throws {
        let file = try folder.write(text, to: "annotations/instances_train.json")
        for root in [folder.url, file] {
            #expect(throws: DatasetError.self) { try DatasetSource(root: root).load(split: "train") }
        }
    }
}
