import Boxes
import Foundation
import HeatmapTargets
import PeakDecoding
import Tensors
import Testing

@Suite struct KeypointDecoderTests {
    private let rows = 12
    private let columns = 15

    private func noise(_ shape: [Int], _ random: inout SeededGenerator, _ low: Double, _ high: Double) -> Tensor {
        Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.uniform(low, high)) })
    }

    /// A simple reference implementation of CenterNet's decoding: all peaks of a keypoint's map, the nearest of those above 0.1, and the
    /// four reasons to keep the position given by the centre.
    private func plain(_ keypoint: Int, of detection: Detection<OutputCells>, _ maps: KeypointMaps, image: Int) -> (
        Double, Double
    ) {
        let x =
            Double(detection.column) + Double(maps.displacement[image, 2 * keypoint, detection.row, detection.column])
        let y =
            Double(detection.row) + Double(maps.displacement[image, 2 * keypoint + 1, detection.row, detection.column])
        var best: (x: Double, y: Double, distance: Double, score: Float)?
        for row in 0..<rows {
            for column in 0..<columns {
                let score = maps.probabilities[image, keypoint, row, column]
                let neighbours = [-1, 0, 1].flatMap { dy in [-1, 0, 1].map { (row + dy, column + $0) } }
                    .filter { (0..<rows).contains($0.0) && (0..<columns).contains($0.1) }
                guard score > 0.1, neighbours.allSatisfy({ maps.probabilities[image, keypoint, $0.0, $0.1] <= score })
                else { continue }
                let place = (
                    Double(column) + Double(maps.offset[image, 0, row, column]),
                    Double(row) + Double(maps.offset[image, 1, row, column])
                )
                let distance = hypot(place.0 - x, place.1 - y)
                if distance < best?.distance ?? .infinity { best = (place.0, place.1, distance, score) }
            }
        }
        let box = detection.box
        guard let best, best.x >= box.xMin, best.x <= box.xMax, best.y >= box.yMin, best.y <= box.yMax,
            best.distance <= 0.3 * max(box.width, box.height)
        else { return (x, y) }
        return (best.x, best.y)
    }

    @Test(arguments: 0..<20 as Range<UInt64>)
    func keypointsAreThoseOfThePlainWay(seed: UInt64) {
        var random = SeededGenerator(seed)
        let heatmap = noise([2, 1, rows, columns], &random, 0, 1)
        let size = noise([2, 2, rows, columns], &random, 1, 9)
        let offset = noise([2, 2, rows, columns], &random, 0, 1)
        let maps = KeypointMaps(
            displacement: noise([2, 6, rows, columns], &random, -4, 4),
            probabilities: noise([2, 3, rows, columns], &random, -0.3, 0.4),
            offset: noise([2, 2, rows, columns], &random, 0, 1))
        var moved = 0
        for image in 0..<2 {
            let found = PeakDecoder().decode(
                probabilities: heatmap, size: size, offset: offset, keypoints: maps, image: image)
            let bare = PeakDecoder().decode(probabilities: heatmap, size: size, offset: offset, image: image)
            #expect(found.map(\.box) == bare.map(\.box) && bare.allSatisfy(\.keypoints.isEmpty) && !found.isEmpty)
            for detection in found {
                #expect(detection.keypoints.count == 3)
                for (index, keypoint) in detection.keypoints.enumerated() {
                    let wanted = plain(index, of: detection, maps, image: image)
                    #expect(abs(keypoint.x - wanted.0) < 1e-9 && abs(keypoint.y - wanted.1) < 1e-9)
                    let start = Double(maps.displacement[image, 2 * index, detection.row, detection.column])
                    if keypoint.x != Double(detection.column) + start { moved += 1 }
                }
            }
        }
        #expect(moved > 0)
    }

    /// Decoding rendered targets returns the keypoints, exact to the last digit of a float.
    @Test(arguments: 0..<30 as Range<UInt64>)
    func decodingTargetsGivesTheKeypointsBack(seed: UInt64) throws {
        var random = SeededGenerator(seed, 1)
        let (side, keypointCount) = (40, 5)
        // One object per quarter of the map, so that no two centres or keypoints share a cell.
        let objects = [(2.0, 2.0), (22, 2), (2, 22), (22, 22)].map { corner -> TargetObject in
            let box = Box<OutputCells>(
                xMin: corner.0 + random.uniform(0, 3), yMin: corner.1 + random.uniform(0, 3),
                xMax: corner.0 + random.uniform(11, 15),
                yMax: corner.1 + random.uniform(11, 15))
            return TargetObject(
                classIndex: 0, box: box,
                keypoints: (0..<keypointCount).map { _ in
                    Keypoint(x: random.uniform(box.xMin, box.xMax), y: random.uniform(box.yMin, box.yMax))
                })
        }
        let targets = DetectionTargets.render(
            objects, classCount: 1, keypointCount: keypointCount, rows: side, columns: side)
        let keypoints = try #require(targets.keypoints)
        var (size, offset) = (Tensor([1, 2, side, side]), Tensor([1, 2, side, side]))
        for center in targets.centers {
            (size[0, 0, center.row, center.column], size[0, 1, center.row, center.column]) = (
                center.width, center.height
            )
            offset[0, 0, center.row, center.column] = center.offsetX
            offset[0, 1, center.row, center.column] = center.offsetY
        }
        var displacement = Tensor([1, 2 * keypointCount, side, side])
        var keypointOffset = Tensor([1, 2, side, side])
        for place in keypoints.places {
            // The displacement is slightly wrong; the keypoint's own peak corrects it.
            displacement[0, 2 * place.keypoint, place.centerRow, place.centerColumn] = place.displacementX + 0.2
            displacement[0, 2 * place.keypoint + 1, place.centerRow, place.centerColumn] = place.displacementY - 0.1
            keypointOffset[0, 0, place.row, place.column] = place.offsetX
            keypointOffset[0, 1, place.row, place.column] = place.offsetY
        }
        let found = PeakDecoder(maximumDetections: 4).decode(
            probabilities: targets.heatmap.reshaped([1, 1, side, side]), size: size, offset: offset,
            keypoints: KeypointMaps(
                displacement: displacement, probabilities: keypoints.heatmap.reshaped([1, keypointCount, side, side]),
                offset: keypointOffset))
        #expect(found.count == 4)
        for object in objects {
            let match = try #require(
                found.max { $0.box.intersectionOverUnion(object.box) < $1.box.intersectionOverUnion(object.box) })
            for (index, keypoint) in object.keypoints.enumerated() {
                // Two keypoints of different types may share a cell, which has room for one offset.
                let cell = keypoints.places.filter { $0.row == Int(keypoint.y) && $0.column == Int(keypoint.x) }
                let tolerance = cell.count > 1 ? 1 : 1e-5
                #expect(
                    abs(match.keypoints[index].x - keypoint.x) < tolerance
                        && abs(match.keypoints[index].y - keypoint.y) < tolerance
                )
                #expect(match.keypoints[index].score == 1)
            }
        }
    }

    @Test func whatIsNotFiniteStaysInsideTheBox() {
        var displacement = Tensor([1, 2, 3, 3])
        displacement[0, 0, 1, 1] = .nan
        var heatmap = Tensor([1, 1, 3, 3])
        heatmap[0, 0, 1, 1] = 0.9
        let found = PeakDecoder().decode(
            probabilities: heatmap, size: Tensor([1, 2, 3, 3], repeating: 2), offset: Tensor([1, 2, 3, 3]),
            keypoints: KeypointMaps(
                displacement: displacement, probabilities: Tensor([1, 1, 3, 3], repeating: .nan),
                offset: Tensor([1, 2, 3, 3], repeating: .infinity)))
        #expect(found.count == 1 && found[0].keypoints == [ScoredKeypoint(x: 1, y: 1, score: 0)])
    }
}
