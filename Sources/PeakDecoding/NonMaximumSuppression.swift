import Boxes

/// Drops every box that overlaps a surer one of its class by more than a share of their union: greedy suppression, as all detectors
/// with anchors use it.
///
/// - Parameters:
///   - overlap: The intersection over union from which on the less sure one goes.
///   - limit: The most detections that remain, over all classes.
/// - Returns: what remains, the surest first; of equal scores the one given first.
public func nonMaximumSuppression<Space>(
    _ detections: [Detection<Space>], overlap: Double, limit: Int
) -> [Detection<Space>] {
    let usable = detections.filter { $0.score.isFinite && $0.box.isFinite }
    let order = usable.indices.sorted { one, other in
        usable[one].score != usable[other].score ? usable[one].score > usable[other].score : one < other
    }
    var kept: [Detection<Space>] = []
    var byClass: [Int: [Box<Space>]] = [:]
    for index in order {
        if kept.count == limit { break }
        let detection = usable[index]
        let surer = byClass[detection.classIndex] ?? []
        if surer.contains(where: { $0.intersectionOverUnion(detection.box) > overlap }) { continue }
        byClass[detection.classIndex] = surer + [detection.box]
        kept.append(detection)
    }
    return kept
}
