import Tensors

/// Resizes a map bilinearly between the old cells' centres; beyond the outermost centres, edge values repeat.
///
/// New cell `i` reads at `(i + 0.5) * old / new - 0.5`, as OpenCV's `INTER_LINEAR` and PyTorch's `align_corners=False` do. When shrinking,
/// cells between the sampled positions are ignored.
///
/// - Parameter map: `[row, column]`, with at least one cell.
/// - Returns: `[rows, columns]`.
public func resized(_ map: Tensor, rows: Int, columns: Int) -> Tensor {
    precondition(map.shape.count == 2 && map.count > 0, "\(map.shape) is not the shape of a map")
    precondition(rows > 0 && columns > 0, "a map cannot have \(rows) x \(columns) cells")
    if map.shape == [rows, columns] { return map }
    let resize = MapResize(from: (map.shape[0], map.shape[1]), to: (rows, columns))
    var result = Tensor(uninitialized: [rows, columns])
    map.withElements { source in result.withMutableElements { resize.apply(source, into: $0) } }
    return result
}

/// A bilinear resize prepared once, for many maps of the same shape.
package struct MapResize: Sendable {
    /// The source of a new cell's value: `(1 - share)` of the first old cell and `share` of the second.
    private struct Tap {
        let first: Int
        let second: Int
        let share: Float
    }

    /// How the new cells' centres are aligned with the old ones'.
    package enum Placement: Sendable {
        /// Cells are squares: the outer edges of the old and the new map coincide.
        case edgesMeet
        /// Cells are points: the outermost centres coincide.
        case cornersMeet
    }

    private let rowTaps: [Tap]
    private let columnTaps: [Tap]
    private let oldColumns: Int
    private let oldCount: Int

    package init(
        from old: (rows: Int, columns: Int), to new: (rows: Int, columns: Int), placement: Placement = .edgesMeet
    ) {
        rowTaps = Self.taps(from: old.rows, to: new.rows, placement)
        columnTaps = Self.taps(from: old.columns, to: new.columns, placement)
        oldColumns = old.columns
        oldCount = old.rows * old.columns
    }

    /// Resizes one map: both buffers are row-major and have the expected sizes.
    package func apply(_ source: UnsafeBufferPointer<Float>, into target: UnsafeMutableBufferPointer<Float>) {
        precondition(
            source.count == oldCount && target.count == rowTaps.count * columnTaps.count,
            "\(source.count) and \(target.count) cells are not \(oldCount) and \(rowTaps.count * columnTaps.count)")
        // Each new row is resampled from one row that blends two old rows.
        withUnsafeTemporaryAllocation(of: Float.self, capacity: oldColumns) { blended in
            var index = 0
            for row in rowTaps {
                let (upper, lower) = (row.first * oldColumns, row.second * oldColumns)
                for column in 0..<oldColumns {
                    let top = source[upper + column]
                    blended.initializeElement(at: column, to: top + (source[lower + column] - top) * row.share)
                }
                for column in columnTaps {
                    let left = blended[column.first]
                    target[index] = left + (blended[column.second] - left) * column.share
                    index += 1
                }
            }
        }
    }

    private static func taps(from old: Int, to new: Int, _ placement: Placement) -> [Tap] {
        (0..<new).map { index in
            let place =
                switch placement {
                case .edgesMeet: (Double(index) + 0.5) * Double(old) / Double(new) - 0.5
                case .cornersMeet: new == 1 ? 0 : Double(index) * Double(old - 1) / Double(new - 1)
                }
            let inside = min(max(place, 0), Double(old - 1))
            let first = Int(inside)
            return Tap(first: first, second: min(first + 1, old - 1), share: Float(inside - Double(first)))
        }
    }
}
