import CDNNL
import Graphs
import Operators

extension PReLU: AcceleratedOperator {
    /// Supports inference only; the reference kernel computes gradients.
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        guard compiler.mode == .inference else { return false }
        let (engine, shape) = (compiler.engine, compiler.shapes[node])
        let source = try compiler.value(compiler.input(of: node))
        let padded = [Int](repeating: 1, count: shape.count - slopeShape.count) + slopeShape
        guard shape.count >= 2, shape.count <= 5, source.layout.isBlocked else { return false }
        let description = try? PrimitiveDescription(
            "pinpoint_prelu_forward", [source.layout, .any(padded)], on: engine
        ) { pinpoint_prelu_forward($0, $1, dnnl_forward_inference, $2[0], $2[1]) }
        guard let description, description.implementation.contains("jit") else { return false }
        let outside = try Memory(.plain(padded), at: compiler.parameter(node, 0).value, on: engine)
        let weights = try compiler.weight(
            compiler.graph.nodes[node].name, outside, in: description.layout(dnnl_query_weights_md))
        let target = try compiler.makeValue(node, source.layout)
        try compiler.emit(
            PrimitiveCall(
                description, [DNNL_ARG_SRC_0: source, DNNL_ARG_WEIGHTS_0: weights, DNNL_ARG_DST_0: target], on: engine))
        return true
    }
}
