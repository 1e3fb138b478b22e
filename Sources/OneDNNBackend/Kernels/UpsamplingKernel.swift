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
    func forward(_ source: Layout, to target: Layout) throws(OneDNNError) -> PrimitiveDescription {
        var descriptor = dnnl_resampling_desc_t()
        try check(
            "dnnl_resampling_forward_desc_init",
            source.withDescriptor { source in
                target.withDescriptor { target in
                    dnnl_resampling_forward_desc_init(
                        &descriptor, compiler.mode.hasGradients ? dnnl_forward_training : dnnl_forward_inference,
                        algorithm, factors, source, target)
                }
            })
        return try PrimitiveDescription(&descriptor, on: engine)
    }
    guard let enlarge = try? forward(source.layout, to: .any(compiler.shapes[node])) else { return false }
    let target = try compiler.makeValue(node, enlarge.layout(dnnl_query_dst_md))
    try compiler.emit(PrimitiveCall(enlarge, [DNNL_ARG_SRC_0: source, DNNL_ARG_DST_0: target], on: engine))
    compiler.onBackward(node) { gradient in
        let (sources, targets) = try (
            compiler.gradientLayout(source.layout), compiler.gradientLayout(target.layout)
        )
        var descriptor = dnnl_resampling_desc_t()
        try check(
            "dnnl_resampling_backward_desc_init",
            sources.withDescriptor { source in
                targets.withDescriptor { target in
                    dnnl_resampling_backward_desc_init(&descriptor, algorithm, factors, source, target)
                }
            })
        let backward = try PrimitiveDescription(&descriptor, hint: forward(sources, to: targets), on: engine)
        let slope = try compiler.converted(gradient, to: targets)
        try compiler.contribute(to: input, in: sources) {
            try PrimitiveCall(backward, [DNNL_ARG_DIFF_DST_0: slope, DNNL_ARG_DIFF_SRC_0: $0], on: engine)
        }
    }
    return true
}
