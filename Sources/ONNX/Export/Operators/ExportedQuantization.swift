import Foundation
import Operators

extension IntegerKind {
    /// The ONNX element type.
    var element: ProtoTensorDefinition.ElementKind {
        switch self {
        case .int8: .int8
        case .uint8: .uint8
        }
    }
}

extension QuantizeLinear: ONNXExportable {
    /// In ONNX the output is bytes: if all readers take bytes it keeps the node's name, otherwise it is cast to float.
    func write(to node: NodeWriter) throws(ONNXError) {
        let inputs = [node.inputs[0], node.parameters[0], try node.zeroPoint(integers)]
        let attributes = axis.map { [ProtoAttribute.int("axis", $0)] } ?? []
        if node.isReadAsIntegers {
            node.finish(Self.kind, inputs, attributes)
            node.file.add(integers: node.result, integers, of: node.result)
        } else {
            let bytes = node.finishWithCast(Self.kind, inputs, attributes)
            node.file.add(integers: bytes, integers, of: node.result)
        }
    }
}

extension DequantizeLinear: ONNXExportable {
    /// ONNX's operator takes only integers; for inputs that do not come from quantization, the formula is written out.
    func write(to node: NodeWriter) throws(ONNXError) {
        if let (name, integers) = node.file.integers(of: node.inputs[0]) {
            node.finish(
                Self.kind, [name, node.parameters[0], try node.zeroPoint(integers)],
                axis.map { [.int("axis", $0)] } ?? [])
            return
        }
        var (scale, zero) = (node.parameters[0], node.parameters[1])
        if let axis, let channels {
            let trailing = [Int](repeating: 1, count: node.shape.count - axis - 1)
            let shape = node.integers("extents", [channels] + trailing)
            scale = node.part("scales", "Reshape", [scale, shape])
            zero = node.part("zeros", "Reshape", [zero, shape])
        }
        node.finish("Mul", [node.part("moved", "Sub", [node.inputs[0], zero]), scale])
    }
}

extension NodeWriter {
    /// Writes the zero point, the second parameter, in an integer type; returns its name.
    ///
    /// - Throws: ``ONNXError/notExportable(node:reason:)`` when it is not a value of the type.
    fileprivate func zeroPoint(_ kind: IntegerKind) throws(ONNXError) -> String {
        let values = parameterValues[1].elements
        let range = Float(kind.range.lowerBound)...Float(kind.range.upperBound)
        if let bad = values.first(where: { !range.contains($0) || $0 != $0.rounded() }) {
            throw .notExportable(node: name, reason: "its zero point \(bad) is not \(kind.rawValue)")
        }
        file.add(ProtoTensorDefinition(parameters[1], parameterValues[1].shape, kind, values.map { Int($0) }))
        return parameters[1]
    }
}
