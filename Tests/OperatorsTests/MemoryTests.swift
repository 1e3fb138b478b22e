import Graphs
import OperatorCases
import Operators
import Tensors
import Testing

/// Kernels write only within their buffers.
@Suite struct MemoryTests {
    /// Maps that are unrolled in several bands, whose height depends on how many channels are unrolled at a time.
    static let largeCases: [OperatorCase] = [
        OperatorCase(
            "bands", Convolution(inputChannels: 48, outputChannels: 3, kernel: 5, padding: 2), [[1, 48, 30, 110]]),
        OperatorCase(
            "bands, batch", Convolution(inputChannels: 20, outputChannels: 2, kernel: 3, padding: 1),
            [[2, 20, 11, 1000]]),
        OperatorCase(
            "bands", TransposedConvolution(inputChannels: 3, outputChannels: 37, kernel: 4, stride: 2, padding: 1),
            [[1, 3, 25, 230]]),
        OperatorCase(
            "one row is a band", Convolution(inputChannels: 64, outputChannels: 1, kernel: 7, padding: 3),
            [[1, 64, 9, 130]]),
    ]

    @Test(arguments: OperatorCatalogue.cases + largeCases)
    func nothingIsWrittenBesideIt(example: OperatorCase) throws {
        let kernel = example.operator
        let shape = try kernel.outputShape(example.inputs)
        func guarded(_ shape: [Int]) -> Guarded { Guarded(shape) }
        let inputs = example.inputs.map(guarded)
        let parameters = kernel.parameters.map { guarded($0.shape) }
        let output = guarded(shape)
        let saved = guarded([kernel.savedCount(inputs: example.inputs, output: shape)])
        let scratch = guarded([kernel.scratchCount(inputs: example.inputs, output: shape)])
        let call = ForwardCall(
            inputs: inputs.map(\.view), parameters: parameters.map(\.view), output: output.view, saved: saved.view,
            scratch: scratch.view, mode: example.modes[0])
        kernel.forward(call)
        let slope = guarded(shape)
        let inputGradients = example.inputs.map(guarded)
        let parameterGradients = kernel.parameters.map { guarded($0.shape) }
        kernel.backward(
            BackwardCall(
                forward: call, outputGradient: slope.view, inputGradients: inputGradients.map(\.view),
                parameterGradients: parameterGradients.map(\.view)))
        let named = [("the output", output), ("saved data", saved), ("scratch memory", scratch)]
        for (name, memory) in named { #expect(memory.isWhole, "written outside \(name)") }
        for memory in inputs + parameters + inputGradients + parameterGradients + [slope] { #expect(memory.isWhole) }
    }

    /// Memory with guard regions on both sides, which must not change.
    private struct Guarded {
        let view: TensorView
        private let buffer: FloatBuffer
        private static let margin = 1 << 17

        init(_ shape: [Int]) {
            let count = shape.reduce(1, *)
            buffer = FloatBuffer(count: count + 2 * Self.margin, repeating: 7)
            view = TensorView(buffer, offset: Self.margin, shape: shape)
            for index in 0..<count { view.pointer[index] = Float(index % 13) / 13 }
        }

        var isWhole: Bool {
            let beside = [0..<Self.margin, buffer.pointer.count - Self.margin..<buffer.pointer.count]
            return beside.allSatisfy { $0.allSatisfy { buffer.pointer[$0] == 7 } }
        }
    }
}
