import Boxes
import JSON
import PeakDecoding
import TestSupport
import Testing

@Suite struct DecodeGoldenTests {
    @Test func detectionsAgree() throws {
        for entry in try Golden.load("decode")["cases"].array() {
            let limit = try entry["k"].integer()
            let (scores, categories) = (try entry["scores"].tensor(), try entry["categories"].tensor())
            let boxes = try entry["boxes"].tensor()
            let (logits, size) = (try entry["logits"].tensor(), try entry["size"].tensor())
            let offset = try entry["offset"].tensor()
            for image in 0..<scores.shape[0] {
                let detections = PeakDecoder(maximumDetections: limit)
                    .decode(heatmapLogits: logits, size: size, offset: offset, image: image)
                // If there are fewer peaks than requested, the golden list continues with scores of zero.
                let expected = (0..<scores.shape[1]).filter { scores[image, $0] > 0 }.map { rank in
                    Expected(
                        score: scores[image, rank], classIndex: Int(categories[image, rank]),
                        edges: (0..<4).map { Double(boxes[image, rank, $0]) })
                }
                #expect(detections.count == expected.count)
                for (detection, wanted) in zip(detections, expected) {
                    #expect(abs(detection.score - wanted.score) < 1e-6)
                }
                // Peaks with the same score may be listed in any order, and any of them may be the one that is cut off.
                let last = expected.last?.score ?? 0
                var left = expected
                for detection in detections {
                    if let place = left.firstIndex(where: { $0.matches(detection) }) {
                        left.remove(at: place)
                    } else {
                        #expect(abs(detection.score - last) < 1e-6, "\(detection) is not expected")
                    }
                }
            }
        }
    }

    private struct Expected {
        let score: Float
        let classIndex: Int
        let edges: [Double]

        func matches(_ detection: Detection<OutputCells>) -> Bool {
            let box = detection.box
            return classIndex == detection.classIndex && abs(score - detection.score) < 1e-6
                && zip([box.xMin, box.yMin, box.xMax, box.yMax], edges).allSatisfy { abs($0 - $1) < 1e-4 }
        }
    }
}
