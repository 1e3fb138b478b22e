import Boxes
import HeatmapTargets
import Inference
import PeakDecoding
import Tensors
import Testing

@Suite struct KeypointFlipTests {
    private let side = 24
    private let skeleton = Skeleton(keypointNames: ["nose", "left_hand", "right_hand"], limbs: [Skeleton.Pair(1, 2)])

    private func objects(_ random: inout SeededGenerator) -> [TargetObject] {
        [(1.0, 1.0), (13, 2), (2, 13)].map { corner in
            let box = Box<OutputCells>(
                xMin: corner.0 + random.uniform(), yMin: corner.1 + random.uniform(),
                xMax: corner.0 + random.uniform(7, 9),
                yMax: corner.1 + random.uniform(7, 9))
            return TargetObject(
                classIndex: 0, box: box,
                keypoints: (0..<3).map { _ in
                    Keypoint(x: random.uniform(box.xMin, box.xMax), y: random.uniform(box.yMin, box.yMax))
                })
        }
    }

    /// Returns the objects of the mirrored image, with left and right keypoints swapped.
    private func mirrored(_ objects: [TargetObject]) -> [TargetObject] {
        let map = AffineMap<OutputCells, OutputCells>(scaleX: -1, scaleY: 1, shiftX: Double(side))
        return objects.map { object in
            TargetObject(
                classIndex: 0, box: map(object.box),
                keypoints: skeleton.mirrored.map { object.keypoints[$0].mapped(by: map) })
        }
    }

    /// Returns a perfect network's outputs.
    private func outputs(_ objects: [TargetObject]) -> [String: Tensor] {
        let targets = DetectionTargets.render(objects, classCount: 1, keypointCount: 3, rows: side, columns: side)
        var maps = ["size", "offset", "keypointOffset"].reduce(into: [:]) { $0[$1] = Tensor([1, 2, side, side]) }
        maps["heatmap"] = targets.heatmap.reshaped([1, 1, side, side])
        maps["keypointHeatmap"] = targets.keypoints?.heatmap.reshaped([1, 3, side, side])
        maps["keypointDisplacement"] = Tensor([1, 6, side, side])
        for center in targets.centers {
            let (row, column) = (center.row, center.column)
            for (axis, values) in [(center.width, center.offsetX), (center.height, center.offsetY)].enumerated() {
                maps["size"]?[0, axis, row, column] = values.0
                maps["offset"]?[0, axis, row, column] = values.1
            }
        }
        for place in targets.keypoints?.places ?? [] {
            let channel = 2 * place.keypoint
            maps["keypointDisplacement"]?[0, channel, place.centerRow, place.centerColumn] = place.displacementX
            maps["keypointDisplacement"]?[0, channel + 1, place.centerRow, place.centerColumn] = place.displacementY
            maps["keypointOffset"]?[0, 0, place.row, place.column] = place.offsetX
            maps["keypointOffset"]?[0, 1, place.row, place.column] = place.offsetY
        }
        return maps
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func aPerfectNetworkSaysTheSameOfBothLooks(seed: UInt64) throws {
        var random = SeededGenerator(seed)
        let objects = objects(&random)
        let decoder = CenterNetDecoder(holdsProbabilities: true, skeleton: skeleton)
        let extent = InputExtent(side: 4 * side)
        let (straight, turned) = (outputs(objects), outputs(mirrored(objects)))
        let one = decoder.decode(straight, mirrored: nil, item: 0, input: extent, limit: 3)
        let both = decoder.decode(straight, mirrored: turned, item: 0, input: extent, limit: 3)
        #expect(one.detections.count == 3 && one.detections.map(\.score) == both.detections.map(\.score))
        for (left, right) in zip(one.detections, both.detections) {
            #expect(left.box.intersectionOverUnion(right.box) > 0.999)
            for (a, b) in zip(left.keypoints, right.keypoints) {
                #expect(abs(a.x - b.x) < 1e-3 && abs(a.y - b.y) < 1e-3 && a.score == b.score)
            }
        }
        // The displacements themselves agree where they are learned, without the difference of one cell.
        let own = try #require(straight["keypointDisplacement"])
        let other = try #require(turned["keypointDisplacement"]).mirroredDisplacements(skeleton.mirrored)
        for (index, value) in own.elements.enumerated() where value != 0 {
            #expect(abs(value - other.elements[index]) < 1e-4)
        }
    }

    @Test func turningTwiceChangesNothing() {
        var random = SeededGenerator(9)
        let map = Tensor([2, 6, 3, 5], elements: (0..<180).map { _ in Float(random.integer(in: -64...64)) / 8 })
        let order = skeleton.mirrored
        #expect(map.mirroredDisplacements(order).mirroredDisplacements(order) == map)
        #expect(map.mirrored.mirrored == map)
        let three = Tensor([2, 3, 3, 5], elements: map.elements.prefix(90))
        #expect(three.reordered(order).reordered(order) == three && three.reordered(order) != three)
    }
}
