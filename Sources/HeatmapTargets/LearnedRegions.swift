import Foundation

extension DetectionTargets {
    /// Returns the centres of objects and the cells around them in which size and offset are learned too, each with its weight.
    ///
    /// The weights of an object's cells are a Gaussian about its centre whose standard deviation is a sixth of `share` of the box's width
    /// and height, cut at half of that share, and add up to 1 (Liu et al., "Training-Time-Friendly Network", arXiv:1909.00700, section 3,
    /// where the share is 0.54). A cell that several objects reach belongs to that whose Gaussian is highest there, among equals to the first;
    /// a centre's cell belongs to its own object.
    static func learnedRegions(
        of centers: [Center], share: Double, rows: Int, columns: Int
    ) -> (centers: [Center], neighbors: [Center]) {
        var owners = [Int](repeating: -1, count: rows * columns)
        var heights = [Double](repeating: 0, count: rows * columns)
        for (index, center) in centers.enumerated() {
            center.forEachCell(within: share, rows: rows, columns: columns) { row, column, height in
                let cell = row * columns + column
                if height > heights[cell] { (owners[cell], heights[cell]) = (index, height) }
            }
        }
        for center in centers { owners[center.row * columns + center.column] = -1 }
        var sums = [Double](repeating: 1, count: centers.count)
        for (cell, owner) in owners.enumerated() where owner >= 0 { sums[owner] += heights[cell] }
        var weighted = centers
        for index in centers.indices { weighted[index].weight = Float(1 / sums[index]) }
        var neighbors: [Center] = []
        for (cell, owner) in owners.enumerated() where owner >= 0 {
            var neighbor = centers[owner]
            let (row, column) = (cell / columns, cell % columns)
            neighbor.offsetX += Float(neighbor.column - column)
            neighbor.offsetY += Float(neighbor.row - row)
            (neighbor.row, neighbor.column) = (row, column)
            neighbor.weight = Float(heights[cell] / sums[owner])
            neighbors.append(neighbor)
        }
        return (weighted, neighbors)
    }
}

extension DetectionTargets.Center {
    /// Calls a function with each cell within half of a share of the box from the centre's cell, and the Gaussian's height there.
    fileprivate func forEachCell(
        within share: Double, rows: Int, columns: Int, _ body: (_ row: Int, _ column: Int, _ height: Double) -> Void
    ) {
        let (spanX, spanY) = (Double(width) * share, Double(height) * share)
        let (reachX, reachY) = (Int(min(spanX / 2, Double(columns))), Int(min(spanY / 2, Double(rows))))
        for y in max(0, row - reachY)...min(rows - 1, row + reachY) {
            for x in max(0, column - reachX)...min(columns - 1, column + reachX) {
                let (right, down) = (Double(x - column) / max(spanX, 1e-9), Double(y - row) / max(spanY, 1e-9))
                body(y, x, exp(-18 * (right * right + down * down)))
            }
        }
    }
}
