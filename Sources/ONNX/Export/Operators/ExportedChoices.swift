import Operators

extension GatherElements: ONNXExportable {
    func write(to node: NodeWriter) {
        let index = node.part("indices", "Cast", [node.inputs[1]], [.element("to", .int64)])
        node.finish("GatherElements", [node.inputs[0], index], [.int("axis", axis)])
    }
}

extension TopK: ONNXExportable {
    /// ONNX's operator has both results; the one that is not ours is not read.
    func write(to node: NodeWriter) {
        let inputs = [node.inputs[0], node.integers("k", [count])]
        let attributes: [ProtoAttribute] = [.int("axis", axis), .int("largest", smallest ? 0 : 1), .int("sorted", 1)]
        let other = node.file.unique("\(node.name)/unused")
        let positions = node.file.unique("\(node.name)/positions")
        let outputs = result == .values ? [node.result, other] : [other, positions]
        node.file.add(
            ProtoNodeDefinition("TopK", name: node.name, inputs: inputs, outputs: outputs, attributes: attributes))
        guard result == .positions else { return }
        node.file.add(
            ProtoNodeDefinition(
                "Cast", name: node.file.unique("\(node.name)/number"), inputs: [positions], outputs: [node.result],
                attributes: [.element("to", .float)]))
    }
}
