import Boxes

/// The radius of the peak of an object that is a point: fixed, and smaller where neighbours are near, so that the peaks of a crowd stay
/// apart.
///
///     min(cells of the class, neighbourShare * distance to the nearest point of the class)
///
/// rounded down to whole cells. As with boxes, the peak's standard deviation is a third of the radius: `(2 radius + 1) / 6`.
public struct PointRadius: Hashable, Sendable {
    /// The largest radius in output cells: of all classes, or one for each.
    public var cells: [Double]
    /// The largest share of the distance to the nearest point of the same class; 0 disregards neighbours.
    public var neighbourShare: Double

    /// Creates radii, by default of at most 2 cells and half of the distance to the nearest neighbour.
    public init(cells: [Double] = [2], neighbourShare: Double = 0.5) {
        self.cells = cells
        self.neighbourShare = neighbourShare
    }

    /// Returns the radius of each object in whole cells; 0 for a box.
    ///
    /// - Precondition: There is one largest radius for all classes, or one for each.
    func radii(of objects: [TargetObject], classCount: Int) -> [Int] {
        precondition(
            cells.count == 1 || cells.count == classCount, "\(cells.count) radii of points for \(classCount) classes")
        var radii = [Int](repeating: 0, count: objects.count)
        let points = objects.indices.filter { objects[$0].kind == .points && objects[$0].box.isFinite }
        for (classIndex, members) in Dictionary(grouping: points, by: { objects[$0].classIndex }) {
            let limit = cells[cells.count == 1 ? 0 : classIndex]
            // Neighbours beyond this distance change nothing.
            let reach = neighbourShare > 0 ? limit / neighbourShare : 0
            let order = members.sorted { objects[$0].box.centerX < objects[$1].box.centerX }
            var nearest = [Double](repeating: .infinity, count: order.count)
            for (place, index) in order.enumerated() {
                let box = objects[index].box
                for other in place + 1..<max(place + 1, order.count) {
                    let neighbour = objects[order[other]].box
                    // Sorted by x: from here on, all are farther away.
                    if neighbour.centerX - box.centerX >= reach { break }
                    let distance = box.centerDistance(to: neighbour)
                    nearest[place] = min(nearest[place], distance)
                    nearest[other] = min(nearest[other], distance)
                }
                // No map is a million cells wide.
                let radius = neighbourShare > 0 ? min(limit, neighbourShare * nearest[place]) : limit
                radii[index] = Int(max(0, min(radius, 1e6)))
            }
        }
        return radii
    }
}
