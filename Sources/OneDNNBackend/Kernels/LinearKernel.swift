import CDNNL
import Graphs
import Operators

extension Linear: AcceleratedOperator {
    /// Supports inference only; with gradients, a product of OpenBLAS's is used in all three passes.
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        guard compiler.mode == .inference else { return false }
        let input = compiler.input(of: node)
        let (engine, shape) = (compiler.engine, compiler.shapes[input])
        guard shape.count <= 5 else { return false }
        // Most of the time is spent reading the weights once: in bfloat16 they are half as many bytes. The result is float32.
        let type = compiler.cellType
        let stored = try compiler.storedValue(input)
        let source = try compiler.value(input, in: stored.layout.holding(type) ?? .plain(shape, type: type))
        // Whatever the layout of a pooled map, its elements are matched with the weights in the order of the channels.
        let weightShape = [outputFeatures] + shape.dropFirst()
        let target = try Layout.plain([shape[0], outputFeatures])
        let layouts = [
            source.layout, try .any(weightShape, type: type), bias ? try .plain([outputFeatures]) : nil, target,
        ]
        let description = try? PrimitiveDescription("pinpoint_inner_product_forward", layouts, on: engine) {
            pinpoint_inner_product_forward($0, $1, dnnl_forward_inference, $2[0], $2[1], $2[2], $2[3])
        }
        guard let description, !description.implementation.contains("ref") else { return false }
        let outside = try Memory(.plain(weightShape), at: compiler.parameter(node, 0).value, on: engine)
        var arguments = [
            DNNL_ARG_SRC_0: source,
            DNNL_ARG_WEIGHTS_0: try compiler.weight(
                compiler.graph.nodes[node].name, outside, in: description.layout(dnnl_query_weights_md)),
            DNNL_ARG_DST_0: try compiler.makeValue(node, target),
        ]
        if bias {
            arguments[DNNL_ARG_BIAS] = try Memory(
                .plain([outputFeatures]), at: compiler.parameter(node, 1).value, on: engine)
        }
        try compiler.emit(PrimitiveCall(description, arguments, on: engine))
        return true
    }
}
