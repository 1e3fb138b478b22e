/// The size of a network's input in pixels.
///
/// In settings, options and metadata it is `480x640`, the height before the width as in a tensor's shape, or one number for a square.
public struct InputExtent: Hashable, Sendable, CustomStringConvertible, ExpressibleByIntegerLiteral {
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

    /// Creates a square size.
    public init(integerLiteral side: Int) { self.init(side: side) }

    /// Reads `480x640` (height, then width) or `640`; nil for anything else, and for sides beyond 65536.
    public init?(parsing text: String) {
        let parts = text.split(separator: "x", omittingEmptySubsequences: false)
        let sides = parts.compactMap { part in part.allSatisfy(\.isNumber) ? Int(part) : nil }
        guard sides.count == parts.count, (1...2).contains(sides.count), let rows = sides.first,
            let columns = sides.last, sides.allSatisfy({ (1...1 << 16).contains($0) })
        else { return nil }
        self.init(rows: rows, columns: columns)
    }

    /// Whether height and width are the same.
    public var isSquare: Bool { rows == columns }

    /// The longer side.
    public var longerSide: Int { max(rows, columns) }

    /// The number of pixels.
    public var area: Int { rows * columns }

    /// The shape of a batch of such inputs, `[batch, 3, row, column]`.
    public func shape(batch: Int) -> [Int] { [batch, 3, rows, columns] }

    /// Height and width as ``init(parsing:)`` reads them: `480x640`, or `640` for a square.
    public var description: String { isSquare ? "\(rows)" : "\(rows)x\(columns)" }

    /// Always both numbers, height and width: `480 x 640`.
    public var sides: String { "\(rows) x \(columns)" }
}
