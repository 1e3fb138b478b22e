/// Operators with integer inputs and outputs, as in ONNX Runtime's operator-oriented format (QOperator): each is replaced by a function
/// body in the QuantizeLinear/DequantizeLinear format that the importer reads.
///
/// A quantized value consists of three inputs: its integers, their scale and their zero point. The result is integers as well, with a given
/// scale and zero point.
enum IntegerOperators {
    /// Returns the body for a node; nil for other operators and for unsupported ones.
    static func body(_ node: ImportedNode) -> ProtoFunctionDefinition? {
        switch node.kind {
        case "QLinearConv": convolution(hasBias: node.inputs.count > 8 && !node.inputs[8].isEmpty)
        case "QLinearMatMul": binary("MatMul")
        case "com.microsoft.QLinearAdd": binary("Add")
        case "com.microsoft.QLinearMul": binary("Mul")
        case "com.microsoft.QLinearSigmoid": unary("Sigmoid")
        case "com.microsoft.QLinearLeakyRelu": unary("LeakyRelu", .reference("alpha", .float, to: "alpha"))
        case "com.microsoft.QLinearConcat" where node.inputs.count >= 5 && node.inputs.count % 3 == 2:
            concatenation(of: node.inputs.count / 3)
        default: nil
        }
    }

    /// Operators that are rejected with advice on how to quantize the model.
    static let others = [
        "ConvInteger", "MatMulInteger", "DynamicQuantizeLinear", "com.microsoft.QLinearSoftmax",
        "com.microsoft.QLinearAveragePool", "com.microsoft.QLinearGlobalAveragePool", "com.microsoft.QLinearConcat",
        "com.microsoft.QGemm", "com.microsoft.QAttention",
    ]

    private static func function(
        _ inputs: [String], _ fill: (inout FunctionBody) -> Void
    ) -> ProtoFunctionDefinition {
        var function = ProtoFunctionDefinition()
        function.input = inputs
        function.output = ["Y"]
        var set = ProtoOperatorSet()
        set.version = 17
        function.opsetImport = [set]
        var body = FunctionBody()
        fill(&body)
        function.node = body.nodes
        return function
    }

    /// Inputs: `x, x_scale, x_zero_point, w, w_scale, w_zero_point, y_scale, y_zero_point, B`, with the bias in units of `x_scale ·
    /// w_scale`.
    private static func convolution(hasBias: Bool) -> ProtoFunctionDefinition {
        function(["x", "xs", "xz", "w", "ws", "wz", "ys", "yz"] + (hasBias ? ["b"] : [])) { body in
            var inputs = [
                body.add("input", "DequantizeLinear", ["x", "xs", "xz"]),
                body.add("weight", "DequantizeLinear", ["w", "ws", "wz"], .int("axis", 0)),
            ]
            if hasBias {
                let unit = body.add("unit", "Mul", ["ws", "xs"])
                inputs.append(body.add("bias", "DequantizeLinear", ["b", unit], .int("axis", 0)))
            }
            body.add(
                "product", "Conv", inputs, .reference("auto_pad", .string, to: "auto_pad"),
                .reference("dilations", .ints, to: "dilations"), .reference("group", .int, to: "group"),
                .reference("kernel_shape", .ints, to: "kernel_shape"), .reference("pads", .ints, to: "pads"),
                .reference("strides", .ints, to: "strides"))
            body.add("Y", "QuantizeLinear", ["product", "ys", "yz"])
        }
    }

    private static func binary(_ kind: String) -> ProtoFunctionDefinition {
        function(["a", "as", "az", "b", "bs", "bz", "ys", "yz"]) { body in
            let inputs = [
                body.add("left", "DequantizeLinear", ["a", "as", "az"]),
                body.add("right", "DequantizeLinear", ["b", "bs", "bz"]),
            ]
            body.add("Y", "QuantizeLinear", [body.add("result", kind, inputs), "ys", "yz"])
        }
    }

    private static func unary(_ kind: String, _ attributes: ProtoAttribute...) -> ProtoFunctionDefinition {
        function(["x", "xs", "xz", "ys", "yz"]) { body in
            let input = body.add("input", "DequantizeLinear", ["x", "xs", "xz"])
            body.append("result", kind, [input], attributes)
            body.add("Y", "QuantizeLinear", ["result", "ys", "yz"])
        }
    }

    /// The result's scale and zero point are the first inputs.
    private static func concatenation(of count: Int) -> ProtoFunctionDefinition {
        let values = (0..<count).map { ["x\($0)", "s\($0)", "z\($0)"] }
        return function(["ys", "yz"] + values.joined()) { body in
            let inputs = values.enumerated().map { body.add("input\($0)", "DequantizeLinear", $1) }
            body.add("result", "Concat", inputs, .reference("axis", .int, to: "axis"))
            body.add("Y", "QuantizeLinear", ["result", "ys", "yz"])
        }
    }
}
