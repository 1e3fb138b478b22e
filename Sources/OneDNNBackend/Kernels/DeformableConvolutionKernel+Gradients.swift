import CDNNL
import Graphs
import Operators
import Tensors

extension DeformableConvolutionKernel {
    /// Appends all gradients, a block of the input's channels at a time: no two blocks write to the same channels or to the same weights.
    /// The gradients of an offset from several blocks are summed at the end.
    func emitGradients(_ gradient: Memory) throws {
        let slots = compiler.graph.nodes[node].inputs.map { compiler.slots[$0.index] }
        let inputs = compiler.inputs(of: node)
        let shape = compiler.shapes[node]
        let sources = try floatInputs()
        let slope = try compiler.converted(gradient, to: compiler.gradientLayout(Layout(shape, dnnl_acdb)))
        let learns = compiler.mode == .training
        let targets = GradientTargets(
            map: try slots[0].wantsGradient ? temporary(sources[0].layout) : nil,
            places: try slots.dropFirst().contains(where: \.wantsGradient)
                ? compiler.makeTemporary(.plain([blocks.blocks, items, 3 * blocks.elements, blocks.outputArea])) : nil,
            weights: try learns ? compiler.makeTemporary(.plain([blocks.row, shape[1]])) : nil)
        try emitBlocks(slope, sources, targets)
        if let map = targets.map { try compiler.contribute(map, to: inputs[0]) }
        if let places = targets.places { try emitPlaceGradients(places) }
        if let weights = targets.weights { try emitParameterGradients(weights, slope) }
    }

    private struct GradientTargets {
        /// With respect to the input.
        let map: Memory?
        /// With respect to offsets and mask, separately for each block of channels: `[block, item, plane, position]`.
        let places: Memory?
        /// With respect to the weights, `[row of the matrix, output channel]`.
        let weights: Memory?

        var all: [Memory] { [map, places, weights].compactMap { $0 } }
    }

    /// Images times the gradients of the batch.
    private var items: Int { blocks.input[0] * compiler.taps.seedCount }

    private func temporary(_ value: Layout) throws -> Memory {
        try compiler.makeTemporary(compiler.gradientLayout(value))
    }

    private func emitBlocks(_ slope: Memory, _ sources: [Memory], _ targets: GradientTargets) throws {
        let bands = blocks.bands(row: blocks.blockRow)
        let room = 2 * bands[0].count * blocks.blockRow
        let scratch = try compiler.makeTemporary(.plain([room * Parallel.workerCount]))
        // The gradient of the weights is summed over images, in order; without it, images are independent.
        let parts = targets.weights == nil ? items : 1
        let itemsPerPart = items / parts
        compiler.emit("deformable convolution (gradients)", on: sources + targets.all + [slope, scratch]) { [self] in
            let source = SampledSource(
                map: sources[0].pointer, offsets: sources[1].pointer, mask: sources.count > 2 ? sources[2].pointer : nil
            )
            Parallel.forEach(blocks.blocks * parts) { [self] unit, worker in
                let (block, part) = (unit / parts, unit % parts)
                for item in part * itemsPerPart..<(part + 1) * itemsPerPart {
                    targets.map.map { clear($0, item: item, block: block) }
                    for positions in bands {
                        let isFirst = item == 0 && positions.lowerBound == 0
                        let span = Span(item: item, block: block, positions: positions, isFirst: isFirst)
                        add(span, slope, source, targets, scratch: scratch.pointer + worker * room)
                    }
                }
            }
        }
    }

    /// A band of positions of one block of an image, processed at a time.
    private struct Span {
        let item, block: Int
        let positions: Range<Int>
        let isFirst: Bool
    }

    private func clear(_ map: Memory, item: Int, block: Int) {
        let count = blocks.inputArea * blocks.width
        (map.pointer + (item * blocks.blocks + block) * count).update(repeating: 0, count: count)
    }

    private func add(
        _ span: Span, _ slope: Memory, _ source: SampledSource, _ targets: GradientTargets,
        scratch: UnsafeMutablePointer<Float>
    ) {
        let (outputs, row, count) = (blocks.output[1], blocks.blockRow, span.positions.count)
        let (sampleSlopes, samples) = (scratch, scratch + count * row)
        let slopes = MatrixView(
            slope.pointer + (span.item * blocks.outputArea + span.positions.lowerBound) * outputs, stride: outputs)
        product(
            slopes,
            MatrixView(weights.pointer + span.block * row * blocks.outputs, stride: blocks.outputs, transposed: true),
            into: MatrixView(sampleSlopes, stride: row), rows: count, columns: row, inner: outputs)
        spread(span, sampleSlopes, source, targets, samples: targets.weights == nil ? nil : samples)
        guard let weights = targets.weights else { return }
        product(
            MatrixView(samples, stride: row, transposed: true), slopes,
            into: MatrixView(weights.pointer + span.block * row * outputs, stride: outputs), rows: row,
            columns: outputs, inner: count, keeping: span.isFirst ? 0 : 1)
    }

