import CDNNL
import Graphs
import Operators
import Tensors
import VectorKernels

/// A convolution of a quantized network in integers: bytes of its input times bytes of its weights, summed exactly by our own kernels,
/// which also finish the result (see ``ResultEpilogue``).
///
/// A transposed convolution is split into one convolution for each phase of its strides, whose results are interleaved.
struct IntegerConvolution {
    let set: KernelSet
    private let compiler: Compiler
    private let problem: ConvolutionProblem
    private let name: String
    private let source: ByteMap
    private let form: QuantizedForm

    /// Returns nil if integers are not available, or not faster.
    init?(_ kernel: ConvolutionKernel) throws {
        (compiler, problem) = (kernel.compiler, kernel.problem)
        guard let set = compiler.kernelSet, try Self.suits(kernel.node, compiler) else { return nil }
        self.set = set
        name = try compiler.parameter(kernel.node, 0).name
        guard let form = compiler.integerForm(of: name), let source = try compiler.bytes(of: kernel.input)
        else { return nil }
        (self.form, self.source) = (form, source)
    }

    /// Whether a convolution is best computed in integers if its input is rounded to them: judged by weights and shapes alone.
    static func suits(_ node: Int, _ compiler: Compiler) throws -> Bool {
        guard compiler.precision == .int8, compiler.mode == .inference, compiler.algorithm != .winograd,
            let set = compiler.kernelSet,
            let convolution = compiler.graph.nodes[node].operator as? any AcceleratedConvolution
        else { return false }
        let input = compiler.input(of: node)
        let problem = convolution.problem(input: compiler.shapes[input], output: compiler.shapes[node])
        guard problem.input.count == 4, !problem.hasGroups, !problem.input.contains(0), !problem.output.contains(0),
            holdsSums(problem), let phases = Phase.all(of: problem), !phases.isEmpty,
            // Outputs of the network are not rounded to bfloat16.
            set.cellType == dnnl_f32 || !compiler.isReadOutside(compiler.normalization(after: node) ?? node)
        else { return false }
        let name = try compiler.parameter(node, 0).name
        guard let form = compiler.integerForm(of: name), form.width == .eight,
            form.scales.count == problem.output[1], form.axis == (problem.isTransposed ? 1 : 0)
        else { return false }
        return pays(problem, phases, set, compiler)
    }

    /// Whether 32 bits hold the sum of that many products of bytes.
    private static func holdsSums(_ problem: ConvolutionProblem) -> Bool {
        problem.input[1] * problem.weights.dropFirst(2).reduce(1, *) * 255 * 128 <= Int(Int32.max)
    }

    /// Whether integers are clearly faster than any other kernel: an estimate in cycles of a core.
    private static func pays(
        _ problem: ConvolutionProblem, _ phases: [Phase], _ set: KernelSet, _ compiler: Compiler
    ) -> Bool {
        let blocks = Double((problem.input[1] + set.lanes - 1) / set.lanes)
        let width = Double(blockWidth(problem.input[1], set))
        let outputBlocks = Double((problem.output[1] + 2 * set.lanes - 1) / (2 * set.lanes) * 2)
        let integers = phases.reduce(0.0) { sum, phase in
            let positions = Double(problem.output[0] * phase.rows.count * phase.columns.count)
            let copies = Double(phase.elements) * blocks
            // A block is copied in about a cycle, and a block of results is finished in seven.
            return sum + positions
                * (copies * width * outputBlocks * Double(set.lanes) / set.integerRate + copies + 7 * outputBlocks)
        }
        if let filtering = problem.filtering(.forward, in: compiler) {
            return integers < problem.winogradCycles(filtering, mode: .inference)
        }
        // oneDNN has kernels for few input channels that need no padding, and in float32 reach the peak.
        let padding = problem.input[1] < 4 ? Double(problem.input[1]) / 8 * (set.cellSize == 4 ? 0.7 : 1) : 1
        return 1.1 * integers < padding * problem.directCycles(set)
    }

    /// Channels of a block that are multiplied: if a map has few channels, the padding of the block is left out.
    private static func blockWidth(_ channels: Int, _ set: KernelSet) -> Int {
        [4, 8].first { channels <= $0 && $0 < set.lanes } ?? set.lanes
    }

    // MARK: Phases

    /// The results at every Nth row and column that use the same weights.
    private struct Phase {
        struct Axis {
            /// The first result, the step from one to the next, and their number.
            var first = 0
            var step = 1
            var count: Int
            /// The kernel elements that the results use, and how these step over the input.
            var elements: [Int]
            var stride, padding, dilation: Int
        }

