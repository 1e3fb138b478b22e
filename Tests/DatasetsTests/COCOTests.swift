import Boxes
import DatasetFixtures
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
        try folder.image("\(place)/a.jpg")
        try folder.image("\(place)/sub/b.png")
        try folder.write(
            instances([entry(7, 18, [1.5, 2, 10, 5]), entry(7, 3, [0, 0, 40, 30], crowd: 1)]),
            to: "annotations/instances_train2017.json")
        let index = try folder.index()
        let data = try index.dataset(split: "trainval")
        #expect(data.classNames == ["cat", "dog"])
        #expect(data.samples.map(\.id) == ["a", "b"])
        #expect(data.samples.map(\.identity) == [.number(7), .number(9)])
        #expect(data.samples[0].objects.map(\.box) == [box(1.5, 2, 11.5, 7), box(0, 0, 40, 30)])
        #expect(data.samples[0].objects.map(\.className) == ["dog", "cat"])
        #expect(data.samples[0].objects.map(\.classIndex) == [1, 0])
        #expect(data.samples[0].objects.map(\.crowd) == [false, true])
        #expect(data.samples[1].objects.isEmpty)
        #expect(data.problems.isEmpty)
        // The file has no validation split, so a part of the images is held out for it.
        #expect(index.findings.map(\.rule) == [.nameWithSpaces, .derivedSplit])
        #expect(index.splitNames == ["train", "val"])
        #expect(throws: DatasetError.self) { try index.dataset(split: "test") }
    }

    @Test func oneFileIsDivided() throws {
        for name in ["a.jpg", "sub/b.png"] { try folder.image(name) }
        let file = try folder.write(instances([entry(7, 18, [1, 2, 10, 5])]), to: "data.json")
        for root in [file, folder.url] {
            let source = DatasetSource(root: root, validationFraction: 0.5)
            #expect(try DatasetIndex(source).dataset(split: "train").samples.count == 1)
            #expect(try DatasetIndex(source).dataset(split: "val").samples.count == 1)
            #expect(try DatasetIndex(source).classNames == ["dog"])
        }
    }

    @Test func badEntriesAreProblems() throws {
        for name in ["a.jpg", "sub/b.png"] { try folder.image("images/\(name)") }
        try folder.image("secret.jpg")
        try folder.write(
            instances(
                [
                    entry(7, 18, [1, 2, 0, 5]), entry(7, 18, [1, 2, -3, 5]), entry(7, 18, [100, 2, 3, 5]),
                    entry(7, 99, [1, 2, 3, 5]), entry(99, 18, [1, 2, 3, 5]), entry(7, 18, [1, 2, 3]),
                    entry(7, 18, "box"), 5, entry(7, 18, [1, 2, 3, 5]),
                ],
                images: [
                    ["id": 7, "file_name": "a.jpg"], ["id": 7, "file_name": "a.jpg"], ["file_name": "x.jpg"],
                    ["id": 1, "file_name": "gone.jpg"], ["id": 2, "file_name": "../secret.jpg"],
                ]), to: "annotations/instances_train.json")
        let index = try folder.index()
        let data = try index.dataset(split: "all", classNames: ["dog"])
        #expect(data.samples.map { $0.objects.map(\.box) } == [[box(1, 2, 4, 7)], []])
        func counts(_ problems: [DatasetProblem]) -> [DatasetRule: Int] {
            problems.reduce(into: [:]) { $0[$1.rule, default: 0] += 1 }
        }
        #expect(
            counts(data.problems) == [
                .emptyBox: 2, .outsideImage: 1, .unknownClass: 1, .notANumber: 2, .missingImage: 1,
            ])
        // Annotations without an image are reported for the file.
        #expect(
            counts(index.findings) == [
                .missingImage: 2, .missingField: 1, .duplicateImage: 1, .nameWithSpaces: 1, .unusedClass: 1,
                .derivedSplit: 1,
            ])
    }

    @Test(arguments: ["", "{", "[]", "{\"images\": []}", "{\"images\": 3, \"categories\": [], \"annotations\": []}"])
    func brokenFilesAreSentences(text: String) throws {
        let file = try folder.write(text, to: "annotations/instances_train.json")
        for root in [folder.url, file] {
            #expect(throws: DatasetError.self) { try DatasetIndex(DatasetSource(root: root)).dataset(split: "train") }
        }
    }
}
