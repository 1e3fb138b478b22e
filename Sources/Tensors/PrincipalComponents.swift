/// The directions of greatest variance among the rows of a matrix, and each row's projections on them.
public struct PrincipalComponents: Sendable {
    /// `[row, component]`: each row's coordinate along each direction, measured from the mean of all rows.
    public let projections: Tensor
    /// `[component, column]`: the directions, of length 1.
    public let directions: Tensor
    /// The singular value of each direction; its square is proportional to the explained variance.
    public let singularValues: [Float]

    /// Computes the first components of `[row, column]`, with the columns' means subtracted, from its singular vectors (LAPACK's `dgesdd`).
    ///
    /// The sign of a direction is arbitrary; it is the one that NumPy finds for the same numbers. Where columns depend on each other, a
    /// change in a number's last bit may flip it.
    ///
    /// - Parameter count: The number of components; fewer are returned when the matrix has fewer rows or columns.
    /// - Returns: Nil when the matrix is empty or holds values that are not finite.
    public init?(of matrix: Tensor, count: Int) {
        precondition(matrix.shape.count == 2, "\(matrix.shape) is not the shape of a matrix")
        self.init(ofColumns: matrix.transposedMatrix, count: count)
    }

    /// Computes the same for a matrix stored column by column, `[column, row]`: a layer's channels are the columns of a matrix whose rows
    /// are its cells.
    public init?(ofColumns matrix: Tensor, count: Int) {
        precondition(matrix.shape.count == 2, "\(matrix.shape) is not the shape of a matrix")
        let (columns, rows) = (matrix.shape[0], matrix.shape[1])
        let rank = min(rows, columns)
        guard rank > 0, count > 0 else { return nil }
        let centered = matrix.withMeansOfRowsTaken
        guard centered.withElements({ $0.allSatisfy(\.isFinite) }),
            let (values, right) = rightSingularVectors(ofColumns: centered)
        else { return nil }

        let kept = min(count, rank)
        var directions = Tensor(uninitialized: [kept, columns])
        directions.withMutableElements { target in
            for index in target.indices {
                target[index] = Float(right[index / columns + index % columns * rank])
            }
        }
        singularValues = values.prefix(kept).map { Float($0) }
        projections = Self.projections(of: centered, on: directions)
        self.directions = directions
    }

    /// Returns the projections `[row, component]`, added up column by column, as the matrix is stored.
    private static func projections(of matrix: Tensor, on directions: Tensor) -> Tensor {
        let (columns, rows, kept) = (matrix.shape[0], matrix.shape[1], directions.shape[0])
        var sums = Tensor([kept, rows])
        sums.withMutableElements { sums in
            matrix.withElements { matrix in
                directions.withElements { directions in
                    let parts = (rows + 2047) / 2048
                    Parallel.forEach(kept * parts) { item, _ in
                        let (component, part) = (item / parts, item % parts)
                        let run = part * 2048..<min(rows, (part + 1) * 2048)
                        let start = component * rows
                        let sum = UnsafeMutableBufferPointer(
                            rebasing: sums[start + run.lowerBound..<start + run.upperBound])
                        for column in 0..<columns {
                            let weight = directions[component * columns + column]
                            let values = UnsafeBufferPointer(
                                rebasing: matrix[column * rows + run.lowerBound..<column * rows + run.upperBound])
                            for row in values.indices { sum[row] += weight * values[row] }
                        }
                    }
                }
            }
        }
        return sums.transposedMatrix
    }
}

extension Tensor {
    /// The matrix `[row, column]` as `[column, row]`.
    fileprivate var transposedMatrix: Tensor {
        let (rows, columns) = (shape[0], shape[1])
        if rows == 1 || columns == 1 { return reshaped([columns, rows]) }
        var result = Tensor(uninitialized: [columns, rows])
        withElements { source in
            result.withMutableElements { target in
                for row in 0..<rows {
                    for column in 0..<columns { target[column * rows + row] = source[row * columns + column] }
                }
            }
        }
        return result
    }

    fileprivate var withMeansOfRowsTaken: Tensor {
        let (rows, columns) = (shape[0], shape[1])
        var result = self
        result.withMutableElements { elements in
            Parallel.forEach(rows) { row, _ in
                let line = UnsafeMutableBufferPointer(rebasing: elements[row * columns..<(row + 1) * columns])
                let mean = pairwiseSum(UnsafeBufferPointer(line)) / Float(columns)
                for column in line.indices { line[column] -= mean }
            }
        }
        return result
    }
}

/// Returns the sum in the order in which NumPy adds floats (halves, down to runs of eight interleaved sums): its last bit can decide a
/// direction's sign.
private func pairwiseSum(_ values: UnsafeBufferPointer<Float>) -> Float {
    let count = values.count
    if count < 8 { return values.reduce(0, +) }
    if count > 128 {
        let half = count / 2 & ~7
        return pairwiseSum(UnsafeBufferPointer(rebasing: values[..<half]))
            + pairwiseSum(UnsafeBufferPointer(rebasing: values[half...]))
    }
    let whole = count & ~7
    var lanes = SIMD8<Float>.zero
    for index in stride(from: 0, to: whole, by: 8) {
        for lane in 0..<8 { lanes[lane] += values[index + lane] }
    }
    var sum = ((lanes[0] + lanes[1]) + (lanes[2] + lanes[3])) + ((lanes[4] + lanes[5]) + (lanes[6] + lanes[7]))
    for index in whole..<count { sum += values[index] }
    return sum
}
