import Boxes

/// Merges the points that several passes over one image found: drops each that is near one of its class with a higher score.
///
/// Points have no overlap that ``softNonMaximumSuppression(_:sigma:floor:limit:)`` could measure.
///
/// - Parameters:
///   - distance: The distance up to which two points count as the same object.
///   - limit: The maximum number of remaining detections, over all classes.
/// - Returns: The remaining detections by descending score; equal scores in the order given.
public func pointSuppression<Space>(
    _ detections: [Detection<Space>], distance: Double, limit: Int
) -> [Detection<Space>] {
    let usable = detections.filter { $0.score.isFinite && $0.box.isFinite }
    let order = usable.indices.sorted { one, other in
        usable[one].score != usable[other].score ? usable[one].score > usable[other].score : one < other
    }
    var kept: [Detection<Space>] = []
    for index in order {
        if kept.count == limit { break }
        let detection = usable[index]
        let isTaken = kept.contains {
            $0.classIndex == detection.classIndex && $0.box.centerDistance(to: detection.box) <= distance
        }
        if !isTaken { kept.append(detection) }
    }
    return kept
}
