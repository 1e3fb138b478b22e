import Boxes
import Foundation

/// Merges the detections of several passes over one image by lowering scores instead of dropping boxes (Bodla et al., "Soft-NMS", 2017, the
/// Gaussian form): by descending score, the scores of all remaining boxes of the same class are multiplied by `exp(-IoU^2 / sigma)`, and
/// boxes whose score falls below `floor` are dropped.
///
/// Overlap is measured on continuous boxes; CenterNet's code adds one pixel to width and height here.
///
/// - Returns: At most `limit` detections over all classes by descending score; equal scores in the order given.
public func softNonMaximumSuppression<Space>(
    _ detections: [Detection<Space>], sigma: Double = 0.5, floor: Float = 0.001, limit: Int = 100
) -> [Detection<Space>] {
    precondition(sigma > 0, "sigma is \(sigma), but must be above 0")
    var kept: [(order: Int, detection: Detection<Space>)] = []
    let usable = detections.enumerated().filter { !$0.element.score.isNaN && $0.element.box.isFinite }
    for (_, members) in Dictionary(grouping: usable, by: { $0.element.classIndex }) {
        var left = members.map { (order: $0.offset, detection: $0.element) }
        while let best = left.indices.min(by: { precedes(left[$0], left[$1]) }) {
            let winner = left.remove(at: best)
            kept.append(winner)
            left = left.compactMap { order, other in
                let overlap = winner.detection.box.intersectionOverUnion(other.box)
                guard overlap > 0 else { return (order, other) }
                var lowered = other
                lowered.score *= Float(exp(-overlap * overlap / sigma))
                return lowered.score < floor ? nil : (order, lowered)
            }
        }
    }
    return kept.sorted(by: precedes).prefix(limit).map(\.detection)
}

private func precedes<Space>(
    _ left: (order: Int, detection: Detection<Space>), _ right: (order: Int, detection: Detection<Space>)
) -> Bool {
    left.detection.score != right.detection.score
        ? left.detection.score > right.detection.score : left.order < right.order
}