    /// Propagates the gradient of each sample to the four cells, the offsets and the mask that it was computed from; and recomputes the
    /// samples.
    private func spread(
        _ span: Span, _ sampleSlopes: UnsafeMutablePointer<Float>, _ source: SampledSource, _ targets: GradientTargets,
        samples: UnsafeMutablePointer<Float>?
    ) {
        let blocks = blocks
        let (width, elements, area) = (blocks.width, blocks.elements, blocks.outputArea)
        let image = span.item % blocks.input[0]
        let group = blocks.offsetGroup(block: span.block)
        let planeCount = blocks.inputArea * width
        let plane = source.map + (image * blocks.blocks + span.block) * planeCount
        let planeGradient = targets.map.map { $0.pointer + (span.item * blocks.blocks + span.block) * planeCount }
        let places = targets.places.map { $0.pointer + (span.block * items + span.item) * 3 * elements * area }
        for (index, position) in span.positions.enumerated() {
            for element in 0..<elements {
                let (sample, mask) = blocks.sample(
                    source, image: image, group: group, element: element, position: position)
                let corners = SampledCorners(sample, width: width)
                let weights = sample.weights * mask
                let place = index * blocks.blockRow + element * width
                var sums = (SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero, SIMD8<Float>.zero)
                for lane in Swift.stride(from: 0, to: width, by: 8) {
                    let slope = lanes(sampleSlopes + place + lane)
                    let seen = corners.load(plane + lane)
                    sums.0 += slope * seen.0
                    sums.1 += slope * seen.1
                    sums.2 += slope * seen.2
                    sums.3 += slope * seen.3
                    if let samples {
                        store(
                            weights.x * seen.0 + weights.y * seen.1 + (weights.z * seen.2 + weights.w * seen.3),
                            samples + place + lane)
                    }
                    if let planeGradient { corners.add(slope, times: weights, to: planeGradient + lane) }
                }
                guard let places else { continue }
                let seen = SIMD4(sums.0.sum(), sums.1.sum(), sums.2.sum(), sums.3.sum())
                places[2 * element * area + position] = mask * (seen * sample.rowSlopes).sum()
                places[(2 * element + 1) * area + position] = mask * (seen * sample.columnSlopes).sum()
                places[(2 * elements + element) * area + position] = (seen * sample.weights).sum()
            }
        }
    }

    /// Sums the gradients from the blocks of each offset group.
    private func emitPlaceGradients(_ places: Memory) throws {
        let inputs = compiler.inputs(of: node)
        // The planes of each group: offsets first, then the mask.
        let planes = [0..<2 * blocks.elements, 2 * blocks.elements..<3 * blocks.elements]
        for (input, planes) in zip(inputs.dropFirst(), planes) where compiler.slots[input].wantsGradient {
            let target = try temporary(.plain(compiler.shapes[input]))
            let (groups, perGroup) = (blocks.offsetGroups, blocks.blocks / blocks.offsetGroups)
            let (area, all, items) = (blocks.outputArea, 3 * blocks.elements, items)
            compiler.emit("sum of gradients", on: [places, target]) {
                Parallel.forEach(items * groups) { unit, _ in
                    let (item, group) = (unit / groups, unit % groups)
                    let sum = target.pointer + unit * planes.count * area
                    for block in group * perGroup..<(group + 1) * perGroup {
                        let part = places.pointer + ((block * items + item) * all + planes.lowerBound) * area
                        for index in 0..<planes.count * area {
                            sum[index] = block == group * perGroup ? part[index] : sum[index] + part[index]
                        }
                    }
                }
            }
            try compiler.contribute(target, to: input)
        }
    }

    private func emitParameterGradients(_ weightGradient: Memory, _ slope: Memory) throws {
        let outputs = blocks.output[1]
        let weight = try compiler.parameterGradient(
            node, 0, plain: .plain([outputs, blocks.input[1], blocks.elements]))
        let bias = try convolution.bias ? compiler.parameterGradient(node, 1, plain: .plain([outputs])) : nil
        let cells = items * blocks.outputArea
        compiler.emit("gradients of parameters", on: [weightGradient, slope]) { [blocks] in
            Parallel.forEach(outputs) { output, _ in
                let target = weight.pointer + output * blocks.input[1] * blocks.elements
                for channel in 0..<blocks.input[1] {
                    for element in 0..<blocks.elements {
                        target[channel * blocks.elements + element] =
                            weightGradient.pointer[blocks.matrixColumn(channel, element) * outputs + output]
                    }
                }
                guard let bias else { return }
                var sum = 0.0
                for cell in 0..<cells { sum += Double(slope.pointer[cell * outputs + output]) }
                bias.pointer[output] = Float(sum)
            }
        }
    }
}
