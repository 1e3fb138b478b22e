import CDNNL
import Graphs
import Operators
import Tensors

extension Compiler {
    /// Runs an elementwise node with its operator's reference kernel, directly on memory in its current layout: the order of the elements
    /// does not matter, and parameters, if any, are the same for all elements.
    ///
    /// - Returns: False if inputs differ from the output in shape, or their layout is not supported.
    func compileFlat(_ kernel: any Operator, node: Int) throws -> Bool {
        let inputs = inputs(of: node)
        let shape = shapes[node]
        guard inputs.allSatisfy({ shapes[$0] == shape }) else { return false }
        let layout = try value(inputs[0]).layout
        guard let blocks = try ChannelBlocks(layout, shape: shape), blocks.width > 1 else { return false }
        let sources = try inputs.map { try value($0, in: layout) }
        let target = try makeValue(node, layout)
        slots[node].isReadBackward = true
        let entries = try kernel.parameters.indices.map { try parameter(node, $0) }
        let (mode, flat) = (mode, [blocks.count])
        func forwardCall() -> ForwardCall {
            let nothing = TensorView(target.pointer, shape: [0])
            return ForwardCall(
                inputs: sources.map { TensorView($0.pointer, shape: flat) }, parameters: entries.map(\.value),
                output: TensorView(target.pointer, shape: flat), saved: nothing, scratch: nothing, mode: mode)
        }
        let kind = kernel.kind
        emit("reference \(kind), elementwise", on: sources + [target]) {
            kernel.forward(forwardCall())
            blocks.clearFilling(target.pointer)
        }
        onBackward(node) { [self] gradient in
            let gradients = try gradientLayout(layout)
            let slope = try converted(gradient, to: gradients)
            let parts = try inputs.map { slots[$0].wantsGradient ? try makeTemporary(gradients) : nil }
            let seedCount = taps.seedCount
            emit("reference \(kind), elementwise", on: sources + [target, slope] + parts.compactMap { $0 }) {
                for seed in 0..<seedCount {
                    func view(_ memory: Memory) -> TensorView {
                        TensorView(memory.pointer + seed * blocks.count, shape: flat)
                    }
                    let call = BackwardCall(
                        forward: forwardCall(), outputGradient: view(slope),
                        inputGradients: parts.map { $0.map(view) }, parameterGradients: entries.map { _ in nil })
                    for part in call.inputGradients { part?.fill(0) }
                    kernel.backward(call)
                    for part in call.inputGradients { if let part { blocks.clearFilling(part.pointer) } }
                }
            }
            for (input, part) in zip(inputs, parts) { if let part { try contribute(part, to: input) } }
        }
        return true
    }
}