        let rows, columns: Axis
        var elements: Int { rows.elements.count * columns.elements.count }

        /// Returns nil if the convolution cannot be split into phases.
        static func all(of problem: ConvolutionProblem) -> [Phase]? {
            let (rows, columns) = (axes(problem, 0), axes(problem, 1))
            guard let rows, let columns else { return nil }
            return rows.flatMap { row in columns.map { Phase(rows: row, columns: $0) } }
        }

        private static func axes(_ problem: ConvolutionProblem, _ axis: Int) -> [Axis]? {
            let (kernel, stride) = (problem.weights[2 + axis], Int(problem.strides[axis]))
            let (padding, dilation) = (Int(problem.paddingBefore[axis]), Int(problem.dilations[axis]) + 1)
            let count = problem.output[2 + axis]
            guard problem.isTransposed else {
                return [
                    Axis(
                        count: count, elements: Array(0..<kernel), stride: stride, padding: padding, dilation: dilation)
                ]
            }
            guard dilation == 1 else { return nil }
            // Result y meets input row (y + padding - element) / stride if that is an integer.
            var axes: [Axis] = []
            for first in 0..<min(stride, count) {
                let elements = Array(Swift.stride(from: (first + padding) % stride, to: kernel, by: stride))
                if elements.isEmpty { return nil }
                axes.append(
                    Axis(
                        first: first, step: stride, count: (count - first + stride - 1) / stride, elements: elements,
                        stride: 1, padding: -((first + padding) / stride), dilation: -1))
            }
            return axes
        }
    }

    // MARK: Operations

    /// Appends the convolution.
    ///
    /// - Parameters:
    ///   - bias: A number for each output channel.
    ///   - factors: The factor of each output channel, if a normalization is fused.
    func emit(into target: Memory, bias: Memory?, factors: (() -> [Float])?, finish: ResultEpilogue) throws {
        let (scales, shifts) = try prepareScales(bias, factors)
        for phase in Phase.all(of: problem) ?? [] {
            var pass = pass(phase)
            cut(&pass)
            let functions = set.integer
            let (items, floats, size) = withUnsafePointer(to: pass) {
                (functions.items($0), functions.scratch($0) / 64 * 16 + 16, functions.weights_size($0))
            }
            let packed = try Memory(.plain([size / 4]), on: compiler.engine)
            let starts = try Memory(.plain([channelCount]), on: compiler.engine)
            prepareWeights(phase, pass, packed, starts: starts)
            let scratch = try compiler.makeTemporary(.plain([Parallel.workerCount * floats]))
            let (template, source) = (pass, source.memory)
            compiler.emit("integers:\(set)", on: [source, target, scratch] + finish.memories) {
                var pass = template
                pass.source = UnsafeRawPointer(source.pointer).assumingMemoryBound(to: UInt8.self)
                pass.weights = UnsafeMutableRawPointer(packed.pointer)
                pass.starts = UnsafeRawPointer(starts.pointer).assumingMemoryBound(to: Int32.self)
                (pass.factors, pass.shifts) = (UnsafePointer(scales.pointer), UnsafePointer(shifts.pointer))
                pass.finish = finish.placed(into: target)
                let start = scratch.pointer
                forEachItem(items, of: pass) { functions.convolve($0, start + $2 * floats, $1) }
            }
        }
    }

    /// Output channels, padded to whole panels.
    private var channelCount: Int { (problem.output[1] + 2 * set.lanes - 1) / (2 * set.lanes) * 2 * set.lanes }

    /// A phase's pass, without memory addresses.
    private func pass(_ phase: Phase) -> integer_pass {
        let (input, output, lanes) = (problem.input, problem.output, set.lanes)
        var pass = integer_pass()
        pass.zero = source.form.zero
        (pass.images, pass.rows, pass.columns) = (input[0], input[2], input[3])
        (pass.blocks, pass.target_blocks) = ((input[1] + lanes - 1) / lanes, (output[1] + lanes - 1) / lanes)
        pass.width = Self.blockWidth(input[1], set)
        (pass.result_rows, pass.result_columns) = (phase.rows.count, phase.columns.count)
        (pass.target_rows, pass.target_columns) = (output[2], output[3])
        (pass.first_row, pass.first_column) = (phase.rows.first, phase.columns.first)
        (pass.step_row, pass.step_column) = (phase.rows.step, phase.columns.step)
        (pass.kernel_rows, pass.kernel_columns) = (phase.rows.elements.count, phase.columns.elements.count)
        (pass.stride_row, pass.stride_column) = (phase.rows.stride, phase.columns.stride)
        (pass.padding_row, pass.padding_column) = (phase.rows.padding, phase.columns.padding)
        (pass.dilation_row, pass.dilation_column) = (phase.rows.dilation, phase.columns.dilation)
        pass.shares_rows =
            pass.blocks == 1 && pass.width < lanes && pass.dilation_column == 1 && pass.kernel_columns <= 16 ? 1 : 0
        return pass
    }

