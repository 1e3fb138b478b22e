import Graphs
import Operators
import Tensors

/// Quantizing and its reverse. What is known is computed at import, see ``FoldedNode``.
extension Importer {
    func quantization(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let scales = try knownScales(node, shape: input.shape)
        guard let kind = scales.kind else {
            throw node.lacking("to numbers other than whole ones of eight bits")
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
            "(quantize the model again in the form of QuantizeLinear and DequantizeLinear, in ONNX Runtime "
                + "quantize_static with quant_format=QuantFormat.QDQ)")
    }
}

/// The scales and zero points of a node that quantizes, or the reverse.
struct QuantizationScales {
    let scales: [Float]
    /// As many as scales.
    let zeros: [Int64]
    /// The axis along which each place has its own; nil where there is one for all.
    let axis: Int?
    /// The numbers that zero points are among; `uint8` without any, nil for others than of eight bits.
    let kind: IntegerKind?

    var count: Int { scales.count }

    /// As parameters of our operators.
    var parameters: [String: Tensor] {
        let shape = axis == nil ? [] : [count]
        return [
            "scale": Tensor(shape, elements: scales), "zero_point": Tensor(shape, elements: zeros.map(Float.init)),
        ]
    }

    /// - Parameter shape: Of what is quantized.
    init(_ node: ImportedNode, scale: Literal, zero: Literal?, shape: [Int]) throws(ImportProblem) {
        if try node.integer("block_size", default: 0) != 0 || scale.shape.count > 1 { throw node.lacking("in blocks") }
        scales = scale.floats
        if let bad = scales.first(where: { !($0 > 0 && $0.isFinite) }) {
            throw node.malformed("its scale is \(bad), and must be above zero")
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
            throw node.malformed("its zero point is none for \(scales.count) scales")
        }
        if let kind = zero.byteKind, let bad = zeros.first(where: { !kind.range.contains(Int($0)) }) {
            throw node.malformed("its zero point \(bad) is no \(kind.rawValue)")
        }
        self.zeros = zeros
        kind = zero.byteKind
    }

    /// What a node without a zero point quantizes to.
    private static func kind(named node: ImportedNode) throws(ImportProblem) -> IntegerKind? {
        let number = Int32(truncatingIfNeeded: try node.integer("output_dtype", default: 0))
        return number == 0 ? .uint8 : ElementFormat(number)?.byteKind
    }
}
