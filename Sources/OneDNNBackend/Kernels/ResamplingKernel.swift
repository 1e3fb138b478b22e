import CDNNL
import Graphs
import Operators

extension NearestUpsampling: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        try compileResampling(dnnl_resampling_nearest, node: node, compiler)
    }
}

extension BilinearUpsampling: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        try compileResampling(dnnl_resampling_linear, node: node, compiler)
    }
}

extension Resize: AcceleratedOperator {
    /// oneDNN's places are those of half pixels, by the extents alone.
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let (from, to) = (compiler.shapes[compiler.graph.nodes[node].inputs[0].index], compiler.shapes[node])
        guard from.count == 4 else { return false }
        let axes = [(rows, from[2], to[2]), (columns, from[3], to[3])]
        let isWhole = axes.allSatisfy { $2 % $1 == 0 }
        switch mode {
        case .linear where axes.allSatisfy({ isHalfPixel($0, from: $1, to: $2) }):
            return try compileResampling(dnnl_resampling_linear, node: node, compiler)
        case .nearest where isWhole || !compiler.mode.hasGradients:
            for (length, extent, resized) in axes {
                let nearest = (0..<resized).map {
                    Int(((Float($0) + 0.5) * Float(extent) / Float(resized) - 0.5).rounded())
                }
                if nearest != nearestCells(length, from: extent, to: resized) { return false }
            }
            return try compileResampling(dnnl_resampling_nearest, node: node, compiler)
        default: return false
        }
    }

    private func isHalfPixel(_ length: Length, from extent: Int, to resized: Int) -> Bool {
        if case .scale(let scale) = length, Double(extent) * scale != Double(resized) { return false }
        switch coordinates {
        case .halfPixel, .halfPixelSymmetric: return true
        case .pytorchHalfPixel: return resized > 1
        case .asymmetric, .alignCorners: return false
        }
    }
}

private func compileResampling(_ algorithm: dnnl_alg_kind_t, node: Int, _ compiler: Compiler) throws -> Bool {
    let input = compiler.graph.nodes[node].inputs[0].index
    let engine = compiler.engine
    let source = try compiler.value(input)
    func forward(_ source: Layout, to target: Layout) throws(OneDNNError) -> PrimitiveDescription {
        var descriptor = dnnl_resampling_desc_t()
        try check(
            "dnnl_resampling_forward_desc_init",
            source.withDescriptor { source in
                target.withDescriptor { target in
                    dnnl_resampling_forward_desc_init(
                        &descriptor, compiler.mode.hasGradients ? dnnl_forward_training : dnnl_forward_inference,
                        algorithm, nil, source, target)
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
                    dnnl_resampling_backward_desc_init(&descriptor, algorithm, nil, source, target)
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
