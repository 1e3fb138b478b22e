import Tensors

/// The number below which a share of all numbers lies, between two of them when need be: NumPy's `percentile`, whose place
/// among the sorted numbers is `percent / 100 * (count - 1)`.
///
/// - Parameter percent: In `0...100`.
/// - Returns: Not a number when there are none.
package func percentile(_ percent: Double, of map: Tensor) -> Float {
    precondition((0...100).contains(percent), "\(percent) is not a percentage")
    guard map.count > 0 else { return .nan }
    let sorted = map.elements.sorted()
    let place = percent / 100 * Double(sorted.count - 1)
    let (lower, share) = (Int(place), Float(place - place.rounded(.down)))
    let upper = min(lower + 1, sorted.count - 1)
    return sorted[lower] + (sorted[upper] - sorted[lower]) * share
}
