import Graphs
import Tensors

extension Compiler {
    /// Runs a node by its operator's own reference kernel, on plain copies of what it reads.
    func compileReference(_ kernel: any Operator, node: Int) throws {
        let inputs = graph.nodes[node].inputs.map(\.index)
        let inputShapes = inputs.map { shapes[$0] }
        let sources = try inputs.map { try value($0, in: .plain(shapes[$0])) }
        let target = try makeValue(node, .plain(shapes[node]))
        let entries = try kernel.parameters.indices.map { try parameter(node, $0) }
        let saved = FloatBuffer(count: kernel.savedCount(inputs: inputShapes, output: shapes[node]))
        let scratch = FloatBuffer(count: kernel.scratchCount(inputs: inputShapes, output: shapes[node]))
        let call = ForwardCall(
            inputs: zip(sources, inputShapes).map { TensorView($0.pointer, shape: $1) },
            parameters: entries.map(\.value), output: TensorView(target.pointer, shape: shapes[node]),
            saved: TensorView(saved, shape: [saved.pointer.count]),
            scratch: TensorView(scratch, shape: [scratch.pointer.count]), mode: mode)
        let kind = type(of: kernel).kind
        // The closure holds everything that the call borrows.
        emit("reference \(kind)") { withExtendedLifetime((sources, target, saved, scratch)) { kernel.forward(call) } }

        let (mode, node) = (mode, node)
        onBackward(node) { [self] gradient in
            let slope = try converted(gradient, to: target.layout)
            let parts = try inputs.map { input in
                slots[input].wantsGradient ? try makeTemporary(.plain(shapes[input])) : nil
            }
            let gradients = mode == .training ? entries.map(\.gradient) : entries.map { _ in nil }
            let backward = BackwardCall(
                forward: call, outputGradient: TensorView(slope.pointer, shape: shapes[node]),
                inputGradients: zip(parts, inputShapes).map { part, shape in
                    part.map { TensorView($0.pointer, shape: shape) }
                },
                parameterGradients: gradients)
            emit("reference \(kind)") {
                withExtendedLifetime((sources, target, saved, scratch, slope, parts)) {
                    for part in backward.inputGradients { part?.fill(0) }
                    for gradient in gradients { gradient?.fill(0) }
                    kernel.backward(backward)
                }
            }
            for (input, part) in zip(inputs, parts) { if let part { try contribute(part, to: input) } }
        }
    }
}
