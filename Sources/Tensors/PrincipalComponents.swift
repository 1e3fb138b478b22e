import COpenBLAS

/// The directions in which the rows of a matrix differ most, and how far each row lies along them.
public struct PrincipalComponents: Sendable {
    /// `[row, component]`: each row's place along each direction, measured from the mean of all rows.
    public let projections: Tensor
    /// `[component, column]`: the directions, of length 1.
    public let directions: Tensor
    /// The singular value of each direction; its square is the share of the spread.
    public let singularValues: [Float]

    /// The first components of `[row, column]`, the columns' means taken away, from its singular vectors (LAPACK's `sgesdd`).
    ///
    /// A direction and its opposite are equally good. Which of the two LAPACK finds says nothing about the matrix, yet is the same
    /// wherever this algorithm runs on the same numbers.
    ///
    /// - Parameter count: How many; fewer are returned when the matrix has fewer rows or columns.
    /// - Returns: Nothing when the matrix is empty, or holds what is not finite.
    public init?(of matrix: Tensor, count: Int) {
        precondition(matrix.shape.count == 2, "\(matrix.shape) is not the shape of a matrix")
        let (rows, columns) = (matrix.shape[0], matrix.shape[1])
        let rank = min(rows, columns)
        guard rank > 0, count > 0 else { return nil }
        let centered = matrix.withMeansOfColumnsTaken
        guard let (values, right) = Self.rightSingularVectors(centered) else { return nil }

        let kept = min(count, rank)
        var directions = Tensor([kept, columns])
        var projections = Tensor([rows, kept])
        for component in 0..<kept {
            for column in 0..<columns { directions[component, column] = right[component + column * rank] }
        }
        centered.withElements { source in
            directions.withElements { axis in
                projections.withMutableElements { target in
                    for row in 0..<rows {
                        for component in 0..<kept {
                            var sum: Float = 0
                            for column in 0..<columns {
                                sum += source[row * columns + column] * axis[component * columns + column]
                            }
                            target[row * kept + component] = sum
                        }
                    }
                }
            }
        }
        self.projections = projections
        self.directions = directions
        singularValues = Array(values.prefix(kept))
    }

    /// All singular values, and the right singular vectors as LAPACK stores them: component `k` of column `c` at `k + c * rank`.
    private static func rightSingularVectors(_ matrix: Tensor) -> (values: [Float], vectors: [Float])? {
        var (rows, columns) = (blasint(matrix.shape[0]), blasint(matrix.shape[1]))
        let count = matrix.count
        var rank = min(rows, columns)
        var stored = [Float](repeating: 0, count: count)
        let isFinite = matrix.withElements { source in
            for row in 0..<Int(rows) {
                for column in 0..<Int(columns) {
                    stored[row + column * Int(rows)] = source[row * Int(columns) + column]
                }
            }
            return source.allSatisfy(\.isFinite)
        }
        guard isFinite else { return nil }
        var values = [Float](repeating: 0, count: Int(rank))
        var left = [Float](repeating: 0, count: Int(rows * rank))
        var right = [Float](repeating: 0, count: Int(rank * columns))
        var integerWork = [blasint](repeating: 0, count: 8 * Int(rank))
        var info: blasint = 0
        var job = CChar(UInt8(ascii: "S"))
        func solve(_ work: inout [Float], _ workCount: blasint) {
            var workCount = workCount
            sgesdd_(
                &job, &rows, &columns, &stored, &rows, &values, &left, &rows, &right, &rank, &work, &workCount,
                &integerWork, &info)
        }
        // Asked with -1, it says how much room it would like.
        var work: [Float] = [0]
        solve(&work, -1)
        work = [Float](repeating: 0, count: max(1, Int(work[0])))
        solve(&work, blasint(work.count))
        return info == 0 ? (values, right) : nil
    }
}

extension Tensor {
    fileprivate var withMeansOfColumnsTaken: Tensor {
        let (rows, columns) = (shape[0], shape[1])
        var result = self
        result.withMutableElements { elements in
            for column in 0..<columns {
                var sum: Double = 0
                for row in 0..<rows { sum += Double(elements[row * columns + column]) }
                let mean = Float(sum / Double(rows))
                for row in 0..<rows { elements[row * columns + column] -= mean }
            }
        }
        return result
    }
}
