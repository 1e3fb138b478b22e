import Boxes
import DetectionLosses
import Foundation
import HeatmapTargets
import Tensors
import Testing

@Suite struct KeypointLossTests {
    /// Random heads and targets with keypoints.
    private struct PoseBatch {
        var heads: KeypointHeads
        let plain: (logits: Tensor, size: Tensor, offset: Tensor)
        let targets: [DetectionTargets]

        init(seed: UInt64, batch: Int = 2, keypoints: Int = 3, rows: Int = 6, columns: Int = 7) {
            var random = SeededGenerator(seed)
            func tensor(_ channels: Int, _ scale: Double) -> Tensor {
                let shape = [batch, channels, rows, columns]
                return Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.normal() * scale) })
            }
            plain = (tensor(1, 3), tensor(2, 4), tensor(2, 1))
            heads = KeypointHeads(
                displacement: tensor(2 * keypoints, 4), heatmapLogits: tensor(keypoints, 3), offset: tensor(2, 1))
            targets = (0..<batch).map { _ in
                .render(
                    (0..<random.integer(in: 1...4)).map { _ in
                        TargetObject(
                            classIndex: 0,
                            box: Box(
                                centerX: random.uniform(0, Double(columns)), centerY: random.uniform(0, Double(rows)),
                                width: random.uniform(2, 6), height: random.uniform(2, 6)),
                            keypoints: (0..<keypoints).map { _ in
                                random.chance(0.3)
                                    ? .absent
                                    : Keypoint(
                                        x: random.uniform(-1, Double(columns) + 1),
                                        y: random.uniform(-1, Double(rows) + 1))
                            })
                    }, classCount: 1, keypointCount: keypoints, rows: rows, columns: columns)
            }
        }

        func evaluate(_ weights: LossWeights = LossWeights()) -> LossResult {
            DetectionLoss(weights: weights).evaluate(
                heatmapLogits: plain.logits, size: plain.size, offset: plain.offset, keypoints: heads, targets: targets)
        }
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func valuesAreTheDefinitions(seed: UInt64) {
        let batch = PoseBatch(seed: seed)
        let terms = batch.evaluate().terms
        var (displacement, offset, count) = (0.0, 0.0, 1e-4)
        for (image, target) in batch.targets.enumerated() {
            for place in target.keypoints?.places ?? [] {
                let maps = batch.heads
                displacement += Double(
                    abs(
                        maps.displacement[image, 2 * place.keypoint, place.centerRow, place.centerColumn]
                            - place.displacementX)
                        + abs(
                            maps.displacement[image, 2 * place.keypoint + 1, place.centerRow, place.centerColumn]
                                - place.displacementY))
                offset += Double(
                    abs(maps.offset[image, 0, place.row, place.column] - place.offsetX)
                        + abs(maps.offset[image, 1, place.row, place.column] - place.offsetY))
                count += 2
            }
        }
        #expect(abs(terms.keypointDisplacement - displacement / count) < 1e-5)
        #expect(abs(terms.keypointOffset - offset / count) < 1e-5)
        let focal = PlainLoss.focal(
            batch.heads.heatmapLogits.elements.map(Double.init),
            batch.targets.flatMap { $0.keypoints?.heatmap.elements ?? [] }, alpha: 2, beta: 4)
        #expect(abs(terms.keypointHeatmap - focal) < 1e-4 * focal)
        let boxes = LossTerms(heatmap: terms.heatmap, size: terms.size, offset: terms.offset)
        #expect(
            abs(terms.total - boxes.total - terms.keypointDisplacement - terms.keypointHeatmap - terms.keypointOffset)
                < 1e-9)
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func gradientsAreSlopes(seed: UInt64) throws {
        var weights = LossWeights()
        (weights.keypointDisplacement, weights.keypointHeatmap, weights.keypointOffset) = (0.7, 1.5, 0.3)
        let batch = PoseBatch(seed: seed)
        let gradients = try #require(batch.evaluate(weights).gradients.keypoints)
        let heads: [(WritableKeyPath<KeypointHeads, Tensor>, step: Float)] = [
            (\.displacement, 1e-3), (\.heatmapLogits, 1e-2), (\.offset, 1e-3),
        ]
        for (head, step) in heads {
            let analytic = gradients[keyPath: head].elements
            #expect(analytic.contains { $0 != 0 })
            for index in stride(from: 0, to: analytic.count, by: 3) {
                func total(_ shift: Float) -> Double {
                    var moved = batch
                    moved.heads[keyPath: head].withMutableElements { $0[index] += shift }
                    return moved.evaluate(weights).total
                }
                let slope = (total(step) - total(-step)) / (2 * Double(step))
                #expect(
                    abs(Double(analytic[index]) - slope) < 2e-3, "\(head) at \(index): \(analytic[index]), \(slope)")
            }
        }
    }

    @Test func perfectHeadsCostNothingAtTheirPlaces() {
        var batch = PoseBatch(seed: 4, batch: 1)
        for seed in 5...20 as ClosedRange<UInt64> where batch.targets[0].keypoints?.places.isEmpty != false {
            batch = PoseBatch(seed: seed, batch: 1)
        }
        // Only one keypoint is left, so that no two places share a cell.
        let all = batch.targets[0].keypoints
        let kept = all.map { KeypointTargets(heatmap: $0.heatmap, places: Array($0.places.prefix(1))) }
        let target = DetectionTargets(heatmap: batch.targets[0].heatmap, centers: [], keypoints: kept)
        for place in kept?.places ?? [] {
            batch.heads.displacement[0, 2 * place.keypoint, place.centerRow, place.centerColumn] = place.displacementX
            batch.heads.displacement[0, 2 * place.keypoint + 1, place.centerRow, place.centerColumn] =
                place.displacementY
            batch.heads.offset[0, 0, place.row, place.column] = place.offsetX
            batch.heads.offset[0, 1, place.row, place.column] = place.offsetY
        }
        let result = DetectionLoss().evaluate(
            heatmapLogits: batch.plain.logits, size: batch.plain.size, offset: batch.plain.offset,
            keypoints: batch.heads,
            targets: [target])
        #expect(kept?.places.count == 1)
        #expect(result.terms.keypointDisplacement == 0 && result.terms.keypointOffset == 0)
        #expect(result.gradients.keypoints?.displacement.elements.allSatisfy { $0 == 0 } == true)
    }

    @Test func whatIsNotFiniteIsNamed() {
        var batch = PoseBatch(seed: 2, batch: 3)
        batch.heads.heatmapLogits[1, 0, 2, 2] = .nan
        let result = batch.evaluate()
        #expect(!result.isFinite && result.nonFiniteImages == [1])
        #expect(result.terms.nonFiniteTerms == ["keypointHeatmap"])
    }
}
