import Graphs
import Operators
import Tensors

/// Weights that are stored as integers, or quantized at import.
extension FoldedNode {
    private func scales(_ shape: [Int]) throws(ImportProblem) -> QuantizationScales {
        try QuantizationScales(node, scale: try required(1), zero: input(2), shape: shape)
    }

    /// `saturate(round(input / scale) + zero_point)`.
    mutating func quantize() throws(ImportProblem) -> Literal {
        let input = try required(0)
        let scales = try scales(input.shape)
        guard let kind = scales.kind else {
            throw node.lacking("to types other than 8-bit integers")
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
            guard !moved.isNaN else { throw node.malformed("it quantizes NaN") }
            integers.append(Int64(min(max(moved, range.lowerBound), range.upperBound)))
        }
        return Literal(input.shape, integers: integers, byteKind: kind)
    }

    /// Computes `(input - zero_point) · scale`, and keeps the integer form if it fits 8 bits or, for biases, 32 bits.
    mutating func dequantize() throws(ImportProblem) -> Literal {
        let input = try required(0)
        let scales = try scales(input.shape)
        guard let integers = input.integers else { throw node.malformed("its input must be integers") }
        if let kind = input.byteKind, let bad = integers.first(where: { !kind.range.contains(Int(clamping: $0)) }) {
            throw node.malformed("its input \(bad) is out of range for \(kind.rawValue)")
        }
        try reserve(input.shape)
        let places = scales.places(in: input.shape)
        var range = (lowest: 0.0, highest: 0.0)
        var numbers: [Float] = []
        numbers.reserveCapacity(integers.count)
        for (index, integer) in integers.enumerated() {
            let place = places(index)
            let moved = integer.subtractingReportingOverflow(scales.zeros[place])
            guard !moved.overflow else { throw node.malformed("invalid zero point \(scales.zeros[place])") }
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
    /// Returns the index of the scale of each element of a shape.
    fileprivate func places(in shape: [Int]) -> (Int) -> Int {
        guard let axis else { return { _ in 0 } }
        let inner = shape[(axis + 1)...].reduce(1, *)
        return { $0 / inner % count }
    }

    /// Returns the integer form; a common scale is repeated along the first axis.
    fileprivate func form(_ width: QuantizedForm.Width, shape: [Int]) -> QuantizedForm? {
        if let axis { return QuantizedForm(width, axis: axis, scales: scales) }
        guard let extent = shape.first, let scale = scales.first else { return nil }
        return QuantizedForm(width, scales: [Float](repeating: scale, count: extent))
    }
}
