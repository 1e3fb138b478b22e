import Operators

extension BatchNormalization: ONNXExportable {
    func write(to node: NodeWriter) {
        // ONNX's momentum is the weight of the old statistics.
        node.finish(
            "BatchNormalization", node.inputs + node.parameters,
            [.float("epsilon", epsilon), .float("momentum", 1 - momentum)])
    }
}

extension InstanceNormalization: ONNXExportable {
    func write(to node: NodeWriter) {
        node.finish("InstanceNormalization", node.inputs + node.parameters, [.float("epsilon", epsilon)])
    }
}

extension GroupNormalization: ONNXExportable {
    func write(to node: NodeWriter) {
        node.finish(
            .groupNormalization, node.inputs + node.parameters,
            [.int("num_groups", groups), .float("epsilon", epsilon)])
    }
}

extension LayerNormalization: ONNXExportable {
    func write(to node: NodeWriter) {
        node.finish(
            "LayerNormalization", node.inputs + node.parameters,
            [.int("axis", -shape.count), .float("epsilon", epsilon)])
    }
}

extension LocalResponseNormalization: ONNXExportable {
    func write(to node: NodeWriter) {
        node.finish(
            "LRN", nil, [.int("size", size), .float("alpha", alpha), .float("beta", beta), .float("bias", bias)])
    }
}

extension Softmax: ONNXExportable {
    func write(to node: NodeWriter) { node.finish("Softmax", nil, [.int("axis", axis)]) }
}

extension LogSoftmax: ONNXExportable {
    func write(to node: NodeWriter) { node.finish("LogSoftmax", nil, [.int("axis", axis)]) }
}
