import CDNNL
import Graphs
import Operators

extension MaxPooling: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        if try compileOfBytes(node, compiler) { return true }
        guard dilation == 1,
            let kernel = try PoolingKernel(dnnl_pooling_max, kernel, stride, padding, node: node, compiler)
        else { return false }
        // For a window outside of the map, oneDNN would return the lowest representable number.
        guard kernel.meetsTheMap else { return false }
        try kernel.compile()
        return true
    }
}

extension AveragePooling: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        guard dilation == 1,
            let kernel = try PoolingKernel(
                countsPadding ? dnnl_pooling_avg_include_padding : dnnl_pooling_avg_exclude_padding, kernel, stride,
                padding, node: node, compiler)
        else { return false }
        // oneDNN would also count cells beyond the padding.
        guard kernel.meetsTheMap, !countsPadding || kernel.staysWithin(paddingEnd) else { return false }
        try kernel.compile()
        return true
    }
}

extension GlobalAveragePooling: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let map = compiler.shapes[compiler.input(of: node)]
        let whole = Extent(map[2], map[3])
        return try PoolingKernel(dnnl_pooling_avg_exclude_padding, whole, 1, 0, node: node, compiler)?.compile() != nil
    }
}

/// Whether every window of a pooling contains a cell of the map, whose shapes are `[image, channel, row, column]`.
func windowsMeetTheMap(
    _ kernel: Extent, _ stride: Extent, _ padding: Extent, from input: [Int], to output: [Int]
) -> Bool {
    func meets(_ kernel: Int, _ stride: Int, _ padding: Int, _ input: Int, _ output: Int) -> Bool {
        padding < kernel && (output - 1) * stride - padding < input
    }
    return meets(kernel.rows, stride.rows, padding.rows, input[2], output[2])
        && meets(kernel.columns, stride.columns, padding.columns, input[3], output[3])
}

/// Max or average pooling.
private struct PoolingKernel {
    private let compiler: Compiler
    private let node, input: Int
    private let algorithm: dnnl_alg_kind_t
    private let window: Window
    private let source: Memory
    /// Whether every window contains a cell of the map.
    let meetsTheMap: Bool
    private let forward: PrimitiveDescription

    init?(
        _ algorithm: dnnl_alg_kind_t, _ kernel: Extent, _ stride: Extent, _ padding: Extent, node: Int,
        _ compiler: Compiler
    ) throws {
        self.compiler = compiler
        self.node = node
        self.algorithm = algorithm
        input = compiler.input(of: node)
        let (inputShape, outputShape) = (compiler.shapes[input], compiler.shapes[node])
        let extents = [kernel.rows, kernel.columns]
        let steps = [stride.rows, stride.columns]
        let margins = [padding.rows, padding.columns]
        let overhang = (0..<2).map { (axis: Int) -> Int in
            let reach = (outputShape[axis + 2] - 1) * steps[axis] + extents[axis]
            return reach - inputShape[axis + 2] - margins[axis]
        }
        meetsTheMap = windowsMeetTheMap(kernel, stride, padding, from: inputShape, to: outputShape)
        source = try compiler.storedValue(input)
        window = Window(
            algorithm: algorithm, kernel: extents.map(Int64.init), strides: steps.map(Int64.init),
            paddingBefore: margins.map(Int64.init), paddingAfter: overhang.map(Int64.init),
            kind: compiler.mode.hasGradients ? dnnl_forward_training : dnnl_forward_inference)
        guard
            let forward = try? window.forward(
                source.layout, to: .any(outputShape, type: source.layout.type), on: compiler.engine)
        else {
            return nil
        }
        self.forward = forward
    }

    func compile() throws {
        let engine = compiler.engine
        let target = try compiler.makeValue(node, forward.layout(dnnl_query_dst_md))
        var arguments = [DNNL_ARG_SRC_0: source, DNNL_ARG_DST_0: target]
        let workspace =
            try compiler.mode.hasGradients && algorithm == dnnl_pooling_max
            ? compiler.makeTemporary(forward.layout(dnnl_query_workspace_md)) : nil
        if let workspace { arguments[DNNL_ARG_WORKSPACE] = workspace }
        try compiler.emit(PrimitiveCall(forward, arguments, on: engine))
        compiler.onBackward(node) { gradient in
            let (sources, targets) = try (
                compiler.gradientLayout(source.layout), compiler.gradientLayout(target.layout)
            )
            let backward = try window.backward(sources, from: targets, on: engine)
            let slope = try compiler.converted(gradient, to: targets)
            let winners = try workspace.map { try compiler.repeatedForGradients($0) }
            try compiler.contribute(to: input, in: sources) {
                var arguments = [DNNL_ARG_DIFF_DST_0: slope, DNNL_ARG_DIFF_SRC_0: $0]
                if let winners { arguments[DNNL_ARG_WORKSPACE] = winners }
                return try PrimitiveCall(backward, arguments, on: engine)
            }
        }
    }

    /// Whether no window extends beyond the padding at the end.
    func staysWithin(_ padding: Extent) -> Bool {
        window.paddingAfter[0] <= padding.rows && window.paddingAfter[1] <= padding.columns
    }

    /// A pooling window and its steps, for any batch size.
    private struct Window {
        let algorithm: dnnl_alg_kind_t
        let kernel, strides, paddingBefore, paddingAfter: [Int64]
        let kind: dnnl_prop_kind_t

        func forward(_ source: Layout, to target: Layout, on engine: Engine) throws(OneDNNError) -> PrimitiveDescription
        {
            try PrimitiveDescription("pinpoint_pooling_forward", [source, target], on: engine) {
                pinpoint_pooling_forward(
                    $0, $1, kind, algorithm, $2[0], $2[1], strides, kernel, paddingBefore, paddingAfter)
            }
        }

        func backward(_ source: Layout, from target: Layout, on engine: Engine) throws(OneDNNError)
            -> PrimitiveDescription
        {
            try PrimitiveDescription(
                "pinpoint_pooling_backward", [source, target], forward: forward(source, to: target, on: engine),
                on: engine
            ) {
                pinpoint_pooling_backward(
                    $0, $1, algorithm, $2[0], $2[1], strides, kernel, paddingBefore, paddingAfter)
            }
        }
    }
}
