import DetectionHeads
import DetectionLosses
import Foundation
import HeatmapTargets
import Tensors
import Testing

@Suite struct DetectionLossTests {
    @Test(arguments: 0..<12 as Range<UInt64>, [(2, 4), (1, 0), (3, 2)])
    func focalValueAndGradientFollowTheDefinition(seed: UInt64, exponents: (alpha: Int, beta: Int)) {
        let batch = RandomBatch(seed: seed, objects: 0...5)
        let loss = DetectionLoss(
            weights: LossWeights([.heatmap: 0.7]), focal: FocalLoss(alpha: exponents.alpha, beta: exponents.beta))
        let result = batch.evaluate(loss)
        let target = batch.targets.flatMap(\.heatmap.elements)
        var logits = batch.logits.elements.map(Double.init)
        func value() -> Double {
            PlainLoss.focal(logits, target, alpha: exponents.alpha, beta: exponents.beta)
        }
        #expect(abs(result[.heatmap] - value()) < 2e-5 * value())
        for (i, gradient) in result.gradient(.heatmap).elements.enumerated() {
            let (logit, step) = (logits[i], 1e-4)
            // Central differences are meaningless across the kink at the clamp, |logit| = 9.2102.
            if abs(abs(logit) - log((1 - 1e-4) / 1e-4)) < 2 * step { continue }
            logits[i] = logit + step
            let above = value()
            logits[i] = logit - step
            let below = value()
            logits[i] = logit
            let slope = 0.7 * (above - below) / (2 * step)
            #expect(abs(Double(gradient) - slope) < 2e-5 * max(1, abs(slope)), "at logit \(logit)")
        }
    }

    /// CenterNet divides each stack's loss by their number.
    /// A class's weight is a factor of its part of the loss and of the gradient.
    @Test func classWeightsAreFactors() {
        let batch = RandomBatch(seed: 3, classCount: 2, objects: 2...5)
        var loss = DetectionLoss()
        func heatmapLoss(_ weights: [Double]) -> (value: Double, gradient: Tensor) {
            loss.classWeights = weights
            let result = batch.evaluate(loss)
            return (result.terms[.heatmap], result.gradient(.heatmap))
        }
        let (plain, first, second) = (heatmapLoss([]), heatmapLoss([1, 0]), heatmapLoss([0, 1]))
        let weighted = heatmapLoss([3, 0.5])
        #expect(abs(first.value + second.value - plain.value) < 1e-9 * plain.value)
        #expect(abs(3 * first.value + 0.5 * second.value - weighted.value) < 1e-9 * weighted.value)
        for index in plain.gradient.elements.indices {
            let factor: Float = index / 63 % 2 == 0 ? 3 : 0.5
            #expect(abs(weighted.gradient.elements[index] - factor * plain.gradient.elements[index]) < 1e-7)
        }
        #expect(heatmapLoss([1, 1]).gradient == plain.gradient)
    }

