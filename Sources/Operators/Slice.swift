import Graphs

/// Some positions of some axes, at a fixed distance; ONNX `Slice`.
public struct Slice: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "Slice"

    /// The positions of one axis that are kept: `start`, `start + step`, … before `end`.
    ///
    /// As in ONNX, negative positions count from the end, and positions beyond the axis mean its end.
    public struct Range: Hashable, Sendable {
        /// The axis, from 0 on.
        public let axis: Int
        /// The first position.
        public let start: Int
        /// The position before which to stop.
        public let end: Int
        /// From one position to the next; negative to go backwards.
        public let step: Int

        /// A range of an axis.
        public init(axis: Int, start: Int, end: Int, step: Int = 1) {
            self.axis = axis
            self.start = start
            self.end = end
            self.step = step
        }

        /// The first position of an axis with `extent` positions, and how many there are.
        package func positions(_ extent: Int) -> (first: Int, count: Int) {
            // Behind the axis lies its extent, before it -1.
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

    /// What is kept of each axis that is named; of all others everything.
    public let ranges: [Range]

    /// A slice; each axis is named once at most.
    public init(_ ranges: [Range]) { self.ranges = ranges }

    /// The numbers of positions that are kept.
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

    /// Copies what is kept.
    public func forward(_ call: ForwardCall) {
        movement(call.inputs[0].shape).forward(call.inputs[0].pointer, to: call.output.pointer)
    }

    /// What is kept gets the slope of its place.
    public func backward(_ call: BackwardCall) {
        guard let gradient = call.inputGradients[0] else { return }
        movement(gradient.shape).backward(call.outputGradient.pointer, addingTo: gradient.pointer)
    }

    /// The first position of each axis of an input.
    package func start(in shape: [Int]) -> [Int] {
        var start = shape.map { _ in 0 }
        for range in ranges { start[range.axis] = range.positions(shape[range.axis]).first }
        return start
    }

    private func movement(_ input: [Int]) -> Movement {
        let steps = strides(input)
        var offsets = input.indices.map { axis in (0..<input[axis]).map { $0 * steps[axis] } }
        for range in ranges {
            let (first, count) = range.positions(input[range.axis])
            // With one position alone the step may be any number.
            let step = count > 1 ? range.step : 0
            offsets[range.axis] = (0..<count).map { (first + $0 * step) * steps[range.axis] }
        }
        return Movement(offsets)
    }
}
