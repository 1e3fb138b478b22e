import Operators

extension Linear: ONNXExportable {
    /// `Gemm` takes only matrices, so inputs with more axes are flattened first; importing gives a reshape and this operator.
    func write(to node: NodeWriter) {
        let isMatrix = node.inputShapes[0].count == 2
        let input = isMatrix ? node.inputs[0] : node.part("flat", "Flatten", node.inputs, [.int("axis", 1)])
        node.finish("Gemm", [input] + node.parameters, [.int("transB", 1)])
    }
}

extension MatrixMultiplication: ONNXExportable {
    func write(to node: NodeWriter) { node.finish("MatMul") }
}

extension Correlation: ONNXExportable {
    /// The same ONNX operator as for a convolution; its kernel size comes from the input.
    func write(to node: NodeWriter) {
        node.finish(
            "Conv", nil,
            [
                .ints("strides", [stride.rows, stride.columns]),
                .ints("pads", [padding.rows, padding.columns, padding.rows, padding.columns]),
                .ints("dilations", [dilation.rows, dilation.columns]), .int("group", groups),
            ])
    }
}
