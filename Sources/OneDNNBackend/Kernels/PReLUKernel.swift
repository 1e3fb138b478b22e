import CDNNL
import Graphs
import Operators

extension PReLU: AcceleratedOperator {
    /// In inference; the reference kernel finds the gradients.
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        guard compiler.mode == .inference else { return false }
        let (engine, shape) = (compiler.engine, compiler.shapes[node])
        let source = try compiler.value(compiler.graph.nodes[node].inputs[0].index)
        let padded = [Int](repeating: 1, count: shape.count - slopeShape.count) + slopeShape
        guard shape.count >= 2, shape.count <= 5, source.layout.isBlocked else { return false }
        var descriptor = dnnl_prelu_desc_t()
        var slopes = try Layout.any(padded).descriptor
        let status = source.layout.withDescriptor {
            dnnl_prelu_forward_desc_init(&descriptor, dnnl_forward_inference, $0, &slopes)
        }
        guard status == dnnl_success, let description = try? PrimitiveDescription(&descriptor, on: engine),
            description.implementation.contains("jit")
        else { return false }
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
