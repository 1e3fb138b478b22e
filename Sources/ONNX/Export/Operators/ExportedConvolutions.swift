import Operators

extension Convolution: ONNXExportable {
    func write(to node: NodeWriter) {
        node.finish(
            "Conv", node.inputs + node.parameters,
            windowAttributes()
                + [.int("group", groups)])
    }
}

extension TransposedConvolution: ONNXExportable {
    func write(to node: NodeWriter) {
        node.finish(
            "ConvTranspose", node.inputs + node.parameters,
            windowAttributes()
                + [.int("group", groups), .ints("output_padding", [outputPadding.rows, outputPadding.columns])])
    }
}

extension WindowOperator {
    /// Returns the window as ONNX attributes.
    func windowAttributes(paddingEnd: Extent? = nil, dilated: Bool = true) -> [ProtoAttribute] {
        let end = paddingEnd ?? window.paddingEnd
        return [
            .ints("kernel_shape", [kernel.rows, kernel.columns]), .ints("strides", [stride.rows, stride.columns]),
            .ints("pads", [padding.rows, padding.columns, end.rows, end.columns]),
        ] + (dilated ? [.ints("dilations", [dilation.rows, dilation.columns])] : [])
    }
}

extension DeformableConvolution: ONNXExportable {
    func write(to node: NodeWriter) {
        let bias = node.parameters.count > 1 ? node.parameters[1] : ""
        let mask = node.inputs.count > 2 ? node.inputs[2] : fullMask(node)
        node.finish(
            .deformableConvolution, [node.inputs[0], node.parameters[0], node.inputs[1], bias, mask],
            windowAttributes()
                + [.int("group", groups), .int("offset_group", offsetGroups)])
    }

    /// Writes a mask of ones with half as many channels as the offsets: a function body cannot test whether there is a mask.
    private func fullMask(_ node: NodeWriter) -> String {
        let shape = node.part("offset_shape", "Shape", [node.inputs[1]])
        let halved = node.part("mask_shape", "Div", [shape, node.integers("mask_share", [1, 2, 1, 1])])
        return node.part(
            "mask", "ConstantOfShape", [halved], [.tensor("value", ProtoTensorDefinition("", [1], floats: [1]))])
    }
}
