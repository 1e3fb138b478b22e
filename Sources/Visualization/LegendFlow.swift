/// The positions of a legend's entries: in one line if they fit, otherwise in columns.
struct LegendFlow {
    /// The left edge of each entry, relative to the legend's.
    let x: [Double]
    /// The line of each entry, from 0.
    let row: [Int]
    /// How many lines there are.
    let rowCount: Int

    /// Entries of these widths, `gap` apart, in a legend of `width`.
    init(_ widths: [Double], gap: Double, width: Double) {
        if widths.reduce(0, +) + gap * Double(max(0, widths.count - 1)) <= width {
            x = widths.indices.map { index in widths[..<index].reduce(0) { $0 + $1 + gap } }
            row = widths.map { _ in 0 }
            rowCount = 1
        } else {
            let column = (widths.max() ?? 0) + gap
            let columns = max(1, Int((width + gap) / column))
            x = widths.indices.map { Double($0 % columns) * column }
            row = widths.indices.map { $0 / columns }
            rowCount = (widths.count + columns - 1) / columns
        }
    }
}
