import Tensors

/// Returns a percentile with linear interpolation, like NumPy's `percentile`: its position among the sorted numbers is `percent / 100 *
/// (count - 1)`.
///
/// - Parameter percent: In `0...100`.
/// - Returns: NaN when the map is empty.
package func percentile(_ percent: Double, of map: Tensor) -> Float {
    precondition((0...100).contains(percent), "\(percent) is not a percentage")
    guard map.count > 0 else { return .nan }
    let sorted = map.elements.sorted()
    let place = percent / 100 * Double(sorted.count - 1)
    let (lower, share) = (Int(place), Float(place - place.rounded(.down)))
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (sorted[upper] - sorted[lower]) * share
}
