import Boxes

/// Applies greedy non-maximum suppression, as detectors with anchors use it: drops every box whose IoU with a higher-scoring box of its
/// class is above a threshold.
///
/// - Parameters:
///   - overlap: The IoU threshold.
///   - limit: The maximum number of remaining detections, over all classes.
/// - Returns: The remaining detections by descending score; equal scores in the order given.
public func nonMaximumSuppression<Space>(
    _ detections: [Detection<Space>], overlap: Double, limit: Int
) -> [Detection<Space>] {
    suppression(detections, limit: limit) { $0.intersectionOverUnion($1) > overlap }
}

/// Greedy suppression: drops every detection whose box repeats a higher-scoring one of its class.
func suppression<Space>(
    _ detections: [Detection<Space>], limit: Int, repeats: (_ kept: Box<Space>, _ box: Box<Space>) -> Bool
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
        if surer.contains(where: { repeats($0, detection.box) }) { continue }
        byClass[detection.classIndex] = surer + [detection.box]
        kept.append(detection)
    }
    return kept
}
