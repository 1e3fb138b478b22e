import Boxes
import DetectionHeads
import DetectionLosses
import Foundation
import HeatmapTargets
import Tensors
import Testing

/// The losses of sizes against their definitions, by boxes about one centre.
@Suite struct SizeLossTests {
    private struct Case {
        let answer, target: (width: Double, height: Double)

        /// The size loss of one object, and its slope in width and height.
        func evaluate(_ size: SizeLoss, at answer: (width: Double, height: Double)? = nil) -> LossResult {
            let answer = answer ?? self.answer
            let center = DetectionTargets.Center(
                classIndex: 0, row: 1, column: 2, width: Float(target.width), height: Float(target.height),
                offsetX: 0.5, offsetY: 0.5)
            var heatmap = Tensor([1, 3, 4])
            heatmap[0, 1, 2] = 1
            var map = Tensor([1, 2, 3, 4])
            map[0, 0, 1, 2] = Float(answer.width)
            map[0, 1, 1, 2] = Float(answer.height)
            return DetectionLoss(weights: LossWeights([.size: 1]), size: size).evaluate(
                ["heatmap": Tensor([1, 1, 3, 4]), "size": map, "offset": Tensor([1, 2, 3, 4])],
                targets: [DetectionTargets(heatmap: heatmap, centers: [center])])
        }

        func scaled(_ factor: Double) -> Case {
            Case(
                answer: (answer.width * factor, answer.height * factor),
                target: (target.width * factor, target.height * factor))
        }

        /// What the papers define.
        func definition(_ size: SizeLoss) -> Double {
            let boxes = [answer, target].map {
                Box<OutputCells>(centerX: 0, centerY: 0, width: $0.width, height: $0.height)
            }
            let iou = boxes[0].intersectionOverUnion(boxes[1])
            let enclosing = max(answer.width, target.width) * max(answer.height, target.height)
            let union = boxes[0].area + boxes[1].area - boxes[0].intersection(boxes[1]).area
            let angle = atan(target.width / target.height) - atan(answer.width / answer.height)
            let proportion = 4 / (Double.pi * Double.pi) * angle * angle
            return switch size {
            case .l1: (abs(answer.width - target.width) + abs(answer.height - target.height)) / 2
            case .relative:
                (abs(answer.width / target.width - 1) + abs(answer.height / target.height - 1)) / 2
            case .giou: 1 - iou + (enclosing - union) / enclosing
            case .ciou: 1 - iou + (proportion == 0 ? 0 : proportion * proportion / (1 - iou + proportion))
            }
        }
    }

    private static let cases: [Case] = {
        var random = SeededGenerator(3)
        return (0..<40).map { _ in
            func extent() -> Double { exp(random.uniform(0.1, 4)) }
            let target = (extent(), extent())
            // Answers of an eighth of the extent and more follow the definition.
            return Case(
                answer: (target.0 * random.uniform(0.2, 2.5), target.1 * random.uniform(0.2, 2.5)), target: target)
        }
    }()

    @Test(arguments: SizeLoss.allCases) func valuesFollowTheDefinition(size: SizeLoss) {
        for one in Self.cases {
            let (value, expected) = (one.evaluate(size)[.size], one.definition(size))
            // The divisor is the number of values and 0.0001.
            #expect(abs(value * 2.0001 / 2 - expected) < 1e-5 * max(1, expected), "\(one)")
        }
    }

    @Test(arguments: SizeLoss.allCases) func aRightAnswerCostsNothing(size: SizeLoss) {
        for one in Self.cases {
            #expect(abs(Case(answer: one.target, target: one.target).evaluate(size)[.size]) < 1e-6)
        }
    }

    @Test(arguments: [SizeLoss.relative, .giou, .ciou]) func allSizesCountAlike(size: SizeLoss) {
        for one in Self.cases {
            #expect(abs(one.evaluate(size)[.size] - one.scaled(7).evaluate(size)[.size]) < 1e-4)
        }
    }

