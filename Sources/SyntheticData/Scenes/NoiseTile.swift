import Tensors

/// A square of noise with the spectrum of photographs, which repeats in both directions.
///
/// In photographs the amplitude falls with one over the frequency, therefore each octave has about as much contrast as the next
/// (Field, "Relations between the statistics of natural images and the response properties of cortical cells", 1987).
package struct NoiseTile: Sendable {
    package static let side = 256
    /// Numbers with mean 0 and variance 1, row by row.
    package let values: [Float]

    /// Creates noise by doubling a grid of random numbers again and again, and adding random numbers each time.
    ///
    /// - Parameter persistence: The contrast of each octave in relation to the one that is twice as coarse.
    package init(persistence: Double, random: inout SeededGenerator) {
        var side = 2
        var amplitude = 1.0
        var grid = (0..<side * side).map { _ in Float(random.uniform(-1, 1)) }
        while side < Self.side {
            grid = Self.doubled(grid, side)
            side *= 2
            amplitude *= persistence
            for index in stride(from: 0, to: grid.count, by: 4) {
                // Four numbers of 16 bits.
                var bits = random.next()
                for place in index..<index + 4 {
                    grid[place] += Float(amplitude) * (Float(bits & 0xffff) * 0x1p-15 - 1)
                    bits >>= 16
                }
            }
        }
        var (sum, squares) = (0.0, 0.0)
        for value in grid {
            sum += Double(value)
            squares += Double(value) * Double(value)
        }
        let mean = sum / Double(grid.count)
        let scale = 1 / max(squares / Double(grid.count) - mean * mean, 1e-9).squareRoot()
        values = grid.map { Float((Double($0) - mean) * scale) }
    }

    /// Doubles a grid in both directions; repeating this leads to quadratic B-splines, which show no trace of the grid.
    private static func doubled(_ grid: [Float], _ side: Int) -> [Float] {
        var wide = [Float](repeating: 0, count: 2 * side * side)
        for row in 0..<side {
            for column in 0..<side {
                let center = 0.75 * grid[row * side + column]
                let place = 2 * (row * side + column)
                wide[place] = center + 0.25 * grid[row * side + (column + side - 1) % side]
                wide[place + 1] = center + 0.25 * grid[row * side + (column + 1) % side]
            }
        }
        let width = 2 * side
        var doubled = [Float](repeating: 0, count: 2 * width * side)
        for row in 0..<side {
            let (above, below) = ((row + side - 1) % side * width, (row + 1) % side * width)
            for column in 0..<width {
                let center = 0.75 * wide[row * width + column]
                doubled[2 * row * width + column] = center + 0.25 * wide[above + column]
                doubled[(2 * row + 1) * width + column] = center + 0.25 * wide[below + column]
            }
        }
        return doubled
    }

    /// Returns the noise at a point, where one unit is the whole tile.
    package func callAsFunction(_ point: Point) -> Double {
        let x = point.x * Double(Self.side)
        let y = point.y * Double(Self.side)
        let (left, top) = (x.rounded(.down), y.rounded(.down))
        let (u, v) = (Float(x - left), Float(y - top))
        let (column, row) = (Int(left) & (Self.side - 1), Int(top) & (Self.side - 1))
        let nextColumn = (column + 1) & (Self.side - 1)
        let (here, below) = (row * Self.side, ((row + 1) & (Self.side - 1)) * Self.side)
        let upper = values[here + column] + u * (values[here + nextColumn] - values[here + column])
        let lower = values[below + column] + u * (values[below + nextColumn] - values[below + column])
        return Double(upper + v * (lower - upper))
    }
}
