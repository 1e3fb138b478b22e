import Operators

extension ReLU: ONNXExportable {
    func write(to node: NodeWriter) { node.finish("Relu") }
}

extension Sigmoid: ONNXExportable {
    func write(to node: NodeWriter) { node.finish("Sigmoid") }
}

extension PReLU: ONNXExportable {
    func write(to node: NodeWriter) { node.finish("PRelu", node.inputs + node.parameters) }
}

extension Activation: ONNXExportable {
    func write(to node: NodeWriter) {
        switch function {
        case .leakyReLU(let slope): node.finish("LeakyRelu", nil, [.float("alpha", slope)])
        case .hardSigmoid(let slope, let shift):
            node.finish("HardSigmoid", nil, [.float("alpha", slope), .float("beta", shift)])
        case .elu(let alpha): node.finish("Elu", nil, [.float("alpha", alpha)])
        case .selu(let alpha, let gamma): node.finish("Selu", nil, [.float("alpha", alpha), .float("gamma", gamma)])
        case .celu(let alpha): node.finish("Celu", nil, [.float("alpha", alpha)])
        case .thresholdedReLU(let threshold): node.finish("ThresholdedRelu", nil, [.float("alpha", threshold)])
        case .clip(let lowest, let highest):
            node.finish("Clip", [node.inputs[0], node.bound("lowest", lowest), node.bound("highest", highest)])
        case .not:
            let boolean = node.finishWithCast("Not", [node.boolean(of: 0)])
            node.file.add(boolean: boolean, of: node.result)
        case .silu, .mish, .gelu, .truncate: writeParts(to: node)
        default: node.finish(kind)
        }
    }

    /// Writes functions that opset 17 does not have as PyTorch exports them. Each step is rounded as in the function's own formula, so
    /// importing the parts gives the same bits.
    private func writeParts(to node: NodeWriter) {
        let input = node.inputs[0]
        func times(_ part: String, _ value: String, _ factor: Float) -> String {
            node.part(part, "Mul", [value, node.number("\(part)_factor", factor)])
        }
        func plusOne(_ value: String) -> String { node.part("plus_one", "Add", [value, node.number("one", 1)]) }
        switch function {
        case .silu: node.finish("Mul", [input, node.part("sigmoid", "Sigmoid", [input])])
        case .mish:
            let gate = node.part("tanh", "Tanh", [node.part("softplus", "Softplus", [input])])
            node.finish("Mul", [input, gate])
        case .gelu(approximated: false):
            let error = node.part("erf", "Erf", [times("scaled", input, Float(0.5).squareRoot())])
            node.finish("Mul", [times("half", input, 0.5), plusOne(error)])
        case .gelu(approximated: true):
            let square = node.part("square", "Mul", [times("small", input, 0.044715), input])
            let sum = node.part("sum", "Add", [input, node.part("cube", "Mul", [square, input])])
            let gate = node.part("tanh", "Tanh", [times("scaled", sum, (2 / Float.pi).squareRoot())])
            node.finish("Mul", [times("half", input, 0.5), plusOne(gate)])
        case .truncate:
            let magnitude = node.part("floor", "Floor", [node.part("magnitude", "Abs", [input])])
            node.finish("Mul", [node.part("sign", "Sign", [input]), magnitude])
        default: preconditionFailure("\(kind) is one node")
        }
    }
}

extension NodeWriter {
    /// Writes a bound as an input; an infinite bound is left out.
    fileprivate func bound(_ part: String, _ value: Float) -> String { value.isInfinite ? "" : number(part, value) }
}
