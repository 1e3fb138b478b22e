extension InputExtent {
    /// Whether both sides are multiples of a network's deepest stride.
    public func isMultiple(of stride: Int) -> Bool { rows % stride == 0 && columns % stride == 0 }

    /// The nearest sizes whose sides are multiples of `stride`: the next smaller one, unless a side would vanish, and the next larger one.
    public func nearestMultiples(of stride: Int) -> [InputExtent] {
        let smaller = InputExtent(rows: rows / stride * stride, columns: columns / stride * stride)
        func larger(_ side: Int) -> Int { max(1, (side + stride - 1) / stride) * stride }
        let candidates = [smaller, InputExtent(rows: larger(rows), columns: larger(columns))]
        return candidates.filter { min($0.rows, $0.columns) > 0 && $0 != self }
    }

    /// Why a network of this stride does not take the size, to be said of the size: `is 250, but must be a multiple of 32, such as 224 or
    /// 256`; nil when it does.
    ///
    /// - Parameter limit: The longest side that is allowed; nil for no limit.
    public func problem(multiple stride: Int, limit: Int? = nil) -> String? {
        let fits = isMultiple(of: stride)
        if fits && min(rows, columns) > 0 && longerSide <= limit ?? longerSide { return nil }
        let rule = isSquare ? "must be a multiple of \(stride)" : "height and width must be multiples of \(stride)"
        let range = limit.map { " from \(stride) to \($0)" } ?? ""
        let nearest = nearestMultiples(of: stride).filter { $0.longerSide <= limit ?? .max }
        let examples =
            fits || nearest.isEmpty ? "" : ", such as \(nearest.map(\.description).joined(separator: " or "))"
        return "is \(self), but \(rule)\(range)\(examples)"
    }

    /// The size times a factor, each side rounded to a multiple of `stride`; exactly this size for a factor of 1.
    public func scaled(by factor: Double, multiple stride: Int) -> InputExtent {
        func side(_ own: Int) -> Int {
            max(stride, Int((Double(own) * factor / Double(stride)).rounded()) * stride)
        }
        return factor == 1 ? self : InputExtent(rows: side(rows), columns: side(columns))
    }
}
