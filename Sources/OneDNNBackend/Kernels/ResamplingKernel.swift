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
    /// oneDNN samples at half-pixel coordinates, computed from the extents alone.
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let (from, to) = (compiler.shapes[compiler.input(of: node)], compiler.shapes[node])
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
    let input = compiler.input(of: node)
    let engine = compiler.engine
    let source = try compiler.storedValue(input)
    func forward(_ source: Layout, to target: Layout) throws(OneDNNError) -> PrimitiveDescription {
        let kind = compiler.mode.hasGradients ? dnnl_forward_training : dnnl_forward_inference
        return try PrimitiveDescription("pinpoint_resampling_forward", [source, target], on: engine) {
            pinpoint_resampling_forward($0, $1, kind, algorithm, $2[0], $2[1])
        }
    }
    // For maps of a single cell, the order of the axes is ambiguous: oneDNN 3.7 assumes channels last, and then reads wrong elements.
    let (shape, type) = (compiler.shapes[node], source.layout.type)
    let isPlain = try source.layout == .plain(compiler.shapes[input], type: type)
    let wanted = isPlain ? try Layout.plain(shape, type: type) : try .any(shape, type: type)
    guard let enlarge = try? forward(source.layout, to: wanted) else { return false }
    let target = try compiler.makeValue(node, enlarge.layout(dnnl_query_dst_md))
    try compiler.emit(PrimitiveCall(enlarge, [DNNL_ARG_SRC_0: source, DNNL_ARG_DST_0: target], on: engine))
    compiler.onBackward(node) { gradient in
        let (sources, targets) = try (
            compiler.gradientLayout(source.layout), compiler.gradientLayout(target.layout)
        )
        let backward = try PrimitiveDescription(
            "pinpoint_resampling_backward", [sources, targets], forward: forward(sources, to: targets), on: engine
        ) { pinpoint_resampling_backward($0, $1, algorithm, $2[0], $2[1]) }
        let slope = try compiler.converted(gradient, to: targets)
        try compiler.contribute(to: input, in: sources) {
            try PrimitiveCall(backward, [DNNL_ARG_DIFF_DST_0: slope, DNNL_ARG_DIFF_SRC_0: $0], on: engine)
        }
    }
    return true
}
