import Graphs
import Operators
import Tensors

/// Quantization and dequantization. Known values are computed at import, see ``FoldedNode``.
extension Importer {
    func quantization(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let scales = try knownScales(node, shape: input.shape)
        guard let kind = scales.kind else {
            throw node.lacking("to types other than 8-bit integers")
        }
        let kernel =
            scales.axis.map { QuantizeLinear(kind, axis: $0, channels: scales.count) } ?? QuantizeLinear(kind)
        return [.value(try add(node, kernel, [input], kind: .integer, parameters: scales.parameters))]
    }

    func dequantization(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let scales = try knownScales(node, shape: input.shape)
        let kernel = scales.axis.map { DequantizeLinear(axis: $0, channels: scales.count) } ?? DequantizeLinear()
        return [.value(try add(node, kernel, [input], parameters: scales.parameters))]
    }

    private func knownScales(_ node: ImportedNode, shape: [Int]) throws(ImportProblem) -> QuantizationScales {
        guard let scale = try node.known(1, "scale") else { throw node.malformed("its scale is missing") }
        let zero = try node.known(2, "zero point")
        guard scale.isSame, zero?.isSame ?? true else {
            throw node.lacking("with a scale that depends on the batch size")
        }
        return try QuantizationScales(node, scale: scale.literal, zero: zero?.literal, shape: shape)
    }

    func integerOperator(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        throw node.lacking(
            "(quantize the model again with QuantizeLinear and DequantizeLinear nodes, in ONNX Runtime "
                + "quantize_static with quant_format=QuantFormat.QDQ)")
    }
}

/// The scales and zero points of a quantization or dequantization node.
struct QuantizationScales {
    let scales: [Float]
    /// One zero point per scale.
    let zeros: [Int64]
    /// The axis along which each position has its own scale; nil if there is one for all.
    let axis: Int?
    /// The type of the zero points; `uint8` if there are none, nil for types other than 8-bit integers.
    let kind: IntegerKind?

    var count: Int { scales.count }

    /// The values as parameters of our operators.
    var parameters: [String: Tensor] {
        let shape = axis == nil ? [] : [count]
        return [
            "scale": Tensor(shape, elements: scales), "zero_point": Tensor(shape, elements: zeros.map(Float.init)),
        ]
    }

    /// - Parameter shape: The shape of the quantized value.
    init(_ node: ImportedNode, scale: Literal, zero: Literal?, shape: [Int]) throws(ImportProblem) {
        if try node.integer("block_size", default: 0) != 0 || scale.shape.count > 1 {
            throw node.lacking("with block-wise scales")
        }
        scales = scale.floats
        if let bad = scales.first(where: { !($0 > 0 && $0.isFinite) }) {
            throw node.malformed("its scale is \(bad), but must be above zero")
        }
        if scales.count == 1 {
            axis = nil
        } else {
            let axis = try node.axis(try node.integer("axis", default: 1), rank: shape.count)
            guard shape[axis] == scales.count else {
                throw node.malformed("its \(scales.count) scales do not fit the axis \(axis) of \(shape)")
            }
            self.axis = axis
        }
        guard let zero else {
            zeros = [Int64](repeating: 0, count: scales.count)
            kind = try Self.kind(named: node)
            return
        }
        guard let zeros = zero.integers, zeros.count == scales.count else {
            throw node.malformed("its zero point does not fit \(scales.count) scales")
        }
        if let kind = zero.byteKind, let bad = zeros.first(where: { !kind.range.contains(Int($0)) }) {
            throw node.malformed("its zero point \(bad) is out of range for \(kind.rawValue)")
        }
        self.zeros = zeros
        kind = zero.byteKind
    }

    /// Returns the output type of a node without a zero point.
    private static func kind(named node: ImportedNode) throws(ImportProblem) -> IntegerKind? {
        let number = Int32(truncatingIfNeeded: try node.integer("output_dtype", default: 0))
        return number == 0 ? .uint8 : ElementFormat(number)?.byteKind
    }
}
