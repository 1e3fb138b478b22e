import CDNNL
import Graphs
import Operators
import Tensors
import VectorKernels

extension DeformableConvolution: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let input = compiler.input(of: node)
        let set = compiler.kernelSet ?? KernelSet.plain
        let blocks = SampledBlocks(
            self, input: compiler.shapes[input], output: compiler.shapes[node], width: set.lanes)
        // All channels of a block must share their offsets.
        guard groups == 1, !blocks.output.contains(0),
            offsetGroups == 1 || inputChannels / offsetGroups % blocks.width == 0
        else { return false }
        try DeformableConvolutionKernel(self, blocks, set: set, node: node, compiler).compile()
        return true
    }
}

/// A deformable convolution in a program: the input is sampled into a matrix, a band of positions at a time, and multiplied by the weights.
/// In inference and inspection the normalization after it is fused into it, and in all modes a ReLU.
final class DeformableConvolutionKernel {
    /// Unowned, since the compiler owns the operations that retain this object.
    unowned let compiler: Compiler
    let node: Int
    let convolution: DeformableConvolution
    let blocks: SampledBlocks
    private let set: KernelSet
    /// The input in blocks of channels, the offsets, and the mask if there is one.
    private let inputs: [Memory]
    /// `[row of the matrix, output channel]`, including the normalization, and the bias.
    let weights, shift: Memory
    private let normalization: Int?

    init(
        _ convolution: DeformableConvolution, _ blocks: SampledBlocks, set: KernelSet, node: Int, _ compiler: Compiler
    ) throws {
        self.compiler = compiler
        self.node = node
        self.convolution = convolution
        self.blocks = blocks
        self.set = set
        let inputs = compiler.inputs(of: node)
        self.inputs = try inputs.enumerated().map { position, input in
            let shape = compiler.shapes[input]
            return try compiler.value(input, in: position == 0 ? set.layout(shape) : .plain(shape))
        }
        let reader = compiler.mode == .training ? nil : compiler.onlyReader(of: node)
        normalization = reader.flatMap { compiler.graph.nodes[$0].operator is BatchNormalization ? $0 : nil }
        weights = try Memory(.plain([blocks.row, blocks.outputs]), on: compiler.engine)
        shift = try Memory(.plain([blocks.outputs]), on: compiler.engine)
    }

    /// The inputs as gradients read them: all in float32.
    func floatInputs() throws -> [Memory] {
        let map = compiler.input(of: node)
        let layout = try Layout(compiler.shapes[map], set.lanes == 8 ? dnnl_aBcd8b : dnnl_aBcd16b)
        return [try compiler.value(map, in: layout)] + inputs.dropFirst()
    }

    func compile() throws {
        let normalized = normalization ?? node
        let relu = compiler.onlyReadingReLU(normalized)
        let result = relu ?? normalized
        for absorbed in [normalization, relu] { if let absorbed { compiler.absorb(absorbed) } }
        compiler.slots[result].isReadBackward = relu != nil
        let target = try compiler.makeValue(result, set.layout(compiler.shapes[node]))
        let template = pass(rectifies: relu != nil)
        let kernels = set.sampled
        let (items, floats, weightFloats) = withUnsafePointer(to: template) {
            (kernels.items($0), kernels.scratch($0) / 64 * 16 + 16, kernels.weights_size($0) / 4)
        }
        let packed = try Memory(.plain([weightFloats]), on: compiler.engine)
        try prepareWeights()
        let panels = (blocks.outputBlocks + 1) / 2
        compiler.prepare("packed weights") { [self] in
            var pass = template
            pass.weights = UnsafeMutableRawPointer(packed.pointer)
            let numbers = weights.pointer
            forEachItem(panels, of: pass) { pass, panel, _ in kernels.pack_weights(pass, numbers, panel) }
        }
        let scratch = try compiler.makeTemporary(.plain([floats * Parallel.workerCount]))
        compiler.emit("deformable convolution:\(set)", on: inputs + [target, scratch]) { [inputs, shift] in
            var pass = template
            (pass.map, pass.target) = (
                UnsafeRawPointer(inputs[0].pointer), UnsafeMutableRawPointer(target.pointer)
            )
            pass.offsets = UnsafePointer(inputs[1].pointer)
            pass.mask = inputs.count > 2 ? UnsafePointer(inputs[2].pointer) : nil
            pass.weights = UnsafeMutableRawPointer(packed.pointer)
            pass.shift = UnsafePointer(shift.pointer)
            let start = scratch.pointer
            forEachItem(items, of: pass) { kernels.product($0, start + $2 * floats, $1) }
        }
        compiler.onBackward(result) { [self] gradient in
            try emitGradients(relu == nil ? gradient : compiler.through(.relu, gradient, result: target))
        }
    }

