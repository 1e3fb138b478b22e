import Graphs
import Tensors
import VectorKernels

/// Appends a Winograd convolution's operations to a program.
struct WinogradOperations {
    let convolution: WinogradConvolution
    let compiler: Compiler

    private var set: KernelSet { convolution.set }
    private var functions: winograd_kernel_set { convolution.filtering.kernels }
    private var workers: Int { Parallel.workerCount }

    /// The same for a batch of several gradients.
    func repeated(_ count: Int) -> WinogradOperations {
        let all = WinogradConvolution(
            problem: convolution.problem.repeated(count), set: set, filtering: convolution.filtering)
        return WinogradOperations(convolution: all, compiler: compiler)
    }

    /// Weights as a pass uses them.
    struct Weights {
        /// The weights in the parameter store's layout.
        let outside: TensorView
        /// The factor of each output channel, if a normalization is fused.
        var factors: (() -> [Float])?

        /// The same weights times the scale of a map's bytes.
        func scaled(by scale: Float, channels: Int) -> Weights {
            Weights(outside: outside) { [factors] in
                factors?().map { $0 * scale } ?? [Float](repeating: scale, count: channels)
            }
        }
    }

    /// Appends the convolution of a map of bytes.
    func emitConvolution(
        of source: ByteMap, into target: Memory, weights: Weights, bias: Memory? = nil, finish: ResultEpilogue
    ) throws {
        let weights = weights.scaled(by: source.form.scale, channels: convolution.problem.output[1])
        try emitConvolution(
            .forward, of: source.memory, zero: source.form.zero, into: target, weights: weights, bias: bias,
            finish: finish)
    }

    /// Appends the convolution, or its gradient with respect to the input, which is a convolution of the results' gradient.
    ///
    /// - Parameters:
    ///   - zero: The byte that represents zero, if the source consists of bytes.
    ///   - bias: A number for each channel of the target's blocks.
    func emitConvolution(
        _ direction: ConvolutionDirection, of source: Memory, zero: Int32? = nil, into target: Memory, weights: Weights,
        bias: Memory? = nil, finish: ResultEpilogue
    ) throws {
        var pass = convolution.pass(direction)
        if let zero { (pass.reads_bytes, pass.zero) = (1, zero) }
        cutForward(&pass)
        let transformed = try transformedWeights(pass, weights)
        let functions = functions
        let (items, floats) = withUnsafePointer(to: pass) {
            (functions.forward_items($0), functions.forward_scratch($0) / 64 * 16 + 16)
        }
        let scratch = try compiler.makeTemporary(.plain([workers * floats]))
        let outside = weights.outside
        let template = pass
        let memories = [source, target, scratch] + [transformed, bias].compactMap { $0 } + finish.memories
        compiler.emit(name(direction), on: memories) {
            // Addresses are known at run time.
            var pass = template
            pass.source.start = UnsafeMutableRawPointer(source.pointer)
            pass.weights = UnsafePointer(outside.pointer)
            pass.transformed = (transformed?.pointer).map { UnsafeMutableRawPointer($0) }
            pass.bias = (bias?.pointer).map { UnsafePointer($0) }
            pass.finish = finish.placed(into: target)
            let start = scratch.pointer
            forEachItem(items, of: pass) { functions.forward($0, start + $2 * floats, $1) }
        }
    }

    /// Appends the gradient with respect to the weights, in the parameter store's layout.
    func emitWeightsGradient(of source: Memory, slope: Memory, into gradient: Memory) throws {
        var pass = convolution.pass(.weights)
        cutGradient(&pass)
        let functions = functions
        let count = pass.sums * pass.transformedCount(convolution)
        let sums = pass.transforms_on_the_way == 0 ? try compiler.makeTemporary(.plain([count])) : nil
        let (items, floats, blocks) = withUnsafePointer(to: pass) {
            (functions.gradient_items($0), functions.gradient_scratch($0) / 64 * 16 + 16, functions.weights_items($0))
        }
        let scratch = try compiler.makeTemporary(.plain([workers * floats]))
        let template = pass
        let memories = [source, slope, gradient, scratch] + [sums].compactMap { $0 }
        compiler.emit(name(.weights), on: memories) {
            var pass = template
            pass.source.start = UnsafeMutableRawPointer(source.pointer)
            pass.target.start = UnsafeMutableRawPointer(slope.pointer)
            pass.gradient = gradient.pointer
            pass.transformed = (sums?.pointer).map { UnsafeMutableRawPointer($0) }
            let start = scratch.pointer
            forEachItem(items, of: pass) { functions.sum_gradients($0, start + $2 * floats, $1) }
            if sums != nil {
                forEachItem(blocks, of: pass) { pass, item, _ in functions.collect_gradients(pass, item) }
            }
        }
    }

