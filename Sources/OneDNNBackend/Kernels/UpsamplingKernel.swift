import CDNNL
import Graphs
import Operators

extension NearestUpsampling: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        try compileResampling(dnnl_resampling_nearest, scale: scale, node: node, compiler)
    }
}

extension BilinearUpsampling: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        try compileResampling(dnnl_resampling_linear, scale: scale, node: node, compiler)
    }
}

private func compileResampling(
    _ algorithm: dnnl_alg_kind_t, scale: Int, node: Int, _ compiler: Compiler
) throws -> Bool {
    let input = compiler.graph.nodes[node].inputs[0].index
    let engine = compiler.engine
    let source = try compiler.value(input)
    let factors = [Float(scale), Float(scale)]
    var descriptor = dnnl_resampling_desc_t()
    let any = try Layout.any(compiler.shapes[node])
    let status = source.layout.withDescriptor { source in
        any.withDescriptor { target in
            dnnl_resampling_forward_desc_init(
                &descriptor, compiler.mode.hasGradients ? dnnl_forward_training : dnnl_forward_inference, algorithm,
                factors, source, target)
        }
    }
    guard status == dnnl_success, let forward = try? PrimitiveDescription(&descriptor, on: engine) else {
        return false
    }
    let target = try compiler.makeValue(node, forward.layout(dnnl_query_dst_md))
    try compiler.emit(PrimitiveCall(forward, [DNNL_ARG_SRC_0: source, DNNL_ARG_DST_0: target], on: engine))
    compiler.onBackward(node) { gradient in
        var descriptor = dnnl_resampling_desc_t()
        try check(
            "dnnl_resampling_backward_desc_init",
            source.layout.withDescriptor { source in
                target.layout.withDescriptor { target in
                    dnnl_resampling_backward_desc_init(&descriptor, algorithm, factors, source, target)
                }
            })
        let backward = try PrimitiveDescription(&descriptor, hint: forward, on: engine)
        let slope = try compiler.converted(gradient, to: target.layout)
        try compiler.contribute(to: input, in: source.layout) {
            try PrimitiveCall(backward, [DNNL_ARG_DIFF_DST_0: slope, DNNL_ARG_DIFF_SRC_0: $0], on: engine)
        }
    }
    return true
}
