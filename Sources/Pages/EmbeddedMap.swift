import Foundation
import JSON
import Tensors

/// A map embedded in a page with 16 bits per cell.
///
/// Level `i` of 65534 stands for `minimum + i / 65534 * (maximum - minimum)`, so the error is at most 1 / 131068 of the map's
/// spread; level 65535 stands for values that are not finite. The page decodes a map when it is first shown.
struct EmbeddedMap {
    static let levels = 65534.0
    static let notFinite: UInt16 = 65535

    let json: JSONValue

    /// Embeds `[row, column]`.
    ///
    /// - Parameter flatness: Why the map is flat; if nil, its values decide whether it is.
    init(_ map: Tensor, flatness: String? = nil) {
        precondition(map.shape.count == 2, "a map is [row, column], but this one is \(map.shape)")
        json = map.withElements { Self.json($0, rows: map.shape[0], columns: map.shape[1], flatness: flatness) }
    }

    /// Embeds each class of `[class, row, column]`.
    static func planes(of heatmap: Tensor) -> [JSONValue] {
        precondition(heatmap.shape.count == 3, "a heatmap is [class, row, column], but this one is \(heatmap.shape)")
        let (rows, columns) = (heatmap.shape[1], heatmap.shape[2])
        return heatmap.withElements { elements in
            (0..<heatmap.shape[0]).map { plane in
                let range = plane * rows * columns..<(plane + 1) * rows * columns
                return json(UnsafeBufferPointer(rebasing: elements[range]), rows: rows, columns: columns, flatness: nil)
            }
        }
    }

    private static func json(
        _ cells: UnsafeBufferPointer<Float>, rows: Int, columns: Int, flatness: String?
    ) -> JSONValue {
        var (minimum, maximum, missing) = (Double.infinity, -Double.infinity, 0)
        for cell in cells {
            guard cell.isFinite else {
                missing += 1
                continue
            }
            minimum = min(minimum, Double(cell))
            maximum = max(maximum, Double(cell))
        }
        if missing == cells.count { (minimum, maximum) = (0, 0) }
        let spread = maximum - minimum
        // A spread below the rounding error of the values would show nothing but that error.
        let isFlat = spread <= 1e-6 * max(abs(minimum), abs(maximum))
        // The minimum alone describes a map without spread.
        let values =
            spread == 0 && missing == 0
            ? "" : base64(cells, minimum: minimum, factor: spread > 0 ? levels / spread : 0)
        return [
            "rows": .integer(rows), "columns": .integer(columns), "minimum": .number(minimum),
            "maximum": .number(maximum), "missing": .integer(missing), "flat": .bool(flatness != nil || isFlat),
            "flatness": flatness.map { .string($0) } ?? .null,
            "values": .string(values),
        ]
    }

    /// Encodes the cells with two bytes each, little-endian.
    private static func base64(_ cells: UnsafeBufferPointer<Float>, minimum: Double, factor: Double) -> String {
        var bytes = Data(capacity: 2 * cells.count)
        for cell in cells {
            let code = cell.isFinite ? UInt16(((Double(cell) - minimum) * factor).rounded()) : notFinite
            bytes.append(UInt8(truncatingIfNeeded: code))
            bytes.append(UInt8(truncatingIfNeeded: code >> 8))
        }
        return bytes.base64EncodedString()
    }
}
