import Boxes
import DetectionHeads
import DetectionLosses
import Foundation
import HeatmapTargets
import Tensors
import Testing

/// Cells that an ignored object covers have no loss and no gradient.
@Suite struct IgnoredCellTests {
    /// Random heads and targets, with ignored objects among the others.
    private func batch(_ seed: UInt64) -> RandomBatch {
        var batch = RandomBatch(seed: seed, objects: 1...4)
        var random = SeededGenerator(seed, 77)
        batch.targets = batch.targets.map { target in
            var heatmap = target.heatmap
            let (top, left, classIndex) = (
                random.integer(in: 0...4), random.integer(in: 0...5), random.integer(in: 0...2)
            )
            for row in top...top + 2 {
                for column in left...left + 3 where heatmap[classIndex, row, column] < 1 {
                    heatmap[classIndex, row, column] = DetectionTargets.ignoredTarget
                }
            }
            return DetectionTargets(heatmap: heatmap, centers: target.centers)
        }
        return batch
    }

    @Test(arguments: 0..<8 as Range<UInt64>, [(2, 4), (1, 0), (3, 2), (0, 0)])
    func valueAndGradientFollowTheDefinition(seed: UInt64, exponents: (alpha: Int, beta: Int)) {
        let batch = batch(seed)
        let loss = DetectionLoss(
            weights: LossWeights([.heatmap: 0.7]), focal: FocalLoss(alpha: exponents.alpha, beta: exponents.beta))
        let result = batch.evaluate(loss)
        let target = batch.targets.flatMap(\.heatmap.elements)
        var logits = batch.logits.elements.map(Double.init)
        // The definition over the other cells.
        func value() -> Double {
            let kept = target.indices.filter { target[$0] != DetectionTargets.ignoredTarget }
            return PlainLoss.focal(
                kept.map { logits[$0] }, kept.map { target[$0] }, alpha: exponents.alpha, beta: exponents.beta)
        }
        #expect(target.contains(DetectionTargets.ignoredTarget))
        #expect(abs(result[.heatmap] - value()) < 2e-5 * max(1, value()))
        for (index, gradient) in result.gradient(.heatmap).elements.enumerated() {
            if target[index] == DetectionTargets.ignoredTarget {
                #expect(gradient == 0)
                continue
            }
            let (logit, step) = (logits[index], 1e-4)
            // Central differences are meaningless across the kink at the clamp.
            if abs(abs(logit) - log((1 - 1e-4) / 1e-4)) < 2 * step { continue }
            logits[index] = logit + step
            let above = value()
            logits[index] = logit - step
            let below = value()
            logits[index] = logit
            let slope = 0.7 * (above - below) / (2 * step)
            #expect(abs(Double(gradient) - slope) < 5e-5 * max(1, abs(slope)), "at logit \(logit)")
        }
    }

    /// With beta = 0 the loss's own factor has no effect, so the mask must not depend on it.
    @Test(arguments: [0, 1, 4]) func whatTheNetworkSaysThereDoesNotMatter(beta: Int) {
        let loss = DetectionLoss(focal: FocalLoss(beta: beta))
        var batch = batch(3)
        let before = batch.evaluate(loss)
        for (image, target) in batch.targets.enumerated() {
            for (index, value) in target.heatmap.elements.enumerated() where value == DetectionTargets.ignoredTarget {
                let (row, column) = (index / 9 % 7, index % 9)
                batch.logits[image, index / 63, row, column] = image == 0 ? 35 : -35
            }
        }
        let after = batch.evaluate(loss)
        #expect(after.terms == before.terms)
        #expect(after.gradient(.heatmap) == before.gradient(.heatmap))
        #expect(after.peakCount == before.peakCount)
    }

    @Test func anImageOfNothingButACrowdTeachesNothing() {
        let heatmap = Tensor([2, 3, 4], repeating: DetectionTargets.ignoredTarget)
        let result = DetectionLoss().evaluate(
            [
                "heatmap": Tensor([1, 2, 3, 4], repeating: 3), "size": Tensor([1, 2, 3, 4]),
                "offset": Tensor([1, 2, 3, 4]),
            ], targets: [DetectionTargets(heatmap: heatmap, centers: [])])
        #expect(result.total == 0 && result.peakCount == 0 && result.isFinite)
        #expect(result.gradient(.heatmap).elements.allSatisfy { $0 == 0 })
    }
}
