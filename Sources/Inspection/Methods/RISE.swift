import Tensors

/// RISE: `L = 1 / (count p) * sum over masks of y(M x) M`, for random masks `M` that show each place with probability `p`.
///
/// A mask is a small grid of zeros and ones, stretched bilinearly to a little more than the image and cut out at a random place.
/// Petsiuk, Das and Saenko, "RISE: Randomized Input Sampling for Explanation of Black-box Models" (2018), equation 6 and section 3.2.
/// Costs a forward pass per mask; some thousands are needed for a smooth map.
///
/// - Parameters:
///   - input: `[3, row, column]`, normalized; where a mask is zero the network sees zeros, the mean colour.
/// - score: The target; a probability in the paper.
/// - masks: The number of masks.
/// - cells: The number of cells along each side of the grid.
/// - probability: The probability that a cell of the grid is shown.
/// - seed: The same seed gives the same masks, for any number of threads.
///   - batchSize: Images scored at once; the last batch may be smaller.
/// - Returns: `[row, column]` of the input, raw.
/// - Throws: Whatever the scorer throws.
public func rise(
    input: Tensor, score: @escaping Score, masks count: Int = 4000, cells: Int = 7, probability: Double = 0.5,
    seed: UInt64, batchSize: Int = 16
) throws -> Tensor {
    precondition(count > 0 && cells > 0, "\(count) masks of \(cells) x \(cells) cells: both numbers must be positive")
    precondition(probability > 0 && probability <= 1, "\(probability) is not the probability that a cell is shown")
    let makeMask = RandomMask(
        rows: input.shape[1], columns: input.shape[2], cells: cells, probability: probability, seed: seed)
    var map = Tensor([input.shape[1], input.shape[2]])
    try MaskedScores(input: input, batchSize: batchSize, score: score).forEachBatch(of: count) { index, mask in
        makeMask(index, mask)
    } use: { masks, scores in
        map.add(weightedChannelSum(masks, weights: scores), times: 1 / (Float(count) * Float(probability)))
    }
    return map
}

/// RISE's masks, each a function of its index alone.
private struct RandomMask {
    private let rows: Int
    private let columns: Int
    private let cells: Int
    private let probability: Double
    private let seed: UInt64
    /// The size of a grid cell in pixels, rounded up: the room for random shifts.
    private let cellRows: Int
    private let cellColumns: Int
    private let resize: MapResize

    init(rows: Int, columns: Int, cells: Int, probability: Double, seed: UInt64) {
        (self.rows, self.columns, self.cells) = (rows, columns, cells)
        (self.probability, self.seed) = (probability, seed)
        cellRows = (rows + cells - 1) / cells
        cellColumns = (columns + cells - 1) / cells
        resize = MapResize(from: (cells, cells), to: ((cells + 1) * cellRows, (cells + 1) * cellColumns))
    }

    func callAsFunction(_ index: Int, _ mask: UnsafeMutableBufferPointer<Float>) {
        var random = SeededGenerator(seed, index)
        let grid = (0..<cells * cells).map { _ in random.chance(probability) ? Float(1) : 0 }
        let top = random.integer(in: 0...cellRows - 1)
        let left = random.integer(in: 0...cellColumns - 1)
        let width = (cells + 1) * cellColumns
        withUnsafeTemporaryAllocation(of: Float.self, capacity: (cells + 1) * cellRows * width) { stretched in
            grid.withUnsafeBufferPointer { resize.apply($0, into: stretched) }
            for row in 0..<rows {
                for column in 0..<columns {
                    mask[row * columns + column] = stretched[(top + row) * width + left + column]
                }
            }
        }
    }
}