    @Test(arguments: [SizeLoss.l1, .relative, .giou]) func gradientsAreSlopes(size: SizeLoss) {
        for one in Self.cases {
            let (wide, high) = (one.answer.width, one.answer.height)
            let gradient = one.evaluate(size).gradient(.size)
            for (axis, extent) in [wide, high].enumerated() {
                let step = extent / 512
                // At the target the slope turns.
                let target = axis == 0 ? one.target.width : one.target.height
                if abs(extent - target) <= step { continue }
                let above = one.evaluate(size, at: axis == 0 ? (wide + step, high) : (wide, high + step))[.size]
                let below = one.evaluate(size, at: axis == 0 ? (wide - step, high) : (wide, high - step))[.size]
                let slope = (above - below) / (2 * step)
                #expect(abs(Double(gradient[0, axis, 1, 2]) - slope) < 2e-3 * max(abs(slope), 1 / extent), "\(one)")
            }
        }
    }

    @Test func proportionsPullWithoutTheirOwnWeight() {
        for one in Self.cases {
            let iou = Box<OutputCells>(centerX: 0, centerY: 0, width: one.answer.width, height: one.answer.height)
                .intersectionOverUnion(
                    Box(centerX: 0, centerY: 0, width: one.target.width, height: one.target.height))
            func proportion(_ width: Double, _ height: Double) -> Double {
                let angle = atan(one.target.width / one.target.height) - atan(width / height)
                return 4 / (Double.pi * Double.pi) * angle * angle
            }
            let (wide, high) = (one.answer.width, one.answer.height)
            let weight = proportion(wide, high) / (1 - iou + proportion(wide, high))
            let step = wide / 512
            let slope = (proportion(wide + step, high) - proportion(wide - step, high)) / (2 * step) * weight
            // The rest is the slope of the IoU alone, which the generalized one has, too, where one box holds the other.
            let holds = (one.answer.width > one.target.width) == (one.answer.height > one.target.height)
            guard holds else { continue }
            let difference =
                one.evaluate(.ciou).gradient(.size)[0, 0, 1, 2] - one.evaluate(.giou).gradient(.size)[0, 0, 1, 2]
            #expect(abs(Double(difference) - slope) < 2e-3 * max(abs(slope), 1 / wide), "\(one)")
        }
    }

    @Test(arguments: SizeLoss.allCases, [-3.0, 0, 0.01]) func hopelessAnswersGrow(size: SizeLoss, answer: Double) {
        let result = Case(answer: (answer, answer), target: (20, 9)).evaluate(size)
        let gradient = result.gradient(.size)
        #expect(gradient[0, 0, 1, 2] < 0 && gradient[0, 1, 1, 2] < 0 && result.isFinite)
        #expect(result[.size] >= Case(answer: (answer + 1, answer + 1), target: (20, 9)).evaluate(size)[.size])
    }

    @Test func aCellCountsByItsWeight() throws {
        func result(_ weight: Float) -> LossResult {
            let cells = [(1, weight), (2, 1 - weight)].map { column, weight in
                DetectionTargets.Center(
                    classIndex: 0, row: 0, column: column, width: 4, height: 6, offsetX: 0.5, offsetY: 0.5,
                    weight: weight)
            }
            let targets = DetectionTargets(
                heatmap: Tensor([1, 1, 4]), centers: [cells[0]], neighbors: [cells[1]])
            var size = Tensor([1, 2, 1, 4])
            size[0, 0, 0, 1] = 14
            (size[0, 1, 0, 1], size[0, 0, 0, 2], size[0, 1, 0, 2]) = (6, 4, 6)
            return DetectionLoss().evaluate(
                ["heatmap": Tensor([1, 1, 1, 4]), "size": size, "offset": Tensor([1, 2, 1, 4])], targets: [targets])
        }
        // One object, whose first cell is off by 10 cells.
        #expect(abs(result(1)[.size] - 5) < 1e-3 && abs(result(0.25)[.size] - 1.25) < 1e-3)
        #expect(abs(result(0.25).gradient(.size)[0, 0, 0, 1] - 0.25 * result(1).gradient(.size)[0, 0, 0, 1]) < 1e-6)
    }
}
