/// How large a network's input is, in pixels.
public struct InputExtent: Hashable, Sendable, CustomStringConvertible {
    /// How many rows.
    public var rows: Int
    /// How many columns.
    public var columns: Int

    /// An extent from its sides.
    public init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    /// A square.
    public init(side: Int) { self.init(rows: side, columns: side) }

    /// The longer side.
    public var longerSide: Int { max(rows, columns) }

    /// Width, then height, as people say it.
    public var description: String { "\(columns) x \(rows)" }
}
