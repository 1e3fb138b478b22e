/// The two cells that a coordinate lies between, and the share of the second: cell `i` has its centre at `i + ½`, and beyond the outermost
/// centres the outermost cells repeat.
struct CellNeighbours {
    let low, high: Int
    let highShare: Float

    @inline(__always)
    init(of coordinate: Double, count: Int) {
        let position = max(0, min(coordinate - 0.5, Double(count - 1)))
        low = Int(position)
        high = min(low + 1, count - 1)
        highShare = Float(position - Double(low))
    }
}
