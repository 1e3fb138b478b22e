import Graphs
import Tensors

extension Compiler {
    /// Runs a node with its operator's reference kernel, on copies of its inputs in plain layouts.
    func compileReference(_ kernel: any Operator, node: Int) throws {
        let inputs = inputs(of: node)
        let inputShapes = inputs.map { shapes[$0] }
        let sources = try inputs.map { try value($0, in: .plain(shapes[$0])) }
        let target = try makeValue(node, .plain(shapes[node]))
        slots[node].isReadBackward = true
        let entries = try kernel.parameters.indices.map { try parameter(node, $0) }
        func work(_ count: Int) throws -> (Memory, [Int]) { (try makeTemporary(.plain([max(1, count)])), [count]) }
        let saved = try work(kernel.savedCount(inputs: inputShapes, output: shapes[node]))
        let scratch = try work(kernel.scratchCount(inputs: inputShapes, output: shapes[node]))
        let (mode, shape) = (mode, shapes[node])
        // Made at run time: only then do all memories have an address.
        func forwardCall() -> ForwardCall {
            ForwardCall(
                inputs: zip(sources, inputShapes).map { TensorView($0.pointer, shape: $1) },
                parameters: entries.map(\.value), output: TensorView(target.pointer, shape: shape),
                saved: TensorView(saved.0.pointer, shape: saved.1),
                scratch: TensorView(scratch.0.pointer, shape: scratch.1), mode: mode)
        }
        let kind = kernel.kind
        let memories = sources + [target, saved.0, scratch.0]
        emit("reference \(kind)", on: memories) { kernel.forward(forwardCall()) }

        onBackward(node) { [self] gradient in
            let slope = try converted(gradient, to: gradientLayout(target.layout))
            let parts = try inputs.map { input in
                slots[input].wantsGradient ? try makeTemporary(gradientLayout(.plain(shapes[input]))) : nil
            }
            let seedCount = taps.seedCount
            let gradients = mode == .training ? entries.map(\.gradient) : entries.map { _ in nil }
            emit("reference \(kind)", on: memories + parts.compactMap { $0 } + [slope]) {
                for gradient in gradients { gradient?.fill(0) }
                for seed in 0..<seedCount {
                    func gradient(_ memory: Memory, _ shape: [Int]) -> TensorView {
                        TensorView(memory.pointer + seed * shape.reduce(1, *), shape: shape)
                    }
                    let call = BackwardCall(
                        forward: forwardCall(), outputGradient: gradient(slope, shape),
                        inputGradients: zip(parts, inputShapes).map { part, shape in part.map { gradient($0, shape) } },
                        parameterGradients: gradients)
                    for part in call.inputGradients { part?.fill(0) }
                    kernel.backward(call)
                }
            }
            for (input, part) in zip(inputs, parts) { if let part { try contribute(part, to: input) } }
        }
    }
}
