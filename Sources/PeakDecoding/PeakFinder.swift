/// A local maximum of a map.
struct Peak: Comparable {
    let score: Float
    /// The position in row-major order.
    let index: Int

    /// Orders higher peaks first; equal ones in the order of the map.
    static func < (left: Peak, right: Peak) -> Bool {
        left.score != right.score ? left.score > right.score : left.index < right.index
    }
}

/// Finds the highest local maxima of one plane.
struct PeakFinder {
    let rows, columns: Int
    /// The maximum distance of a neighbour along each axis, in cells.
    let reach: Int
    let limit: Int

    /// Returns at most `limit` peaks, the highest first.
    func peaks(of plane: UnsafeBufferPointer<Float>) -> [Peak] {
        guard limit > 0 else { return [] }
        var found: [Peak] = []
        // A cell at or below the bar cannot be among the highest: in row-major order, later cells lose ties.
        var bar: Float = 0
        for row in 0..<rows {
            for column in 0..<columns {
                let index = row * columns + column
                let score = plane[index]
                // False for NaN, too.
                guard score > bar, isPeak(score, row, column, plane) else { continue }
                found.append(Peak(score: score, index: index))
                if found.count >= 4 * limit {
                    found.sort()
                    found.removeSubrange(limit...)
                    bar = found[limit - 1].score
                }
            }
        }
        found.sort()
        return Array(found.prefix(limit))
    }

    private func isPeak(_ score: Float, _ row: Int, _ column: Int, _ plane: UnsafeBufferPointer<Float>) -> Bool {
        let (left, right) = (max(0, column - reach), min(columns - 1, column + reach))
        for y in max(0, row - reach)...min(rows - 1, row + reach) {
            for x in left...right where plane[y * columns + x] > score { return false }
        }
        return true
    }

    /// Returns the largest neighbour above a cell's value, the first of equal ones; nil when none is larger.
    func winner(over index: Int, in plane: UnsafeBufferPointer<Float>) -> Int? {
        let (row, column) = (index / columns, index % columns)
        var (best, winner) = (plane[index], Int?.none)
        for y in max(0, row - reach)...min(rows - 1, row + reach) {
            for x in max(0, column - reach)...min(columns - 1, column + reach) where plane[y * columns + x] > best {
                best = plane[y * columns + x]
                winner = y * columns + x
            }
        }
        return winner
    }
}
