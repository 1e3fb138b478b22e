import CDNNL
import Graphs
import Operators
import Tensors

extension DeformableConvolution: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let input = compiler.graph.nodes[node].inputs[0].index
        let source = try compiler.value(input).layout
        let isNarrow = try source == Layout(compiler.shapes[input], dnnl_aBcd8b)
        let blocks = SampledBlocks(
            self, input: compiler.shapes[input], output: compiler.shapes[node], width: isNarrow ? 8 : 16)
        // A block of channels looks at one place.
        guard groups == 1, offsetGroups == 1 || inputChannels / offsetGroups % blocks.width == 0 else { return false }
        try DeformableConvolutionKernel(self, blocks, node: node, compiler).compile()
        return true
    }
}

/// A deformable convolution in a program: the input is sampled into a matrix, a band of positions at a time, and multiplied by
/// the weights. In inference and inspection it takes the normalization after it along, and in all modes a ReLU.
final class DeformableConvolutionKernel {
    /// It holds the operations that hold this, so this must not hold it.
    unowned let compiler: Compiler
    let node: Int
    let convolution: DeformableConvolution
    let blocks: SampledBlocks
    /// The input in blocks of channels, the offsets, and the mask where there is one.
    let sources: [Memory]
    /// `[row of the matrix, output channel]`, the normalization in them, and what is then added.
    let weights, shift: Memory
    private let normalization: Int?

    init(
        _ convolution: DeformableConvolution, _ blocks: SampledBlocks, node: Int, _ compiler: Compiler
    ) throws {
        self.compiler = compiler
        self.node = node
        self.convolution = convolution
        self.blocks = blocks
        let inputs = compiler.graph.nodes[node].inputs.map(\.index)
        sources = try inputs.enumerated().map { position, input in
            let shape = compiler.shapes[input]
            return try compiler.value(input, in: position == 0 ? Self.layout(shape, blocks) : .plain(shape))
        }
        let reader = compiler.mode == .training ? nil : compiler.onlyReader(of: node)
        normalization = reader.flatMap { compiler.graph.nodes[$0].operator is BatchNormalization ? $0 : nil }
        weights = try Memory(.plain([blocks.row, blocks.outputs]), on: compiler.engine)
        shift = try Memory(.plain([blocks.outputs]), on: compiler.engine)
    }

    static func layout(_ shape: [Int], _ blocks: SampledBlocks) throws(OneDNNError) -> Layout {
        try Layout(shape, blocks.width == 8 ? dnnl_aBcd8b : dnnl_aBcd16b)
    }

    /// Where the sources are; to be asked when all memory has its place.
    var source: SampledSource {
        SampledSource(
            map: sources[0].pointer, offsets: sources[1].pointer, mask: sources.count > 2 ? sources[2].pointer : nil)
    }

    func compile() throws {
        let normalized = normalization ?? node
        let relu = compiler.onlyReadingReLU(normalized)
        let result = relu ?? normalized
        for absorbed in [normalization, relu] { if let absorbed { compiler.absorb(absorbed) } }
        compiler.slots[result].isReadBackward = relu != nil
        try prepareWeights()
        let target = try compiler.makeValue(result, Self.layout(compiler.shapes[node], blocks))
        let bands = blocks.bands(row: blocks.row)
        let room = bands[0].count * (blocks.row + blocks.outputs)
        let scratch = try compiler.makeTemporary(.plain([room * Parallel.workerCount]))
        let lowest: Float = relu == nil ? -.infinity : 0
        compiler.emit("sampled product", on: sources + [target, scratch]) { [self] in
            let (blocks, source) = (blocks, source)
            Parallel.forEach(blocks.input[0] * bands.count) { [self] unit, worker in
                let (image, positions) = (unit / bands.count, bands[unit % bands.count])
                let matrix = scratch.pointer + worker * room
                let products = matrix + positions.count * blocks.row
                blocks.gather(source, image: image, positions: positions, into: matrix)
                product(
                    MatrixView(matrix, stride: blocks.row), MatrixView(weights.pointer, stride: blocks.outputs),
                    into: MatrixView(products, stride: blocks.outputs), rows: positions.count,
                    columns: blocks.outputs, inner: blocks.row)
                write(products, image: image, positions: positions, lowest: lowest, to: target.pointer)
            }
        }
        compiler.onBackward(result) { [self] gradient in
            try emitGradients(relu == nil ? gradient : compiler.through(.relu, gradient, result: target))
        }
    }

    /// Adds the shift and spreads `[position, output channel]` over the result's blocks.
    private func write(
        _ products: UnsafeMutablePointer<Float>, image: Int, positions: Range<Int>, lowest: Float,
        to target: UnsafeMutablePointer<Float>
    ) {
        let (width, outputs, area) = (blocks.width, blocks.outputs, blocks.outputArea)
        let bound = SIMD8(repeating: lowest)
        for block in 0..<blocks.outputBlocks {
            let plane = target + (image * blocks.outputBlocks + block) * area * width
            for lane in Swift.stride(from: 0, to: width, by: 8) {
                let channel = block * width + lane
                let shift = lanes(shift.pointer + channel)
                for (index, position) in positions.enumerated() {
                    let value = lanes(products + index * outputs + channel) + shift
                    // A number that is none stays none.
                    store(value.replacing(with: bound, where: value .< bound), plane + position * width + lane)
                }
            }
        }
    }

    /// Keeps ``weights`` and ``shift`` up to date: `scale · (w x + b - mean) / deviation + shift` is a product with other weights.
    private func prepareWeights() throws {
        let weight = try compiler.parameter(node, 0).value.pointer
        let bias = try convolution.bias ? compiler.parameter(node, 1).value.pointer : nil
        let statistics = try normalization.map { normalization in
            try (0..<4).map { try compiler.parameter(normalization, $0).value.pointer }
        }
        let norm = normalization.flatMap { compiler.graph.nodes[$0].operator as? BatchNormalization }
        compiler.prepare("weights of samples") { [self] in
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
    /// Where a channel and a kernel element stand in a row of the matrix.
    func matrixColumn(_ channel: Int, _ element: Int) -> Int {
        channel / width * blockRow + element * width + channel % width
    }
}