    /// Partitions a pass into items: as many positions as leave their factors in the second-level cache, and, if there are few, only some
    /// of the output channels each. The result does not depend on it.
    private func cut(_ pass: inout integer_pass) {
        let (area, panels, workers) = (
            pass.result_rows * pass.result_columns, channelCount / (2 * set.lanes), Parallel.workerCount
        )
        let bytes = pass.kernel_rows * pass.kernel_columns * pass.blocks * pass.width * 2
        let most = min(96, max(64, Self.cacheByteCount / bytes))
        var parts = (area + most - 1) / most
        if parts > 1 && parts * pass.images < 8 * workers { parts = (parts + workers - 1) / workers * workers }
        pass.positions = (area + parts - 1) / parts
        if pass.shares_rows != 0 {
            // Whole rows, or equal parts of one.
            let columns = pass.result_columns
            pass.positions =
                columns > most ? (columns + columns / most) / (columns / most + 1) : most / columns * columns
        }
        parts = (area + pass.positions - 1) / pass.positions * pass.images
        let panelParts = min(panels, parts < 2 * workers ? (2 * workers + parts - 1) / parts : 1)
        pass.panels = (panels + panelParts - 1) / panelParts
    }

    /// Bytes of the second-level cache that an item's factors may fill.
    private static let cacheByteCount = 256 << 10

    /// The factors of the sums, and the values then added.
    private func prepareScales(
        _ bias: Memory?, _ factors: (() -> [Float])?
    ) throws -> (scales: Memory, shifts: Memory) {
        let layout = try Layout.plain([channelCount])
        let (scales, shifts) = try (Memory(layout, on: compiler.engine), Memory(layout, on: compiler.engine))
        let (own, channels, step) = (form.scales, problem.output[1], source.form.scale)
        compiler.prepare("folded scales", on: [bias].compactMap { $0 }) {
            let factors = factors?()
            for channel in 0..<channels {
                scales.pointer[channel] = own[channel] * step * (factors?[channel] ?? 1)
                shifts.pointer[channel] = bias?.pointer[channel] ?? 0
            }
        }
        return (scales, shifts)
    }

    /// Packs a phase's weights, and computes the initial values of its sums, which compensate for the zero point.
    private func prepareWeights(_ phase: Phase, _ template: integer_pass, _ packed: Memory, starts: Memory) {
        let (name, parameters, form, problem, set) = (name, compiler.parameters, form, problem, set)
        let (channelCount, zero) = (channelCount, source.form.zero)
        compiler.prepare("packed weights (bytes)") {
            guard let integers = parameters.integers(of: name), integers.form == form else {
                throw GraphError.precision("'\(name)' no longer consists of integers: compile again")
            }
            let (inputs, outputs) = (problem.input[1], problem.output[1])
            let (rows, columns) = (problem.weights[2], problem.weights[3])
            let depth = phase.elements * template.blocks * template.width
            let elements = phase.rows.elements.flatMap { row in phase.columns.elements.map { row * columns + $0 } }
            // In the parameter store's layout: input channels come first in a transposed convolution.
            let (ofInput, ofOutput) =
                problem.isTransposed
                ? (outputs * rows * columns, rows * columns) : (rows * columns, inputs * rows * columns)
            var bytes = [Int8](repeating: 0, count: channelCount * depth)
            let sums = UnsafeMutableRawPointer(starts.pointer).assumingMemoryBound(to: Int32.self)
            for output in 0..<outputs {
                var sum: Int32 = 0
                for (place, element) in elements.enumerated() {
                    let first = output * depth + place * template.blocks * template.width
                    for input in 0..<inputs {
                        let integer = integers.values[input * ofInput + output * ofOutput + element]
                        bytes[first + input / set.lanes * template.width + input % set.lanes] = Int8(integer)
                        sum += integer
                    }
                }
                sums[output] = -zero * sum
            }
            var pass = template
            pass.weights = UnsafeMutableRawPointer(packed.pointer)
            bytes.withUnsafeBufferPointer { bytes in
                guard let start = bytes.baseAddress else { return }
                nonisolated(unsafe) let numbers = start
                forEachItem(channelCount / (2 * set.lanes), of: pass) { pass, panel, _ in
                    set.integer.pack_weights(pass, numbers, panel)
                }
            }
        }
    }
}
