import DetectionHeads
import HeatmapTargets
import Tensors

/// The loss of one head over a batch: sums, and what they are divided by.
struct HeadLoss {
    /// One sum per image.
    var sums: [Double]
    /// What the sums are divided by.
    var divisor: Double
    /// `[batch, channel, row, column]`: the gradient of the sums, times the weight and divided by the divisor.
    var gradient: Tensor
    /// Peaks of a heatmap whose probability is at the lower clamp.
    var missedPeakCount = 0

    /// Each image's part of the loss.
    var perImage: [Double] { sums.map { $0 / divisor } }
}

extension DetectionLoss {
    /// The loss of one head: the place where each of ``DetectionHead/Loss`` is what it is.
    ///
    /// - Parameter count: How many values are learned, over all that is divided by.
    func loss(of head: DetectionHead, _ map: Tensor, _ targets: [DetectionTargets], count: Int) -> HeadLoss {
        if let target = targets.first {
            let expected = target.shape(of: head, batch: targets.count)
            precondition(map.shape == expected, "\(head.name) is \(map.shape), and the targets ask for \(expected)")
        }
        let targets = targets.map { $0.target(for: head) }
        return switch head.loss {
        case .focal:
            focal.loss(
                map, targets, count: count, weight: weights[head],
                channelWeights: head.channels == .perClass ? classWeights : [])
        case .l1:
            regressionLoss(
                map, targets, count: count, weight: weights[head],
                measure: head == .size ? size.pairLoss : PairLoss.l1)
        }
    }
}
