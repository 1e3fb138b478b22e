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
    suppression(detections, limit: limit) { $0.centerDistance(to: $1) <= distance }
}