    @Test func severalStacksAreMeant() throws {
        let (one, other) = (RandomBatch(seed: 1, objects: 1...4), RandomBatch(seed: 2, objects: 1...4))
        func outputs(_ batch: RandomBatch, _ suffix: String) -> [String: Tensor] {
            ["heatmap\(suffix)": batch.logits, "size\(suffix)": batch.size, "offset\(suffix)": batch.offset]
        }
        let loss = DetectionLoss()
        let both = loss.evaluate(
            outputs(other, "@0").merging(outputs(one, "")) { $1 }, targets: one.targets, suffixes: ["@0", ""])
        let results = [other, one].map { loss.evaluate(outputs($0, ""), targets: one.targets) }
        #expect(abs(both.total - (results[0].total + results[1].total) / 2) < 1e-9)
        #expect(abs(both.perImage.reduce(0) { $0 + $1.total } - both.total) < 1e-9)
        for (suffix, result) in zip(["@0", ""], results) {
            for head in [DetectionHead.heatmap, .size, .offset] {
                #expect(
                    both.gradients[head.name + suffix]?.elements == result.gradient(head).elements.map { $0 / 2 })
            }
        }
        let alone = loss.evaluate(outputs(one, ""), targets: one.targets)
        #expect(alone.terms == results[1].terms && alone.gradients.count == 3)
    }

    /// The losses of parts, divided by what is learned in all of them, are those of the whole: gradients of parts can be added up.
    @Test func partsAddUpToTheWhole() throws {
        let whole = RandomBatch(seed: 4, batch: 5, objects: 0...4)
        let result = whole.evaluate()
        var normalizers = LossNormalizers(Array(whole.targets[0..<2]))
        normalizers += LossNormalizers(Array(whole.targets[2..<5]))
        #expect(normalizers == LossNormalizers(whole.targets))
        var sum: LossResult?
        for part in [0..<2, 2..<5] {
            let outputs = ["heatmap": whole.logits, "size": whole.size, "offset": whole.offset].mapValues {
                $0.items(part)
            }
            let loss = DetectionLoss().evaluate(
                outputs, targets: Array(whole.targets[part]), normalizers: normalizers)
            for (name, gradient) in loss.gradients {
                #expect(gradient == result.gradients[name]?.items(part))
            }
            sum = sum?.adding(loss) ?? loss
        }
        let total = try #require(sum)
        #expect(abs(total.total - result.total) < 1e-9 && total.perImage == result.perImage)
        #expect(total.objectCount == result.objectCount && total.peakCount == result.peakCount)
        #expect(abs(total.sizeLossOfZero - result.sizeLossOfZero) < 1e-9)
    }

    @Test(arguments: 0..<12 as Range<UInt64>)
    func regressionFollowsTheDefinition(seed: UInt64) {
        var batch = RandomBatch(seed: seed, rows: 5, columns: 4, objects: 0...12)
        let result = batch.evaluate()
        func sizeLoss() -> Double { PlainLoss.regression(batch.size, batch.targets) { [$0.width, $0.height] } }
        func offsetLoss() -> Double { PlainLoss.regression(batch.offset, batch.targets) { [$0.offsetX, $0.offsetY] } }
        #expect(abs(result[.size] - sizeLoss()) < 1e-6 * max(1, sizeLoss()))
        #expect(abs(result[.offset] - offsetLoss()) < 1e-6 * max(1, offsetLoss()))
        #expect(abs(result.total - (result[.heatmap] + result[.offset] + 0.1 * result[.size])) < 1e-9)
        let step: Float = 1.0 / 1024
        for image in 0..<2 {
            for axis in 0..<2 {
                for row in 0..<5 {
                    for column in 0..<4 {
                        let kept = (batch.size[image, axis, row, column], batch.offset[image, axis, row, column])
                        batch.size[image, axis, row, column] = kept.0 + step
                        batch.offset[image, axis, row, column] = kept.1 + step
                        let above = (sizeLoss(), offsetLoss())
                        batch.size[image, axis, row, column] = kept.0 - step
                        batch.offset[image, axis, row, column] = kept.1 - step
                        let below = (sizeLoss(), offsetLoss())
                        batch.size[image, axis, row, column] = kept.0
                        batch.offset[image, axis, row, column] = kept.1
                        let slopes = (
                            0.1 * (above.0 - below.0) / Double(2 * step), (above.1 - below.1) / Double(2 * step)
                        )
                        #expect(abs(Double(result.gradient(.size)[image, axis, row, column]) - slopes.0) < 1e-4)
                        #expect(abs(Double(result.gradient(.offset)[image, axis, row, column]) - slopes.1) < 1e-3)
                    }
                }
            }
        }
    }

    @Test func theClampHoldsValueAndStopsGradient() {
        // One cell each far below and above the clamp, with and without a peak, and just inside it.
        let heatmap = Tensor([1, 1, 6], elements: [1, 0, 1, 0, 1, 0])
        let logits = Tensor([1, 1, 1, 6], elements: [-40, -40, 40, 40, -9.2, 9.2])
        let zero = Tensor([1, 2, 1, 6])
        let result = DetectionLoss().evaluate(
            ["heatmap": logits, "size": zero, "offset": zero],
            targets: [DetectionTargets(heatmap: heatmap, centers: [])])
        let gradients = result.gradient(.heatmap).elements
        #expect(gradients[0...3].allSatisfy { $0 == 0 })
        #expect(gradients[4] < -0.3 && gradients[5] > 0.3)
        #expect(result.peakCount == 3)
        #expect(result.missedPeakCount == 1)
        #expect(result.isFinite)
        // A missed peak and a false one cost 9.2085 each, the value at the clamp; the two cells just inside cost almost as much.
        #expect(abs(result[.heatmap] * 3 - 4 * FocalLoss().lossOfMissedPeak) < 0.05)
        #expect(abs(FocalLoss().lossOfMissedPeak - 9.2085) < 1e-4)
    }

    @Test func imagesWithoutObjectsTeachTheBackground() {
        let batch = RandomBatch(seed: 3, objects: 0...0)
        let result = batch.evaluate()
        #expect(result[.size] == 0 && result[.offset] == 0)
        #expect(result.gradient(.size).elements.allSatisfy { $0 == 0 })
        #expect(result.gradient(.offset).elements.allSatisfy { $0 == 0 })
        #expect(result[.heatmap] > 0)
        #expect(result.gradient(.heatmap).elements.allSatisfy { $0 >= 0 })
        #expect(result.peakCount == 0 && result.objectCount == 0 && result.sizeLossOfZero == 0)
    }

    @Test func objectsThatShareACellAllPull() {
        func center(_ width: Float) -> DetectionTargets.Center {
            DetectionTargets.Center(
                classIndex: 0, row: 0, column: 1, width: width, height: 1, offsetX: 0, offsetY: 0)
        }
        let target = DetectionTargets(heatmap: Tensor([1, 1, 2]), centers: [center(2), center(3), center(9)])
        let map = Tensor([1, 2, 1, 2], elements: [0, 5, 0, 1])
        let result = DetectionLoss(weights: LossWeights([.size: 1])).evaluate(
            ["heatmap": Tensor([1, 1, 1, 2]), "size": map, "offset": Tensor([1, 2, 1, 2])], targets: [target])
        #expect(abs(result[.size] - (3 + 2 + 4) / 6.0001) < 1e-6)
        // Two gradients point down, one up; the height is exact and has none.
        let gradient = result.gradient(.size).elements
        #expect(gradient[0] == 0 && abs(gradient[1] - 1 / 6.0001) < 1e-6 && gradient[2] == 0 && gradient[3] == 0)
    }

    @Test func imagesSumToTheBatch() {
        let result = RandomBatch(seed: 8, batch: 5, objects: 0...6).evaluate()
        #expect(result.perImage.count == 5)
        #expect(abs(result.perImage.reduce(0) { $0 + $1[.heatmap] } - result[.heatmap]) < 1e-9)
        #expect(abs(result.perImage.reduce(0) { $0 + $1[.size] } - result[.size]) < 1e-9)
        #expect(abs(result.perImage.reduce(0) { $0 + $1.total } - result.total) < 1e-9)
    }

    @Test func whatIsNotFiniteIsTracedToItsImage() {
        var batch = RandomBatch(seed: 5, batch: 4, objects: 2...4)
        #expect(batch.evaluate().isFinite)
        batch.logits[2, 1, 3, 3] = .nan
        var result = batch.evaluate()
        #expect(!result.isFinite)
        #expect(result.nonFiniteImages == [2])
        #expect(result.terms.nonFiniteTerms == ["heatmap"])
        let center = batch.targets[3].centers[0]
        batch.size[3, 0, center.row, center.column] = .infinity
        result = batch.evaluate()
        #expect(result.nonFiniteImages == [2, 3])
        #expect(result.terms.nonFiniteTerms == ["heatmap", "size"])
    }

    @Test func repeatsBitForBit() {
        let batch = RandomBatch(seed: 11, batch: 4, classCount: 5, rows: 33, columns: 31, objects: 1...8)
        let (first, second) = (batch.evaluate(), batch.evaluate())
        #expect(first.terms == second.terms)
        #expect(first.gradient(.heatmap) == second.gradient(.heatmap))
    }
}
