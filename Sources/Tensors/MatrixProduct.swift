import COpenBLAS

/// A matrix in borrowed row-major memory, possibly read transposed.
public struct MatrixView: @unchecked Sendable {
    /// The first element.
    public let pointer: UnsafeMutablePointer<Float>
    /// The distance in floats from one stored row to the next.
    public let stride: Int
    /// Whether the product reads rows as columns.
    public let transposed: Bool

    /// A view of stored rows that start `stride` floats apart.
    public init(_ pointer: UnsafeMutablePointer<Float>, stride: Int, transposed: Bool = false) {
        self.pointer = pointer
        self.stride = stride
        self.transposed = transposed
    }
}

/// `c = scale * c + a · b` by OpenBLAS's SGEMM, on the calling thread alone.
///
/// `a` is `[rows, inner]`, `b` is `[inner, columns]` (after their transpositions), `c` is `[rows, columns]`. Callers spread
/// independent products over cores with ``Parallel``, which keeps results independent of the number of threads.
public func multiply(
    _ a: MatrixView, _ b: MatrixView, into c: MatrixView, rows: Int, columns: Int, inner: Int, keeping scale: Float = 0
) {
    precondition(!c.transposed, "the result of a product cannot be transposed")
    OpenBLAS.prepare()
    cblas_sgemm(
        CblasRowMajor, a.transposed ? CblasTrans : CblasNoTrans, b.transposed ? CblasTrans : CblasNoTrans,
        Int32(rows), Int32(columns), Int32(inner), 1, a.pointer, Int32(a.stride), b.pointer, Int32(b.stride), scale,
        c.pointer, Int32(c.stride))
}
