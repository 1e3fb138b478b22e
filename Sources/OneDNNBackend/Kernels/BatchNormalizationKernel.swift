import CDNNL
import Graphs
import Operators
import Tensors

extension BatchNormalization: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let input = compiler.input(of: node)
        let (engine, mode) = (compiler.engine, compiler.mode)
        let source = try compiler.storedValue(input)
        if mode == .training, usesBatchStatistics(mode), let set = compiler.kernelSet, compiler.shapes[node].count == 4,
            try source.layout == set.layout(compiler.shapes[node])
        {
            try BatchStatisticsKernel(self, node: node, set: set, compiler).compile()
            return true
        }
        // In inspection, the gradient is a channelwise product, into which no ReLU can be fused.
        let reader = mode == .inspection ? nil : compiler.onlyReadingReLU(node)
        let relu = reader != nil
        guard let forward = try? forward(source.layout, mode: mode, relu: relu, on: engine) else { return false }
        let backward =
            mode == .training ? try? backward(source.layout, relu: relu, hint: forward, on: engine) : nil
        if mode == .training && backward == nil { return false }
        let result = reader ?? node
        if let reader { compiler.absorb(reader) }

        let channels = try Layout.plain([channels])
        let entries = try (0..<4).map { try compiler.parameter(node, $0) }
        let outside = try entries.map { try Memory(channels, at: $0.value, on: engine) }
        let batchMean = usesBatchStatistics(mode) ? try compiler.makeTemporary(channels) : outside[2]
        let batchVariance = usesBatchStatistics(mode) ? try compiler.makeTemporary(channels) : outside[3]
        var common = [
            DNNL_ARG_SRC_0: source, DNNL_ARG_MEAN: batchMean, DNNL_ARG_VARIANCE: batchVariance,
            DNNL_ARG_SCALE: outside[0],
        ]
        if relu && mode == .training {
            common[DNNL_ARG_WORKSPACE] = try compiler.makeTemporary(forward.layout(dnnl_query_workspace_md))
        }
        var arguments = common
        arguments[DNNL_ARG_SHIFT] = outside[1]
        arguments[DNNL_ARG_DST_0] = try compiler.makeValue(result, source.layout)
        try compiler.emit(PrimitiveCall(forward, arguments, on: engine))
        if usesBatchStatistics(mode) {
            try emitRunningStatistics(node: node, mean: batchMean, variance: batchVariance, with: compiler)
        }

        compiler.onBackward(result) { gradient in
            guard let backward else {
                return try emitProduct(gradient, outside, input: input, with: compiler)
            }
            let slope = try compiler.converted(gradient, to: source.layout)
            var arguments = common
            if pinpoint_normalization_takes_shift_backward() { arguments[DNNL_ARG_SHIFT] = outside[1] }
            arguments[DNNL_ARG_DIFF_DST_0] = slope
            for (position, argument) in [DNNL_ARG_DIFF_SCALE, DNNL_ARG_DIFF_SHIFT].enumerated() {
                arguments[argument] = try compiler.parameterGradient(node, position, plain: channels)
            }
            if compiler.slots[input].wantsGradient {
                try compiler.contribute(to: input, in: source.layout) { target in
                    arguments[DNNL_ARG_DIFF_SRC_0] = target
                    return try PrimitiveCall(backward, arguments, on: engine)
                }
            } else {
                arguments[DNNL_ARG_DIFF_SRC_0] = try compiler.makeTemporary(source.layout)
                try compiler.emit(PrimitiveCall(backward, arguments, on: engine))
            }
        }
        return true
    }

    /// Updates the running statistics with a batch's statistics.
    func emitRunningStatistics(node: Int, mean: Memory, variance: Memory, with compiler: Compiler) throws {
        let count = Float(compiler.shapes[node].reduce(1, *) / channels)
        let running = try (2..<4).map { try compiler.parameter(node, $0).value }
        compiler.emit("running statistics", on: [mean, variance]) { [channels, momentum] in
            let (means, variances) = (running[0].pointer, running[1].pointer)
            for channel in 0..<channels {
                means[channel] += momentum * (mean.pointer[channel] - means[channel])
                let unbiased = variance.pointer[channel] * (count / max(count - 1, 1))
                variances[channel] += momentum * (unbiased - variances[channel])
            }
        }
    }

    /// With fixed statistics, the gradient is multiplied by one number per channel, which is what the forward pass does when mean and shift
    /// are zero. (oneDNN 2.6 also has a channelwise product, but no fast one.)
    private func emitProduct(_ gradient: Memory, _ outside: [Memory], input: Int, with compiler: Compiler) throws {
        let layout = try compiler.gradientLayout(compiler.storedValue(input).layout)
        let slope = try compiler.converted(gradient, to: layout)
        let product = try forward(layout, mode: .inference, relu: false, on: compiler.engine)
        let zeros = try Memory(.plain([channels]), on: compiler.engine)
        try compiler.contribute(to: input, in: layout) { target in
            let arguments = [
                DNNL_ARG_SRC_0: slope, DNNL_ARG_MEAN: zeros, DNNL_ARG_VARIANCE: outside[3], DNNL_ARG_SCALE: outside[0],
                DNNL_ARG_SHIFT: zeros, DNNL_ARG_DST_0: target,
            ]
            return try PrimitiveCall(product, arguments, purpose: "data", on: compiler.engine)
        }
    }

    /// The factor of each channel if its statistics are fixed: `scale / standard deviation`.
    func factors(scale: UnsafePointer<Float>, variance: UnsafePointer<Float>) -> [Float] {
        (0..<channels).map { scale[$0] / (variance[$0] + epsilon).squareRoot() }
    }

    private func flags(_ mode: ProgramMode, relu: Bool) -> UInt32 {
        var flags = dnnl_use_scale.rawValue | dnnl_use_shift.rawValue
        if !usesBatchStatistics(mode) { flags |= dnnl_use_global_stats.rawValue }
        if relu { flags |= dnnl_fuse_norm_relu.rawValue }
        return flags
    }

    private func forward(
        _ layout: Layout, mode: ProgramMode, relu: Bool, on engine: Engine
    ) throws(OneDNNError) -> PrimitiveDescription {
        try PrimitiveDescription("pinpoint_batch_normalization_forward", [layout], on: engine) {
            pinpoint_batch_normalization_forward(
                $0, $1, mode == .training ? dnnl_forward_training : dnnl_forward_inference, $2[0], epsilon,
                flags(mode, relu: relu))
        }
    }

    private func backward(
        _ layout: Layout, relu: Bool, hint: PrimitiveDescription, on engine: Engine
    ) throws(OneDNNError) -> PrimitiveDescription {
        try PrimitiveDescription("pinpoint_batch_normalization_backward", [layout], forward: hint, on: engine) {
            pinpoint_batch_normalization_backward($0, $1, $2[0], epsilon, flags(.training, relu: relu))
        }
    }
}
