import Graphs
import Operators
import Tensors
import VectorKernels

/// Batch normalization in training with our own kernels, including the ReLU after it.
struct BatchStatisticsKernel {
    private let normalization: BatchNormalization
    private let node, input: Int
    private let set: KernelSet
    private let compiler: Compiler

    init(_ normalization: BatchNormalization, node: Int, set: KernelSet, _ compiler: Compiler) {
        (self.normalization, self.node, self.set, self.compiler) = (normalization, node, set, compiler)
        input = compiler.input(of: node)
    }

    func compile() throws {
        let source = try compiler.storedValue(input)
        let reader = compiler.onlyReadingReLU(node)
        if let reader { compiler.absorb(reader) }
        let result = reader ?? node
        let target = try compiler.makeValue(result, source.layout)
        let channels = try Layout.plain([normalization.channels])
        let (mean, variance) = (try compiler.makeTemporary(channels), try compiler.makeTemporary(channels))
        let outside = try (0..<2).map { try compiler.parameter(node, $0) }
        let (scale, shift) = (outside[0].value, outside[1].value)
        let template = pass(rectifies: reader != nil)
        let (blocks, items) = (template.blocks, template.images * template.blocks)
        let sums = try compiler.makeTemporary(.plain([items * 2 * set.lanes]))
        let factors = try compiler.makeTemporary(.plain([blocks * Int(NORMALIZATION_FACTORS) * set.lanes]))
        let kernels = set.normalization
        compiler.emit("batch statistics:\(set)", on: [source, target, mean, variance, sums, factors]) {
            var pass = template
            (pass.source, pass.target) = (UnsafeRawPointer(source.pointer), UnsafeMutableRawPointer(target.pointer))
            (pass.scale, pass.shift) = (UnsafePointer(scale.pointer), UnsafePointer(shift.pointer))
            (pass.mean, pass.variance) = (mean.pointer, variance.pointer)
            (pass.sums, pass.factors) = (sums.pointer, factors.pointer)
            forEachItem(items, of: pass) { pass, item, _ in kernels.measure(pass, item) }
            withUnsafePointer(to: pass) { for block in 0..<blocks { kernels.settle($0, block) } }
            forEachItem(items, of: pass) { pass, item, _ in kernels.apply(pass, item) }
        }
        try normalization.emitRunningStatistics(node: node, mean: mean, variance: variance, with: compiler)

        compiler.onBackward(result) { [self] gradient in
            let slope = try compiler.converted(gradient, to: source.layout)
            let gradients = try (0..<2).map { try compiler.parameterGradient(node, $0, plain: channels) }
            let sums = try compiler.makeTemporary(.plain([items * 2 * set.lanes]))
            func emit(into target: Memory?, adds: Bool) {
                let memories = [source, slope, factors, sums] + gradients + [target].compactMap { $0 }
                compiler.emit("batch statistics:\(set)", on: memories) {
                    var pass = template
                    pass.adds = adds ? 1 : 0
                    (pass.source, pass.slope) = (UnsafeRawPointer(source.pointer), UnsafeRawPointer(slope.pointer))
                    (pass.scale_gradient, pass.shift_gradient) = (gradients[0].pointer, gradients[1].pointer)
                    (pass.sums, pass.factors) = (sums.pointer, factors.pointer)
                    pass.target = (target?.pointer).map { UnsafeMutableRawPointer($0) }
                    forEachItem(items, of: pass) { pass, item, _ in kernels.measure_slopes(pass, item) }
                    withUnsafePointer(to: pass) { for block in 0..<blocks { kernels.settle_slopes($0, block) } }
                    if target != nil { forEachItem(items, of: pass) { pass, item, _ in kernels.propagate(pass, item) } }
                }
            }
            guard compiler.slots[input].wantsGradient else { return emit(into: nil, adds: false) }
            try compiler.accumulate(to: input, in: source.layout) { emit(into: $0, adds: $1) }
        }
    }

    /// A pass without memory addresses.
    private func pass(rectifies: Bool) -> normalization_pass {
        let shape = compiler.shapes[node]
        var pass = normalization_pass()
        (pass.images, pass.channels, pass.cells) = (shape[0], shape[1], shape[2] * shape[3])
        pass.blocks = (shape[1] + set.lanes - 1) / set.lanes
        pass.epsilon = normalization.epsilon
        pass.rectifies = rectifies ? 1 : 0
        return pass
    }
}
