import CDNNL
import Graphs
import Operators
import Tensors
import VectorKernels

/// A convolution of a quantized network by integers: bytes of its input times bytes of its weights, summed exactly by oneDNN, and scaled,
/// rectified and rounded by a kernel of ours.
///
/// It pays where the processor multiplies bytes faster than anything else (VNNI), Winograd's filtering does not pay, and there is enough to
/// multiply for each number that has to be made a byte and back.
package struct IntegerConvolution {
    private let compiler: Compiler
    private let problem: ConvolutionProblem
    private let node, input: Int
    let set: KernelSet
    private let rounding: vector_rounding
    private let form: QuantizedForm
    private let forward: PrimitiveDescription

    /// Whether oneDNN multiplies bytes faster than larger numbers here, and adds their products up exactly.
    package static let multipliesBytes =
        OneDNNBackend.uses(dnnl_cpu_isa_avx512_core_vnni) || OneDNNBackend.uses(dnnl_cpu_isa_avx2_vnni)

    /// Nothing where integers cannot be had, or do not pay.
    init?(_ kernel: ConvolutionKernel) throws {
        (compiler, problem, node, input) = (kernel.compiler, kernel.problem, kernel.node, kernel.input)
        guard Self.multipliesBytes, compiler.precision == .int8, compiler.mode == .inference,
            let set = compiler.kernelSet,
            problem.input.count == 4, !problem.hasGroups, let rounding = compiler.slots[input].rounding,
            let type = Self.type(rounding), compiler.algorithm != .winograd
        else { return nil }
        self.set = set
        self.rounding = rounding
        let name = try compiler.parameter(node, 0).name
        guard Self.pays(problem, set), Self.holdsSums(problem), let form = compiler.parameters.integers(of: name)?.form,
            form.width == .eight,
            form.scales.count == problem.output[1], form.axis == (problem.isTransposed ? 1 : 0)
        else { return nil }
        self.form = form
        let (problem, mode) = (problem, dnnl_forward_inference)
        guard
            let forward = try? PrimitiveDescription(
                "pinpoint_convolution_forward",
                [
                    Layout(problem.input, dnnl_acdb, type: type), .any(problem.weights, type: dnnl_s8), nil,
                    Layout(problem.output, dnnl_acdb, type: dnnl_s32),
                ], on: compiler.engine,
                {
                    pinpoint_convolution_forward(
                        $0, $1, mode, problem.directAlgorithm, $2[0], $2[1], $2[2], $2[3], problem.strides,
                        problem.dilations, problem.paddingBefore, problem.paddingAfter)
                }), forward.isFast, let packed = try? forward.layout(dnnl_query_weights_md),
            Self.canReorder(try Self.plainWeights(problem), to: packed, on: compiler.engine),
            Self.canReorder(
                try compiler.storedValue(input).layout, to: try forward.layout(dnnl_query_src_md), on: compiler.engine)
        else { return nil }
        self.forward = forward
    }

    private static func canReorder(_ source: Layout, to target: Layout, on engine: Engine) -> Bool {
        (try? PrimitiveDescription(
            "pinpoint_reorder", [source, target], on: engine, { pinpoint_reorder($0, $1, $2[0], $2[1]) })) != nil
    }

    /// Whether 32 bits hold the sum of as many products of bytes.
    private static func holdsSums(_ problem: ConvolutionProblem) -> Bool {
        problem.input[1] * problem.weights.dropFirst(2).reduce(1, *) * 255 * 128 <= Int(Int32.max)
    }

    /// How the weights lie outside, in bytes.
    private static func plainWeights(_ problem: ConvolutionProblem) throws(OneDNNError) -> Layout {
        problem.isTransposed
            ? try Layout(problem.weights, dnnl_bacd, type: dnnl_s8) : try .plain(problem.weights, type: dnnl_s8)
    }

    /// The bytes that hold integers less their zero point.
    private static func type(_ rounding: vector_rounding) -> dnnl_data_type_t? {
        if rounding.lowest >= 0 && rounding.highest <= 255 { return dnnl_u8 }
        return rounding.lowest >= -128 && rounding.highest <= 127 ? dnnl_s8 : nil
    }

    /// An estimate in cycles of a core for a number of the result: bytes are multiplied sixty-four in a cycle, and each number is made a
    /// byte, or of a sum, in one.
    private static func pays(_ problem: ConvolutionProblem, _ set: KernelSet) -> Bool {
        let kernel = Double(problem.weights.dropFirst(2).reduce(1, *)) / (problem.isTransposed ? 4 : 1)
        let products = Double(problem.input[1]) * kernel
        let saved = products / 0.66 * (Double(set.cellSize) / 64 - 1.0 / 64)
        let numbers = Double(problem.input.reduce(1, *)) / Double(problem.output.reduce(1, *))
        return saved > 2 * (1 + numbers)
    }

    /// What is done to the sums.
    struct Finish {
        var bias: Memory?
        var rectifies = false
        var rounding: vector_rounding?
    }

    /// Appends the convolution.
    ///
    /// - Parameter factors: What each output channel is multiplied by, where something is taken along.
    func emit(into target: Memory, factors: (() -> [Float])?, finish: Finish) throws {
        let engine = compiler.engine
        let sums = try compiler.makeTemporary(forward.layout(dnnl_query_dst_md))
        let arguments = try [
            DNNL_ARG_SRC_0: integers(), DNNL_ARG_WEIGHTS_0: weights(), DNNL_ARG_DST_0: sums,
        ]
        try compiler.emit(PrimitiveCall(forward, arguments, on: engine))
        var pass = integer_sums()
        (pass.images, pass.cells, pass.channels) = (
            problem.output[0], problem.output[2] * problem.output[3], problem.output[1]
        )
        pass.blocks = (pass.channels + set.lanes - 1) / set.lanes
        pass.rectifies = finish.rectifies ? 1 : 0
        pass.rounds = finish.rounding == nil ? 0 : 1
        pass.rounding = finish.rounding ?? vector_rounding()
        // What fills up the last block is zero.
        let padded = try Layout.plain([pass.blocks * set.lanes])
        let (scales, bias) = try (Memory(padded, on: engine), Memory(padded, on: engine))
        let (own, channels, step) = (form.scales, pass.channels, rounding.scale)
        compiler.prepare("scales of integers", on: [finish.bias].compactMap { $0 }) {
            let factors = factors?()
            for channel in 0..<channels {
                scales.pointer[channel] = own[channel] * step * (factors?[channel] ?? 1)
                bias.pointer[channel] = finish.bias?.pointer[channel] ?? 0
            }
        }
        let (template, finishSums) = (pass, set.finishSums)
        let items = pass.images * ((pass.cells + Int(INTEGER_CELLS) - 1) / Int(INTEGER_CELLS))
        compiler.emit("sums of integers:\(set)", on: [sums, target]) {
            var pass = template
            pass.sums = UnsafeRawPointer(sums.pointer).assumingMemoryBound(to: Int32.self)
            pass.target = UnsafeMutableRawPointer(target.pointer)
            (pass.factors, pass.bias) = (UnsafePointer(scales.pointer), UnsafePointer(bias.pointer))
            forEachItem(items, of: pass) { pass, item, _ in finishSums(pass, item) }
        }
    }

    /// The input's integers less their zero point, made once for all that read them.
    private func integers() throws -> Memory {
        let slot = compiler.slots[compiler.slots[input].viewed ?? input]
        if let integers = slot.integers { return integers }
        let source = try compiler.storedValue(input)
        let wholes = try compiler.makeTemporary(source.layout)
        var numbers = rounding
        // Whole numbers of eight bits are exact in either kind of number. Their multiples are not in bfloat16: of one above 128 a
        // neighbour may be found, as by everybody else who reads them here.
        numbers.step = 1
        compiler.emitRounding(source, into: wholes, numbers, set)
        let bytes = try compiler.makeTemporary(forward.layout(dnnl_query_src_md))
        try compiler.emit(.reorder(wholes, to: bytes, on: compiler.engine), "bytes")
        slot.integers = bytes
        return bytes
    }

    private func weights() throws -> Memory {
        let (engine, compiler) = (compiler.engine, compiler)
        let bytes = try Memory(Self.plainWeights(problem), on: engine)
        let packed = try Memory(forward.layout(dnnl_query_weights_md), on: engine)
        let call = try PrimitiveCall.reorder(bytes, to: packed, on: engine)
        let name = try compiler.parameter(node, 0).name
        compiler.prepare("bytes of weights") { [parameters = compiler.parameters, form] in
            guard let integers = parameters.integers(of: name), integers.form == form else {
                throw GraphError.precision("'\(name)' is no integers any more: compile again")
            }
            let target = UnsafeMutableRawPointer(bytes.pointer).assumingMemoryBound(to: Int8.self)
            for (place, value) in integers.values.enumerated() { target[place] = Int8(clamping: value) }
            try call.run()
        }
        return packed
    }
}
