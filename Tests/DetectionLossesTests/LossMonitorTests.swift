import DetectionHeads
import DetectionLosses
import Foundation
import HeatmapTargets
import Tensors
import Testing

@Suite struct LossMonitorTests {
    private func result(logit: Float, predictedSize: Float, seed: UInt64 = 1, objects: ClosedRange<Int> = 2...4)
        -> LossResult
    {
        var batch = RandomBatch(seed: seed, objects: objects)
        batch.logits = Tensor(batch.logits.shape, repeating: logit)
        batch.size = Tensor(batch.size.shape, repeating: predictedSize)
        return batch.evaluate()
    }

    @Test func namesACollapsedHeatmapOnce() {
        var watch = LossMonitor(patience: 5)
        let dead = result(logit: -30, predictedSize: 0)
        for step in 1...12 {
            let diagnosis = watch.observe(dead)
            guard step == 5 else {
                #expect(diagnosis == nil)
                continue
            }
            guard case .collapsedHeatmap(steps: 5, let loss) = diagnosis else {
                Issue.record("\(String(describing: diagnosis))")
                return
            }
            #expect(abs(loss - 9.2085) < 0.01)
            #expect(diagnosis?.message.contains("learning rate") == true)
            #expect(diagnosis?.message.contains("9.208") == true)
        }
    }

    @Test func anySignOfLifeStartsTheCountAgain() {
        var watch = LossMonitor(patience: 3)
        let (dead, alive) = (result(logit: -30, predictedSize: 0), result(logit: -2, predictedSize: 0))
        let background = result(logit: -30, predictedSize: 0, objects: 0...0)
        #expect(watch.observe(dead) == nil)
        #expect(watch.observe(dead) == nil)
        #expect(watch.observe(alive) == nil)
        #expect(watch.observe(dead) == nil)
        #expect(watch.observe(dead) == nil)
        // A batch without objects does not change the count.
        #expect(watch.observe(background) == nil)
        #expect(watch.collapsedSteps == 2)
        #expect(watch.observe(dead) != nil)
    }

    @Test func heatEverywhereIsNotACollapse() {
        var watch = LossMonitor(patience: 1)
        #expect(watch.observe(result(logit: 30, predictedSize: 0)) == nil)
    }

    @Test func namesTermsAndImagesThatAreNotFinite() {
        var watch = LossMonitor()
        var batch = RandomBatch(seed: 2, batch: 3, objects: 1...2)
        batch.logits[1, 0, 0, 0] = .nan
        let diagnosis = watch.observe(batch.evaluate())
        #expect(diagnosis == .notFinite(terms: ["heatmap"], images: [1]))
        #expect(diagnosis?.message.contains("heatmap") == true)
        #expect(watch == LossMonitor())
    }

    @Test func namesASizeHeadThatStandsStill() {
        var watch = LossMonitor()
        func epoch(_ size: Float) -> LossDiagnosis? {
            for seed in 1...4 as ClosedRange<UInt64> {
                #expect(watch.observe(result(logit: -2, predictedSize: size, seed: seed)) == nil)
            }
            return watch.endEpoch()
        }
        #expect(epoch(0) == nil)
        guard case .frozenSize(let loss, let extent) = epoch(0) else {
            Issue.record("no diagnosis after two epochs with the same loss")
            return
        }
        #expect(abs(loss - extent) < 1e-3)
        // Reported once; again only after the loss has changed in between.
        #expect(epoch(0) == nil)
        #expect(epoch(0.5) == nil)
        #expect(epoch(0.5) != nil)
    }

    @Test func aHeadThatHasLearnedMayStandStill() {
        var watch = LossMonitor()
        let close = result(logit: -2, predictedSize: 4)
        #expect(close[.size] < close.sizeLossOfZero / 2)
        for _ in 1...5 {
            #expect(watch.observe(close) == nil)
            #expect(watch.endEpoch() == nil)
        }
    }
}
