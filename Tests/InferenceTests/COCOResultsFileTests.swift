import Boxes
import Datasets
import Evaluation
import Foundation
import Inference
import TestSupport
import Testing

@Suite struct COCOResultsFileTests {
    @Test(arguments: [0, 1, 3]) func theFileIsThatOfTheWholeList(count: Int) throws {
        let folder = try TemporaryFolder()
        let keypoints = [ScoredKeypoint<ImagePixels>(x: 1.5, y: 2, score: 0.25)]
        let detections = (0..<count).map { index in
            ScoredBox(
                image: index, classIndex: index % 2, box: Box(xMin: 1, yMin: 2, xMax: 3.5, yMax: 1),
                score: 0.1 * Double(index), keypoints: index == 1 ? keypoints : [])
        }
        let images: [ImageIdentity] = [.number(7), .text("a \"b\""), .number(9)]
        let file = try COCOResultsFile(folder.file("detections.json"), categoryIDs: [4, 18])
        for detection in detections { try file.add(detection, in: images[detection.image]) }
        try file.finish()
        let json = COCOResults.json(detections, images: images, categoryIDs: [4, 18])
        let text = try String(contentsOf: folder.file("detections.json"), encoding: .utf8)
        #expect(text == json.text(pretty: true) + "\n")
    }
}
