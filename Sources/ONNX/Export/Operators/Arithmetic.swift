import Operators

extension Add: ONNXExportable {
    func write(to node: NodeWriter) { node.finish("Add") }
}

extension Multiply: ONNXExportable {
    func write(to node: NodeWriter) { node.finish("Mul") }
}

extension Arithmetic: ONNXExportable {
    func write(to node: NodeWriter) {
        switch function {
        case .remainder: node.finish("Mod", nil, [.int("fmod", 1)])
        case .modulo: writeModulo(to: node)
        default: node.finish(kind)
        }
    }

    /// ONNX has this form only for integers: the divisor is added to remainders whose sign differs from it.
    private func writeModulo(to node: NodeWriter) {
        let zero = node.number("zero", 0)
        let rest = node.part("rest", "Mod", node.inputs, [.int("fmod", 1)])
        let signs = [
            node.part("rest_below", "Less", [rest, zero]), node.part("divisor_below", "Less", [node.inputs[1], zero]),
        ]
        let isWhole = node.part("whole", "Equal", [rest, zero])
        let differs = node.part("signs_differ", "Xor", signs)
        let moves = node.part("moves", "And", [differs, node.part("not_whole", "Not", [isWhole])])
        node.finish("Where", [moves, node.part("moved", "Add", [rest, node.inputs[1]]), rest])
    }
}

extension Comparison: ONNXExportable {
    func write(to node: NodeWriter) {
        let takesBooleans = [.and, .or, .xor].contains(relation)
        let boolean = node.finishWithCast(
            kind, takesBooleans ? [node.boolean(of: 0), node.boolean(of: 1)] : node.inputs)
        node.file.add(boolean: boolean, of: node.result)
    }
}

extension Where: ONNXExportable {
    func write(to node: NodeWriter) { node.finish("Where", [node.boolean(of: 0), node.inputs[1], node.inputs[2]]) }
}

extension Reduction: ONNXExportable {
    /// Sums take their axes as an input from opset 13, other reductions from 18.
    func write(to node: NodeWriter) {
        let keeps = ProtoAttribute.int("keepdims", keepsAxes ? 1 : 0)
        if axes.isEmpty {
            node.finish(kind, nil, [keeps])
        } else if function == .sum {
            node.finish(kind, [node.inputs[0], node.integers("axes", axes)], [keeps])
        } else {
            node.finish(kind, nil, [.ints("axes", axes), keeps])
        }
    }
}

extension ArgumentOfMaximum: ONNXExportable {
    func write(to node: NodeWriter) {
        node.finishWithCast(kind, node.inputs, [.int("axis", axis), .int("keepdims", keepsAxis ? 1 : 0)])
    }
}
