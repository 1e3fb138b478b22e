import DetectionHeads
import HeatmapTargets

/// What the sums of each head's loss are divided by: the number of values that are learned.
///
/// The targets alone decide it, so it is known before a network has answered. Where the gradients of several batches make one
/// step, on this machine or on others, each batch's loss is divided by the normalizers of all together:
///
///     var normalizers = LossNormalizers(first.targets)
///     normalizers += LossNormalizers(second.targets)
///     let loss = DetectionLoss().evaluate(outputs, targets: first.targets, normalizers: normalizers)
public struct LossNormalizers: Hashable, Sendable {
    private var counts: [DetectionHead: Int] = [:]

    /// The normalizers of a batch.
    public init(_ targets: [DetectionTargets]) {
        for head in targets.heads {
            counts[head] = targets.reduce(0) { $0 + $1.target(for: head).valueCount }
        }
    }

    /// How many values of a head are learned: peaks of a heatmap, twice the places of a regression.
    public func count(_ head: DetectionHead) -> Int { counts[head] ?? 0 }

    /// The normalizers of both batches together.
    public static func += (left: inout LossNormalizers, right: LossNormalizers) {
        left.counts.merge(right.counts, uniquingKeysWith: +)
    }
}

extension [DetectionTargets] {
    /// The heads that a network for these targets has.
    var heads: [DetectionHead] {
        DetectionHead.all(
            keypointCount: first?.keypoints?.heatmap.shape[0] ?? 0, objects: first?.objectKind ?? .boxes)
    }
}
