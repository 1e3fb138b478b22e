import COpenBLAS

/// Returns all singular values of a matrix stored column by column, `[column, row]`, and its right singular vectors as LAPACK stores them:
/// component `k` of column `c` at `k + c * rank`. Nil when LAPACK fails.
///
/// Computed in double precision, as NumPy does for float matrices, so that both find the same signs for the same numbers.
///
/// A tall matrix is first reduced to a triangle with the same right singular vectors (`dgeqrf`). LAPACK's own `dgesdd` starts the same way,
/// from the same number of rows on, and hence finds the same vectors; but it also computes the left ones, which are not needed here and
/// take most of its time.
func rightSingularVectors(ofColumns matrix: Tensor) -> (values: [Double], vectors: [Double])? {
    OpenBLAS.prepare()
    let (columns, rows) = (matrix.shape[0], matrix.shape[1])
    let numbers = matrix.withElements { $0.map(Double.init) }
    guard rows > columns, rows >= columns * 11 / 6 else { return decomposed(numbers, rows: rows, columns: columns) }
    return triangle(of: numbers, rows: rows, columns: columns).flatMap {
        decomposed($0, rows: columns, columns: columns)
    }
}

/// Returns `R` of `matrix = Q R`: `[column, row]` with as many rows as columns, zeros below the diagonal.
private func triangle(of matrix: [Double], rows: Int, columns: Int) -> [Double]? {
    var matrix = matrix
    var (rowCount, columnCount, info) = (blasint(rows), blasint(columns), blasint(0))
    var factors = [Double](repeating: 0, count: columns)
    withWorkspace { work, workCount in
        var workCount = workCount
        dgeqrf_(&rowCount, &columnCount, &matrix, &rowCount, &factors, &work, &workCount, &info)
    }
    guard info == 0 else { return nil }
    var triangle = [Double](repeating: 0, count: columns * columns)
    for column in 0..<columns {
        for row in 0...column { triangle[column * columns + row] = matrix[column * rows + row] }
    }
    return triangle
}

private func decomposed(_ matrix: [Double], rows: Int, columns: Int) -> (values: [Double], vectors: [Double])? {
    var matrix = matrix
    var (rowCount, columnCount, rank) = (blasint(rows), blasint(columns), blasint(min(rows, columns)))
    var values = [Double](repeating: 0, count: Int(rank))
    var left = [Double](repeating: 0, count: rows * Int(rank))
    var right = [Double](repeating: 0, count: Int(rank) * columns)
    var integerWork = [blasint](repeating: 0, count: 8 * Int(rank))
    var info: blasint = 0
    var job = CChar(UInt8(ascii: "S"))
    withWorkspace { work, workCount in
        var workCount = workCount
        dgesdd_(
            &job, &rowCount, &columnCount, &matrix, &rowCount, &values, &left, &rowCount, &right, &rank, &work,
            &workCount, &integerWork, &info)
    }
    return info == 0 ? (values, right) : nil
}

/// Calls a LAPACK routine twice: with a length of -1, it returns the workspace size that it needs.
private func withWorkspace(_ routine: (_ work: inout [Double], _ count: blasint) -> Void) {
    var work: [Double] = [0]
    routine(&work, -1)
    work = [Double](repeating: 0, count: max(1, Int(work[0])))
    routine(&work, blasint(work.count))
}