    /// Appends the gradient with respect to the bias: the sum of the results' gradient.
    func emitBiasGradient(slope: Memory, into gradient: Memory) {
        let (template, functions) = (convolution.pass(.weights), functions)
        compiler.emit("sum of gradients (bias)", on: [slope, gradient]) {
            var pass = template
            pass.target.start = UnsafeMutableRawPointer(slope.pointer)
            let target = gradient.pointer
            forEachItem(template.target.blocks, of: pass) { pass, item, _ in functions.sum_cells(pass, target, item) }
        }
    }

    private func name(_ direction: ConvolutionDirection) -> String {
        let tile = convolution.filtering.tile
        let name = "winograd-\(tile)x\(tile):\(set)"
        return switch direction {
        case .forward: name
        case .data: "\(name) (data)"
        case .weights: "\(name) (weights)"
        }
    }

    // MARK: Transformed weights

    /// Kernels transformed in advance; nil if each item does it on the fly.
    private func transformedWeights(
        _ pass: winograd_pass, _ weights: Weights
    ) throws -> Memory? {
        let count = pass.transformedCount(convolution) * convolution.filtering.valueSize / MemoryLayout<Float>.size
        let (functions, outside) = (functions, weights.outside)
        if pass.transforms_on_the_way != 0 { return nil }
        let isTraining = compiler.mode == .training
        let memory =
            isTraining
            ? try compiler.makeTemporary(.plain([count])) : try Memory(.plain([count]), on: compiler.engine)
        let template = pass
        let run = {
            var pass = template
            pass.weights = UnsafePointer(outside.pointer)
            pass.transformed = UnsafeMutableRawPointer(memory.pointer)
            let factors = weights.factors?()
            let items = withUnsafePointer(to: pass) { functions.weights_items($0) }
            func transform(_ factors: UnsafePointer<Float>?) {
                pass.factors = factors
                forEachItem(items, of: pass) { pass, item, _ in functions.transform_weights(pass, item) }
            }
            if let factors {
                factors.withUnsafeBufferPointer { transform($0.baseAddress) }
            } else {
                transform(nil)
            }
        }
        // Training changes the weights at every step, so their transforms need memory only temporarily.
        if isTraining {
            compiler.emit("transformed weights", on: [memory], run)
        } else {
            compiler.prepare("transformed weights", run)
        }
        return memory
    }

    /// The maximum number of tiles for which kernels in training are transformed on the fly: otherwise they would be written and read again
    /// for a single use.
    private static let fewTiles = 64

    // MARK: Partitioning

    /// Partitions a forward pass. The result does not depend on it, so it may depend on the number of threads.
    private func cutForward(_ pass: inout winograd_pass) {
        let channels = set.lanes * (pass.allBlocks + 2 * pass.allPanels)
        let isOnTheWay = compiler.mode == .training && pass.allTiles <= Self.fewTiles
        pass.transforms_on_the_way = isOnTheWay ? 1 : 0
        let most = isOnTheWay ? pass.allTiles : tiles(channels)
        var parts = (pass.allTiles + most - 1) / most
        // As many for each thread, if there are few.
        if parts > 1 && parts < 8 * workers { parts = (parts + workers - 1) / workers * workers }
        pass.tiles = (pass.allTiles + parts - 1) / parts
        parts = (pass.allTiles + pass.tiles - 1) / pass.tiles
        // If there are few, each is split into several items with some of the output channels each; the input is then transformed several
        // times.
        let panelParts = min(pass.allPanels, parts < 2 * workers ? (2 * workers + parts - 1) / parts : 1)
        pass.panels = (pass.allPanels + panelParts - 1) / panelParts
    }

    /// Partitions the gradient with respect to weights, by shapes alone: the order of summation depends on it.
    private func cutGradient(_ pass: inout winograd_pass) {
        pass.sums = 1
        if pass.allTiles <= Self.fewTiles {
            pass.transforms_on_the_way = 1
            pass.tiles = pass.allTiles
            pass.blocks = max(1, 128 / set.lanes)
            pass.panels = max(1, min(pass.allPanels, pass.allPanels / 4))
        } else {
            let channels = set.lanes * (pass.allBlocks + 2 * pass.allPanels)
            pass.tiles = min(pass.allTiles, tiles(channels))
            let whole = pass.transformedCount(convolution)
            pass.sums = max(1, min(8, Self.sumsCount / whole, pass.allTiles / pass.tiles / 4))
            // Two parts along each axis if the kernels are too large for several sums.
            let isLarge = pass.sums < 4
            pass.blocks = isLarge ? (pass.allBlocks + 1) / 2 : pass.allBlocks
            pass.panels = isLarge ? (pass.allPanels + 1) / 2 : pass.allPanels
        }
    }

    /// The number of tiles whose transformed cells and results fit into the second-level cache.
    private func tiles(_ channels: Int) -> Int {
        let (side, tile) = (convolution.filtering.side, convolution.filtering.tile)
        return min(96 * 16 / (tile * tile), max(24, Self.cacheCount / (side * side * channels)))
    }

    /// Floats of the second-level cache that an item fills, and floats of all partial sums of gradients of kernels.
    private static let (cacheCount, sumsCount) = (112 << 10, 3 << 20)
}
