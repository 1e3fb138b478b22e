import CDNNL
import Graphs
import Operators

extension ReLU: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        try compileActivation(dnnl_eltwise_relu_use_dst_for_bwd, node: node, compiler)
    }
}

extension Sigmoid: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        try compileActivation(dnnl_eltwise_logistic_use_dst_for_bwd, node: node, compiler)
    }
}

/// A function of each number alone whose slope can be told from its result.
private func compileActivation(_ algorithm: dnnl_alg_kind_t, node: Int, _ compiler: Compiler) throws -> Bool {
    let input = compiler.graph.nodes[node].inputs[0].index
    let engine = compiler.engine
    let source = try compiler.value(input)
    var descriptor = dnnl_eltwise_desc_t()
    let status = source.layout.withDescriptor {
        dnnl_eltwise_forward_desc_init(&descriptor, dnnl_forward_training, algorithm, $0, 0, 0)
    }
    guard status == dnnl_success, let description = try? PrimitiveDescription(&descriptor, on: engine) else {
        return false
    }
    let target = try compiler.makeValue(node, source.layout)
    compiler.slots[node].isReadBackward = true
    try compiler.emit(PrimitiveCall(description, [DNNL_ARG_SRC_0: source, DNNL_ARG_DST_0: target], on: engine))
    compiler.onBackward(node) { gradient in
        let results = try compiler.besideGradients(target)
        let slope = try compiler.converted(gradient, to: results.layout)
        try compiler.contribute(to: input, in: results.layout) {
            try .activationGradient(algorithm, slope, result: results, into: $0, on: engine)
        }
    }
    return true
}
