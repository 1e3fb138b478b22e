import Boxes
import DetectionHeads
import DetectionLosses
import Foundation
import HeatmapTargets
import Tensors
import Testing

@Suite struct KeypointLossTests {
    /// Random heads and targets with keypoints.
    private struct PoseBatch {
        /// The outputs of all heads, by name.
        var outputs: [String: Tensor]
        let targets: [DetectionTargets]

        init(seed: UInt64, batch: Int = 2, keypoints: Int = 3, rows: Int = 6, columns: Int = 7) {
            var random = SeededGenerator(seed)
            func tensor(_ channels: Int, _ scale: Double) -> Tensor {
                let shape = [batch, channels, rows, columns]
                return Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.normal() * scale) })
            }
            outputs = [
                "heatmap": tensor(1, 3), "size": tensor(2, 4), "offset": tensor(2, 1),
                "keypointDisplacement": tensor(2 * keypoints, 4), "keypointHeatmap": tensor(keypoints, 3),
                "keypointOffset": tensor(2, 1),
            ]
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
            DetectionLoss(weights: weights).evaluate(outputs, targets: targets)
        }

        subscript(head: DetectionHead) -> Tensor {
            get { outputs[head.name] ?? Tensor([0]) }
            set { outputs[head.name] = newValue }
        }
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>)
    func valuesAreTheDefinitions(seed: UInt64) {
        let batch = PoseBatch(seed: seed)
        let terms = batch.evaluate().terms
        var (displacement, offset, count) = (0.0, 0.0, 1e-4)
        for (image, target) in batch.targets.enumerated() {
            for place in target.keypoints?.places ?? [] {
                displacement += Double(
                    abs(
                        batch[.keypointDisplacement][image, 2 * place.keypoint, place.centerRow, place.centerColumn]
                            - place.displacementX)
                        + abs(
                            batch[.keypointDisplacement][
                                image, 2 * place.keypoint + 1, place.centerRow, place.centerColumn]
                                - place.displacementY))
                offset += Double(
                    abs(batch[.keypointOffset][image, 0, place.row, place.column] - place.offsetX)
                        + abs(batch[.keypointOffset][image, 1, place.row, place.column] - place.offsetY))
                count += 2
            }
        }
        #expect(abs(terms[.keypointDisplacement] - displacement / count) < 1e-5)
        #expect(abs(terms[.keypointOffset] - offset / count) < 1e-5)
        let focal = PlainLoss.focal(
            batch[.keypointHeatmap].elements.map(Double.init),
            batch.targets.flatMap { $0.keypoints?.heatmap.elements ?? [] }, alpha: 2, beta: 4)
        #expect(abs(terms[.keypointHeatmap] - focal) < 1e-4 * focal)
        let boxes = LossTerms([.heatmap, .size, .offset].map { ($0, terms[$0]) })
        #expect(
            abs(
                terms.total - boxes.total - terms[.keypointDisplacement] - terms[.keypointHeatmap]
                    - terms[.keypointOffset])
                < 1e-9)
    }

    @Test(arguments: 1...3 as ClosedRange<UInt64>)
    func gradientsAreSlopes(seed: UInt64) throws {
        let weights = LossWeights([.keypointDisplacement: 0.7, .keypointHeatmap: 1.5, .keypointOffset: 0.3])
        let batch = PoseBatch(seed: seed)
        let result = batch.evaluate(weights)
        let heads: [(DetectionHead, step: Float)] = [
            (.keypointDisplacement, 1e-3), (.keypointHeatmap, 1e-2), (.keypointOffset, 1e-3),
        ]
        for (head, step) in heads {
            let analytic = result.gradient(head).elements
            #expect(analytic.contains { $0 != 0 })
            for index in stride(from: 0, to: analytic.count, by: 3) {
                func total(_ shift: Float) -> Double {
                    var moved = batch
                    moved[head].withMutableElements { $0[index] += shift }
                    return moved.evaluate(weights).total
                }
                let slope = (total(step) - total(-step)) / (2 * Double(step))
                #expect(
                    abs(Double(analytic[index]) - slope) < 2e-3,
                    "\(head.name) at \(index): \(analytic[index]), \(slope)")
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
            batch[.keypointDisplacement][0, 2 * place.keypoint, place.centerRow, place.centerColumn] =
                place.displacementX
            batch[.keypointDisplacement][0, 2 * place.keypoint + 1, place.centerRow, place.centerColumn] =
                place.displacementY
            batch[.keypointOffset][0, 0, place.row, place.column] = place.offsetX
            batch[.keypointOffset][0, 1, place.row, place.column] = place.offsetY
        }
        let result = DetectionLoss().evaluate(batch.outputs, targets: [target])
        #expect(kept?.places.count == 1)
        #expect(result.terms[.keypointDisplacement] == 0 && result.terms[.keypointOffset] == 0)
        #expect(result.gradient(.keypointDisplacement).elements.allSatisfy { $0 == 0 })
    }

    @Test func whatIsNotFiniteIsNamed() {
        var batch = PoseBatch(seed: 2, batch: 3)
        batch[.keypointHeatmap][1, 0, 2, 2] = .nan
        let result = batch.evaluate()
        #expect(!result.isFinite && result.nonFiniteImages == [1])
        #expect(result.terms.nonFiniteTerms == ["keypointHeatmap"])
    }
}