    /// A pass without memory addresses.
    private func pass(rectifies: Bool) -> sampled_pass {
        var pass = sampled_pass()
        (pass.images, pass.rows, pass.columns) = (blocks.input[0], blocks.input[2], blocks.input[3])
        (pass.target_rows, pass.target_columns) = (blocks.output[2], blocks.output[3])
        (pass.blocks, pass.target_blocks, pass.groups) = (blocks.blocks, blocks.outputBlocks, blocks.offsetGroups)
        (pass.kernel_rows, pass.kernel_columns) = (blocks.kernel.rows, blocks.kernel.columns)
        (pass.stride_row, pass.stride_column) = (blocks.stride.rows, blocks.stride.columns)
        (pass.padding_row, pass.padding_column) = (blocks.padding.rows, blocks.padding.columns)
        (pass.dilation_row, pass.dilation_column) = (blocks.dilation.rows, blocks.dilation.columns)
        pass.rectifies = rectifies ? 1 : 0
        // As many for each thread, if there are few; the result does not depend on it.
        let bands = (blocks.outputArea + Self.mostPositions - 1) / Self.mostPositions
        let workers = Parallel.workerCount
        let parts = bands * blocks.input[0] < 8 * workers ? (bands + workers - 1) / workers * workers : bands
        pass.positions = max(1, (blocks.outputArea + parts - 1) / parts)
        return pass
    }

    /// Positions whose samples stay in the second-level cache.
    private static let mostPositions = 96

    /// Keeps ``weights`` and ``shift`` up to date: `scale · (w x + b - mean) / standard deviation + shift` is a product with other weights.
    private func prepareWeights() throws {
        let weight = try compiler.parameter(node, 0).value.pointer
        let bias = try convolution.bias ? compiler.parameter(node, 1).value.pointer : nil
        let statistics = try normalization.map { normalization in
            try (0..<4).map { try compiler.parameter(normalization, $0).value.pointer }
        }
        let norm = normalization.flatMap { compiler.graph.nodes[$0].operator as? BatchNormalization }
        compiler.prepare("folded weights") { [self] in
            let outputCount = blocks.output[1]
            let ones = [Float](repeating: 1, count: outputCount)
            let factors = statistics.flatMap { norm?.factors(scale: $0[0], variance: $0[3]) } ?? ones
            for output in 0..<outputCount {
                let (mean, added) = statistics.map { ($0[2][output], $0[1][output]) } ?? (0, 0)
                shift.pointer[output] = ((bias?[output] ?? 0) - mean) * factors[output] + added
            }
            let (blocks, target) = (blocks, weights.pointer)
            Parallel.forEach(blocks.input[1]) { channel, _ in
                for element in 0..<blocks.elements {
                    let row = target + blocks.matrixColumn(channel, element) * blocks.outputs
                    for output in 0..<outputCount {
                        let place = (output * blocks.input[1] + channel) * blocks.elements + element
                        row[output] = weight[place] * factors[output]
                    }
                }
            }
        }
    }
}

extension SampledBlocks {
    /// The position of a channel and a kernel element in a row of the matrix.
    func matrixColumn(_ channel: Int, _ element: Int) -> Int {
        channel / width * blockRow + element * width + channel % width
    }
}
