/// The two neighbours that a coordinate lies between, and their weights; a neighbour outside the image has weight zero.
struct LinearSample {
    var low = 0
    var high = 0
    var lowWeight: Float = 0
    var highWeight: Float = 0

    /// Whether any neighbour is inside the image.
    var sees: Bool { lowWeight != 0 || highWeight != 0 }

    /// - Parameters:
    /// - coordinate: Continuous: pixel `i` has its centre at `i + ½`.
    /// - repeatsEdges: Whether the outer half of a border pixel keeps that pixel's colour instead of being blended with the outside.
    init(at coordinate: Double, extent: Int, repeatsEdges: Bool = false) {
        var position = coordinate - 0.5
        if repeatsEdges && coordinate > 0 && coordinate < Double(extent) {
            position = min(max(position, 0), Double(extent - 1))
        }
        guard position > -1, position < Double(extent) else { return }
        let below = Int(position.rounded(.down))
        let share = Float(position - Double(below))
        if below >= 0 { (low, lowWeight) = (below, 1 - share) }
        if below + 1 < extent { (high, highWeight) = (below + 1, share) }
        // A neighbour of weight zero is still read, so it must be inside: at the other's position.
        if below < 0 { low = high }
        if below + 1 >= extent { high = low }
    }
}
