import Graphs
import Operators
import Tensors

/// Weights that stand in a file as integers, or are made integers there.
extension FoldedNode {
    private func scales(_ shape: [Int]) throws(ImportProblem) -> QuantizationScales {
        try QuantizationScales(node, scale: try required(1), zero: input(2), shape: shape)
    }

    /// `saturate(round(input / scale) + zero_point)`.
    mutating func quantize() throws(ImportProblem) -> Literal {
        let input = try required(0)
        let scales = try scales(input.shape)
        guard let kind = scales.kind else {
            throw node.lacking("to numbers other than whole ones of eight bits")
        }
        try reserve(input.shape)
        let range = Double(kind.range.lowerBound)...Double(kind.range.upperBound)
        let places = scales.places(in: input.shape)
        var integers: [Int64] = []
        integers.reserveCapacity(input.count)
        for (index, number) in input.floats.enumerated() {
            let place = places(index)
            let moved =
                Double((number / scales.scales[place]).rounded(.toNearestOrEven)) + Double(scales.zeros[place])
            guard !moved.isNaN else { throw node.malformed("it quantizes what is no number") }
            integers.append(Int64(min(max(moved, range.lowerBound), range.upperBound)))
        }
        return Literal(input.shape, integers: integers, byteKind: kind)
    }

    /// `(input - zero_point) · scale`, with what it was made of where that can be said in eight bits, or, for biases, in 32.
    mutating func dequantize() throws(ImportProblem) -> Literal {
        let input = try required(0)
        let scales = try scales(input.shape)
        guard let integers = input.integers else { throw node.malformed("it reads no integers") }
        if let kind = input.byteKind, let bad = integers.first(where: { !kind.range.contains(Int(clamping: $0)) }) {
            throw node.malformed("it reads \(bad), which is no \(kind.rawValue)")
        }
        try reserve(input.shape)
        let places = scales.places(in: input.shape)
        var range = (lowest: 0.0, highest: 0.0)
        var numbers: [Float] = []
        numbers.reserveCapacity(integers.count)
        for (index, integer) in integers.enumerated() {
            let place = places(index)
            let moved = integer.subtractingReportingOverflow(scales.zeros[place])
            guard !moved.overflow else { throw node.malformed("its zero point is \(scales.zeros[place])") }
            range = (min(range.lowest, Double(moved.partialValue)), max(range.highest, Double(moved.partialValue)))
            numbers.append(Float(moved.partialValue) * scales.scales[place])
        }
        let width: QuantizedForm.Width = input.byteKind == nil ? .thirtyTwo : .eight
        let fits = width.range.contains(range.lowest) && width.range.contains(range.highest)
        return Literal(
            Tensor(input.shape, elements: numbers), form: fits ? scales.form(width, shape: input.shape) : nil)
    }
}

extension QuantizationScales {
    /// The scale that each element of a shape has.
    fileprivate func places(in shape: [Int]) -> (Int) -> Int {
        guard let axis else { return { _ in 0 } }
        let inner = shape[(axis + 1)...].reduce(1, *)
        return { $0 / inner % count }
    }

    /// One scale for all becomes one for each place of the first axis.
    fileprivate func form(_ width: QuantizedForm.Width, shape: [Int]) -> QuantizedForm? {
        if let axis { return QuantizedForm(width, axis: axis, scales: scales) }
        guard let extent = shape.first, let scale = scales.first else { return nil }
        return QuantizedForm(width, scales: [Float](repeating: scale, count: extent))
    }
}
