/// The size of a network's input in pixels.
public struct InputExtent: Hashable, Sendable, CustomStringConvertible {
    /// The number of rows.
    public var rows: Int
    /// The number of columns.
    public var columns: Int

    /// Creates a size.
    public init(rows: Int, columns: Int) {
        self.rows = rows
        self.columns = columns
    }

    /// Creates a square size.
    public init(side: Int) { self.init(rows: side, columns: side) }

    /// The longer side.
    public var longerSide: Int { max(rows, columns) }

    /// Width, then height.
    public var description: String { "\(columns) x \(rows)" }
}
