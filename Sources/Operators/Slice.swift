import Graphs

/// Strided ranges of some axes; ONNX `Slice`.
public struct Slice: MovementOperator, Hashable {
    /// The ONNX name.
    public static let kind = "Slice"

    /// The positions of one axis to keep: `start`, `start + step`, … before `end`.
    ///
    /// As in ONNX, negative positions count from the end, and positions beyond the axis are clamped to its end.
    public struct Range: Hashable, Sendable {
        /// The axis, counted from 0.
        public let axis: Int
        /// The first position.
        public let start: Int
        /// The end position (exclusive).
        public let end: Int
        /// The step; negative to go backwards.
        public let step: Int

        /// Creates a range of an axis.
        public init(axis: Int, start: Int, end: Int, step: Int = 1) {
            self.axis = axis
            self.start = start
            self.end = end
            self.step = step
        }

        /// Returns the first position on an axis with `extent` positions, and the number of positions.
        package func positions(_ extent: Int) -> (first: Int, count: Int) {
            // The end past the last position is `extent`, before the first position -1.
            let places = step > 0 ? 0...extent : -1...max(-1, extent - 1)
            func place(_ position: Int) -> Int {
                let place = position < 0 ? position + extent : position
                return min(max(place, places.lowerBound), places.upperBound)
            }
            let (first, last) = (place(start), place(end))
            let distance = step > 0 ? last - first : first - last
            guard distance > 0 else { return (0, 0) }
            return (first, (distance - 1) / Int(clamping: step.magnitude) + 1)
        }
    }

    /// The ranges of the sliced axes; other axes are kept whole.
    public let ranges: [Range]

    /// Creates a slice; each axis may occur once.
    public init(_ ranges: [Range]) { self.ranges = ranges }

    /// The number of kept positions per axis.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        var shape = inputs[0]
        var seen: Set<Int> = []
        for range in ranges {
            try Extents.requireAxis(range.axis, of: shape)
            guard seen.insert(range.axis).inserted else { throw ShapeError("axis \(range.axis) is sliced twice") }
            guard range.step != 0 else { throw ShapeError("axis \(range.axis) of \(inputs[0]) is sliced with step 0") }
            shape[range.axis] = range.positions(inputs[0][range.axis]).count
        }
        return shape
    }

    /// Returns the first position of each axis of an input.
    package func start(in shape: [Int]) -> [Int] {
        var start = shape.map { _ in 0 }
        for range in ranges { start[range.axis] = range.positions(shape[range.axis]).first }
        return start
    }

    /// The kept positions.
    public func movement(_ input: [Int], _ output: [Int]) -> Movement {
        let steps = strides(input)
        var offsets = input.indices.map { axis in (0..<input[axis]).map { $0 * steps[axis] } }
        for range in ranges {
            let (first, count) = range.positions(input[range.axis])
            // For a single position the step is irrelevant.
            let step = count > 1 ? range.step : 0
            offsets[range.axis] = (0..<count).map { (first + $0 * step) * steps[range.axis] }
        }
        return Movement(offsets)
    }
}
