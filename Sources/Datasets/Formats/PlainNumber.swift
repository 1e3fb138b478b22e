import Boxes
import Foundation

/// Parses a number as written by annotation tools: decimal, finite, and in the range of image coordinates.
///
/// Swift also accepts hexadecimal numbers and infinity, but no annotation tool writes them.
func plainNumber(_ text: some StringProtocol) -> Double? {
    let isPlain = text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "e"), UInt8(ascii: "E"):
            true
        default: false
        }
    }
    guard isPlain else { return nil }
    // Tools that write Python floats may write "50.".
    let isPointed = text.hasSuffix(".") && text.utf8.dropLast().last.map { (48...57).contains($0) } ?? false
    guard let value = Double(isPointed ? text + "0" : String(text)), isPlace(value) else { return nil }
    return value
}

/// Returns whether a number can be an image coordinate, inside or well out of bounds.
func isPlace(_ value: Double) -> Bool { abs(value) < 1e9 }

/// Formats a number without a needless fraction.
package func plain(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }

extension Box {
    /// Returns the box around points; nil without any.
    package static func enclosing(xs: [Double], ys: [Double]) -> Box? {
        guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max() else { return nil }
        return Box(xMin: left, yMin: top, xMax: right, yMax: bottom)
    }

    /// Returns the box around a rectangle rotated about its centre by an angle in radians.
    package static func enclosing(
        centerX: Double, centerY: Double, width: Double, height: Double, angle: Double
    ) -> Box {
        let (c, s) = (abs(cos(angle)), abs(sin(angle)))
        return Box(
            centerX: centerX, centerY: centerY, width: width * c + height * s, height: width * s + height * c)
    }
}
