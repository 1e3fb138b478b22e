import Boxes
import Foundation

/// The number that a text stands for, as annotation tools write them: decimal, finite, of a size that a place in an image has.
///
/// Hexadecimal and the names of infinity are numbers to Swift, but to no annotation tool.
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
    // "50." is a number to every tool that writes Python's floats.
    let isPointed = text.hasSuffix(".") && text.utf8.dropLast().last.map { (48...57).contains($0) } ?? false
    guard let value = Double(isPointed ? text + "0" : String(text)), isPlace(value) else { return nil }
    return value
}

/// Whether a number can be a place in an image, or a way outside.
func isPlace(_ value: Double) -> Bool { abs(value) < 1e9 }

/// A number without a needless fraction.
package func plain(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "\(value)" }

extension Box {
    /// The box around points; nil without any.
    package static func enclosing(xs: [Double], ys: [Double]) -> Box? {
        guard let left = xs.min(), let right = xs.max(), let top = ys.min(), let bottom = ys.max() else { return nil }
        return Box(xMin: left, yMin: top, xMax: right, yMax: bottom)
    }

    /// The box around a rectangle that is turned about its centre by an angle in radians.
    package static func enclosing(
        centerX: Double, centerY: Double, width: Double, height: Double, angle: Double
    ) -> Box {
        let (c, s) = (abs(cos(angle)), abs(sin(angle)))
        return Box(
            centerX: centerX, centerY: centerY, width: width * c + height * s, height: width * s + height * c)
    }
}
