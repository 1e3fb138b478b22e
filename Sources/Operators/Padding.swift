import Graphs

/// Adds positions around a value, or crops it; ONNX `Pad`.
public struct Padding: MovementOperator, Hashable {
    /// The ONNX name.
    public static let kind = "Pad"

    /// The content of new positions.
    public enum Mode: Hashable, Sendable {
        /// A constant.
        case constant(Float)
        /// The value mirrored at its outermost positions, which are not repeated.
        case reflect
        /// The outermost position, repeated.
        case edge
        /// The value, repeated periodically.
        case wrap
    }

    /// New positions before each axis; negative numbers crop first.
    public let before: [Int]
    /// New positions after each axis; negative numbers crop first.
    public let after: [Int]
    /// The content of new positions.
    public let mode: Mode

    /// Creates a padding with one entry per axis.
    public init(before: [Int], after: [Int], mode: Mode) {
        self.before = before
        self.after = after
        self.mode = mode
    }

    /// Each extent plus the entries before and after.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let input = inputs[0]
        guard before.count == input.count, after.count == input.count else {
            throw ShapeError("padding \(before) before and \(after) after needs one entry for each axis of \(input)")
        }
        var shape: [Int] = []
        for (axis, extent) in input.enumerated() {
            let kept = try Extents.sum(extent, min(0, before[axis]), min(0, after[axis]))
            let padded = try Extents.sum(kept, max(0, before[axis]), max(0, after[axis]))
            guard kept >= 0 else {
                throw ShapeError(
                    "axis \(axis) of \(input) cannot be cropped by \(before[axis]) and \(after[axis]) positions")
            }
            if kept == 0, padded > 0, !isConstant {
                throw ShapeError("axis \(axis) of \(input) has nothing for padding to repeat")
            }
            shape.append(padded)
        }
        return shape
    }

    /// The constant of new positions.
    public var constant: Float { if case .constant(let value) = mode { value } else { 0 } }

    private var isConstant: Bool { if case .constant = mode { true } else { false } }

    /// Where each position comes from; new ones come from elsewhere on the same axis or from nowhere.
    public func movement(_ input: [Int], _ output: [Int]) -> Movement {
        let steps = strides(input)
        return Movement(
            input.indices.map { axis in
                let skipped = max(0, -before[axis])
                let kept = input[axis] - skipped - max(0, -after[axis])
                return (-max(0, before[axis])..<kept + max(0, after[axis])).map { position in
                    source(position, extent: kept).map { ($0 + skipped) * steps[axis] } ?? Movement.nowhere
                }
            })
    }

    /// Returns the source position for a position that may lie outside the axis.
    private func source(_ position: Int, extent: Int) -> Int? {
        if (0..<extent).contains(position) { return position }
        func remainder(_ period: Int) -> Int { (position % period + period) % period }
        switch mode {
        case .constant: return nil
        case .edge: return min(max(position, 0), extent - 1)
        case .wrap: return remainder(extent)
        case .reflect:
            if extent == 1 { return 0 }
            let place = remainder(2 * (extent - 1))
            return min(place, 2 * (extent - 1) - place)
        }
    }
}
