import CDNNL
import Graphs
import Operators

extension ReLU: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        if compiler.mayBeInfinite[node] { return try compiler.compileFlat(self, node: node) }
        return try compileActivation(.relu, node: node, into: node, compiler)
    }
}

extension Sigmoid: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let input = compiler.input(of: node)
        if let product = compiler.productWithSigmoid(of: input), product.sigmoid == node,
            try compileActivation(.swish, node: node, into: product.product, compiler)
        {
            compiler.absorb(product.product)
            return true
        }
        return try compileActivation(.logistic, node: node, into: node, compiler)
    }
}

extension Activation: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        if let function = EltwiseFunction(self), !(function.isFlatSomewhere && compiler.mayBeInfinite[node]),
            try compileActivation(function, node: node, into: node, compiler)
        {
            return true
        }
        return try compiler.compileFlat(self, node: node)
    }
}

/// Compiles an elementwise function, in the layout of its input.
private func compileActivation(
    _ function: EltwiseFunction, node: Int, into result: Int, _ compiler: Compiler
) throws -> Bool {
    let input = compiler.input(of: node)
    let engine = compiler.engine
    let source = try compiler.storedValue(input)
    guard let description = try? function.forward(source.layout, on: engine) else { return false }
    let target = try compiler.makeValue(result, source.layout)
    compiler.slots[result].isReadBackward = function.isKnownByResult
    try compiler.emit(PrimitiveCall(description, [DNNL_ARG_SRC_0: source, DNNL_ARG_DST_0: target], on: engine))
    compiler.onBackward(result) { gradient in
        let data = try compiler.repeatedForGradients(function.isKnownByResult ? target : source)
        let slope = try compiler.converted(gradient, to: data.layout)
        try compiler.contribute(to: input, in: data.layout) {
            try function.gradient(slope, data: data, into: $0, on: engine)
        }
    }
    return true
}

extension EltwiseFunction {
    /// The function applied to a tensor in the given layout.
    func forward(_ layout: Layout, on engine: Engine) throws(OneDNNError) -> PrimitiveDescription {
        try PrimitiveDescription("pinpoint_eltwise_forward", [layout], on: engine) {
            pinpoint_eltwise_forward($0, $1, dnnl_forward_training, byResult ?? algorithm, $2[0], alpha, beta)
        }
    }

    /// The gradient, from the function's results if it can be computed from these, otherwise from its inputs.
    func gradient(
        _ gradient: Memory, data: Memory, into target: Memory, on engine: Engine
    ) throws(OneDNNError) -> PrimitiveCall {
        let description = try PrimitiveDescription(
            "pinpoint_eltwise_backward", [gradient.layout, data.layout], forward: forward(data.layout, on: engine),
            on: engine
        ) { pinpoint_eltwise_backward($0, $1, byResult ?? algorithm, $2[0], $2[1], alpha, beta) }
        let place = isKnownByResult ? DNNL_ARG_DST_0 : DNNL_ARG_SRC_0
        return try PrimitiveCall(
            description, [place: data, DNNL_ARG_DIFF_DST_0: gradient, DNNL_ARG_DIFF_SRC_0: target], on: engine)
    }
}
