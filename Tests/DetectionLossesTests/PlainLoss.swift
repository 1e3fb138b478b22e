import Boxes
import DetectionHeads
import DetectionLosses
import Foundation
import HeatmapTargets
import Tensors

/// A simple reference implementation of the loss and its gradient in double precision.
enum PlainLoss {
    static func focal(_ logits: [Double], _ target: [Float], alpha: Int, beta: Int) -> Double {
        var (sum, peaks) = (0.0, 0)
        for (logit, target) in zip(logits, target.map(Double.init)) {
            let p = min(max(1 / (1 + exp(-logit)), 1e-4), 1 - 1e-4)
            if target == 1 {
                peaks += 1
                sum -= pow(1 - p, Double(alpha)) * log(p)
            } else {
                sum -= pow(1 - target, Double(beta)) * pow(p, Double(alpha)) * log(1 - p)
            }
        }
        return sum / Double(max(peaks, 1))
    }

    static func regression(_ map: Tensor, _ targets: [DetectionTargets], _ wanted: (DetectionTargets.Center) -> [Float])
        -> Double
    {
        var (sum, count) = (0.0, 1e-4)
        for (image, target) in targets.enumerated() {
            for center in target.centers {
                for axis in 0...1 {
                    sum += Double(abs(map[image, axis, center.row, center.column] - wanted(center)[axis]))
                    count += 1
                }
            }
        }
        return sum / count
    }
}

/// A batch of random heads and targets.
struct RandomBatch {
    var logits, size, offset: Tensor
    var targets: [DetectionTargets]

    init(seed: UInt64, batch: Int = 2, classCount: Int = 3, rows: Int = 7, columns: Int = 9, objects: ClosedRange<Int>)
    {
        var random = SeededGenerator(seed)
        func tensor(_ shape: [Int], _ scale: Double) -> Tensor {
            Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.normal() * scale) })
        }
        logits = tensor([batch, classCount, rows, columns], 4)
        size = tensor([batch, 2, rows, columns], 5)
        offset = tensor([batch, 2, rows, columns], 1)
        targets = (0..<batch).map { _ in
            DetectionTargets.render(
                (0..<random.integer(in: objects)).map { _ in
                    TargetObject(
                        classIndex: random.integer(in: 0...classCount - 1),
                        box: Box(
                            centerX: random.uniform(0, Double(columns)), centerY: random.uniform(0, Double(rows)),
                            width: random.uniform(1, 8), height: random.uniform(1, 8)))
                }, classCount: classCount, rows: rows, columns: columns)
        }
    }

    func evaluate(_ loss: DetectionLoss = DetectionLoss()) -> LossResult {
        loss.evaluate(
            ["heatmap": logits, "size": size, "offset": offset], targets: targets)
    }
}

extension LossResult {
    /// The gradient with respect to the output of a head; empty where there is none.
    func gradient(_ head: DetectionHead) -> Tensor { gradients[head.name] ?? Tensor([0]) }
}
