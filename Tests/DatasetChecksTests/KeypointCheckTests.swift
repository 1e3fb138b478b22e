import DatasetChecks
import DatasetFixtures
import Datasets
import Foundation
import JSON
import TestSupport
import Testing

@Suite struct KeypointCheckTests {
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func theyAreCountedAndRepairedInACopy() throws {
        try folder.image("images/a.jpg")
        func entry(_ keypoints: JSONValue, x: Int) -> JSONValue {
            ["image_id": 7, "category_id": 1, "bbox": [.integer(x), 2, 20, 15], "area": 123.5, "keypoints": keypoints]
        }
        let document: JSONValue = [
            "images": [["id": 7, "file_name": "a.jpg", "width": 40, "height": 30]],
            "categories": [
                [
                    "id": 1, "name": "person", "keypoints": ["nose", "left_eye", "right_eye"],
                    "skeleton": [[1, 2], [1, 3]],
                ]
            ],
            "annotations": [entry([3, 4, 2, 5, 6, 1, 50, 0, 2], x: 1), entry([0, 0, 0, 0, 0, 0, 0, 0, 0], x: 4)],
        ]
        try folder.write(document.text(pretty: true), to: "annotations/person_keypoints_train2017.json")
        let check = try DatasetCheck.run(source: folder.source, inputSize: 64)
        let keypoints = try #require(check.summary.keypoints)
        #expect(keypoints.annotated == 2 && keypoints.objects == 1 && keypoints.withoutKeypoints == 1)
        #expect(keypoints.kinds.map(\.visible) == [1, 0, 0] && keypoints.kinds.map(\.hidden) == [0, 1, 0])
        #expect(check.text().contains("Keypoints: 2 annotated on 1 objects"))
        #expect(try check.json()["keypoints"]["kinds"]["left_eye"]["hidden"].integer() == 1)
        let copy = try TemporaryFolder()
        try check.fix(into: copy.file("repaired"))
        let source = DatasetSource(root: copy.file("repaired"))
        let repaired = try DatasetIndex(source).dataset(split: "train")
        #expect(repaired.problems == [])
        #expect(repaired.skeleton == (try DatasetIndex(folder.source).dataset(split: "train").skeleton))
        #expect(
            repaired.samples[0].objects == (try DatasetIndex(folder.source).dataset(split: "train").samples[0].objects))
    }
}
