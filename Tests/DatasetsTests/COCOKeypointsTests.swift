import Boxes
import DatasetFixtures
import Datasets
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct COCOKeypointsTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.image("images/a.jpg")
    }

    private static let names: JSONValue = ["nose", "left_eye", "right_eye"]

    /// Writes a file with one image, a category with three keypoints and one without.
    private func write(
        _ annotations: [JSONValue], keypoints: JSONValue? = names, skeleton: JSONValue? = [[1, 2], [1, 3]],
        to name: String = "annotations/person_keypoints_train2017.json"
    ) throws {
        var person = JSONObject([("id", 1), ("name", "person")])
        person["keypoints"] = keypoints
        person["skeleton"] = skeleton
        let document: JSONValue = [
            "images": [["id": 7, "file_name": "a.jpg", "width": 40, "height": 30]],
            "categories": [.object(person), ["id": 2, "name": "sofa"]], "annotations": .array(annotations),
        ]
        try folder.write(document.text(pretty: true), to: name)
    }

    /// Returns an object; `nil` omits a field.
    private func entry(_ keypoints: JSONValue?, count: JSONValue? = nil, category: Int = 1, x: Int = 1) -> JSONValue {
        var object = JSONObject([
            ("image_id", 7), ("category_id", .integer(category)), ("bbox", [.integer(x), 2, 20, 15]), ("iscrowd", 0),
            ("area", 123.5),
        ])
        object["keypoints"] = keypoints
        object["num_keypoints"] = count
        return .object(object)
    }

    @Test func keypointsLieInTheirBoxsPixels() throws {
        try write([entry([3, 4, 2, 5.5, 6.25, 1, 0, 0, 0], count: 2), entry(nil, category: 2)])
        let data = try DatasetIndex(folder.source).dataset(split: "train")
        #expect(data.problems == [])
        let skeleton = try #require(data.skeleton)
        #expect(skeleton.keypointNames == ["nose", "left_eye", "right_eye"])
        #expect(skeleton.limbs == [Skeleton.Pair(0, 1), Skeleton.Pair(0, 2)])
        #expect(skeleton.mirrorPairs == [Skeleton.Pair(1, 2)])
        let objects = data.samples[0].objects
        #expect(
            objects[0].keypoints == [Keypoint(x: 3, y: 4), Keypoint(x: 5.5, y: 6.25, visibility: .hidden), .absent])
        #expect(objects[0].area == 123.5 && objects[0].box == box(1, 2, 21, 17))
        #expect(objects[1].className == "sofa" && objects[1].keypoints == [])
        let plain = data.withoutKeypoints
        #expect(plain.skeleton == nil && plain.samples[0].objects.allSatisfy(\.keypoints.isEmpty))
        #expect(plain.samples[0].objects.map(\.box) == objects.map(\.box))
    }

    @Test func filesForKeypointsAreTakenWhenAskedFor() throws {
        try write([entry([3, 4, 2, 5, 6, 1, 0, 0, 0])])
        try write([entry(nil)], keypoints: nil, skeleton: nil, to: "annotations/instances_train2017.json")
        try folder.write("{}", to: "annotations/captions_train2017.json")
        #expect(try DatasetIndex(folder.source).dataset(split: "train").skeleton == nil)
        let source = DatasetSource(root: folder.url, format: .cocoKeypoints)
        #expect(try DatasetIndex(source).dataset(split: "train").skeleton?.keypointCount == 3)
        #expect(try DatasetIndex(source).skeleton?.keypointCount == 3)
        try FileManager.default.removeItem(at: folder.file("annotations/instances_train2017.json"))
        #expect(try DatasetIndex(folder.source).dataset(split: "train").skeleton?.keypointCount == 3)
    }

    @Test(
        "A bad keypoint is a problem, but the box is kept",
        arguments: [
            (nil, nil, DatasetRule.missingKeypoints, 0), (.null, nil, .missingKeypoints, 0),
            ("nose", nil, .notANumber, 0),
            ([1, 2, "x"], nil, .notANumber, 0), ([], nil, .wrongKeypointCount, 0),
            ([3, 4, 2], nil, .wrongKeypointCount, 0),
            ([3, 4, 2, 5, 6, 1, 0, 0, 0, 0], nil, .wrongKeypointCount, 0),
            ([3, 4, 2, 5, 6, 1, 0, 0, 0], 3, .wrongKeypointCount, 2),
            ([3, 4, 2, 5, 6, 1, 0, 0, 0], "two", .wrongKeypointCount, 2),
            ([3, 4, 7, 5, 6, 1, 0, 0, 0], nil, .unknownVisibility, 2),
            ([3, 4, -1, 5, 6, 1, 0, 0, 0], nil, .unknownVisibility, 1),
            ([40.5, 4, 2, 5, 6, 1, 0, 0, 0], nil, .keypointOutsideImage, 1),
            ([3, -0.5, 2, 5, 30.1, 1, 0, 0, 0], nil, .keypointOutsideImage, 0),
            ([1e300, 4, 2, 5, 6, 1, 0, 0, 0], nil, .notANumber, 1),
        ] as [(JSONValue?, JSONValue?, DatasetRule, Int)])
    func badKeypoints(keypoints: JSONValue?, count: JSONValue?, rule: DatasetRule, annotated: Int) throws {
        // A valid object ensures that the data set has keypoints.
        try write([entry([3, 4, 2, 5, 6, 1, 0, 0, 0], x: 5), entry(keypoints, count: count)])
        let data = try DatasetIndex(folder.source).dataset(split: "train")
        #expect(data.problems.map(\.rule) == [rule], "\(data.problems)")
        #expect(data.problems.allSatisfy { $0.severity == .warning })
        let object = try #require(data.samples.first?.objects.last)
        #expect(data.samples[0].objects.count == 2 && object.box == box(1, 2, 21, 17))
        #expect(object.keypoints.count(where: \.isAnnotated) == annotated)
    }

    @Test(arguments: ["NaN", "Infinity", "-Infinity", "1e999"])
    func whatIsNoNumberIsAbsent(number: String) throws {
        try write([entry([3, 4, 2, 5, 6, 1, 77777, 2, 2])])
        let file = folder.file("annotations/person_keypoints_train2017.json")
        let text = try String(contentsOf: file, encoding: .utf8).replacingOccurrences(of: "77777", with: number)
        try folder.write(text, to: "annotations/person_keypoints_train2017.json")
        // Some of these are not valid JSON; none may crash.
        guard let data = try? DatasetIndex(folder.source).dataset(split: "train") else { return }
        #expect(data.problems.map(\.rule) == [.notANumber])
        #expect(data.samples[0].objects[0].keypoints.map(\.isAnnotated) == [true, true, false])
    }

    @Test(
        "Invalid skeletons",
        arguments: [
            (5, [], nil), ([1, 2, 3], [], nil), (["a", "a", "b"], [], nil), (["a", "", "b"], [], nil), ([], [], nil),
            (names, [[1, 2], [1, 4], [2, 2], [1], "x", [2, 3]], 2), (names, "limbs", 0),
            // Counted from 0.
            (names, [[0, 1], [1, 2]], 2),
        ] as [(JSONValue, JSONValue, Int?)])
    func skeletons(keypoints: JSONValue, limbs: JSONValue, expected: Int?) throws {
        try write([entry([3, 4, 2, 5, 6, 1, 0, 0, 0])], keypoints: keypoints, skeleton: limbs)
        let data = try DatasetIndex(folder.source).dataset(split: "train")
        #expect(data.skeleton?.limbs.count == expected)
        #expect(data.samples[0].objects.count == 1)
        let isFine = limbs == [[0, 1], [1, 2]]
        let problems = try folder.index().findings + data.problems
        #expect(problems.contains { $0.rule == .badSkeleton } != isFine, "\(problems)")
        #expect(problems.allSatisfy { [.badSkeleton, .unusedClass, .emptySplit, .derivedSplit].contains($0.rule) })
    }

    @Test func classesMustAgree() throws {
        let document: JSONValue = [
            "images": [["id": 7, "file_name": "a.jpg"]],
            "categories": [
                ["id": 1, "name": "person", "keypoints": Self.names], ["id": 2, "name": "dog", "keypoints": ["tail"]],
                ["id": 3, "name": "ape", "keypoints": Self.names],
            ],
            "annotations": [
                entry([3, 4, 2, 5, 6, 1, 0, 0, 0]), entry([3, 4, 2], category: 2), entry([3, 4, 2], category: 2, x: 3),
                entry([3, 4, 2, 5, 6, 1, 0, 0, 0], category: 3),
            ],
        ]
        try folder.write(document.text(pretty: true), to: "annotations/keypoints_val.json")
        let data = try DatasetIndex(folder.source).dataset(split: "val")
        #expect(data.samples[0].objects.map(\.keypoints.count) == [3, 0, 0, 3])
        // Once for the category, once for its objects.
        #expect(data.problems.map(\.rule) == [.badSkeleton])
        #expect(try folder.index().findings(of: .badSkeleton).count == 1)
    }
}
