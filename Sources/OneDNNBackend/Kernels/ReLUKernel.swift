import CDNNL
import Graphs
import Operators

extension ReLU: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let input = compiler.graph.nodes[node].inputs[0].index
        let engine = compiler.engine
        let source = try compiler.value(input)
        guard let description = try? forward(source.layout, on: engine) else { return false }
        let target = try compiler.makeValue(node, source.layout)
        compiler.slots[node].isReadBackward = true
        try compiler.emit(
            PrimitiveCall(description, [DNNL_ARG_SRC_0: source, DNNL_ARG_DST_0: target], on: engine))
        compiler.onBackward(node) { gradient in
            let slope = try compiler.converted(gradient, to: target.layout)
            try compiler.contribute(to: input, in: target.layout) {
                try .reluGradient(slope, result: target, into: $0, on: engine)
            }
        }
        return true
    }

    private func forward(_ layout: Layout, on engine: Engine) throws(OneDNNError) -> PrimitiveDescription {
        var descriptor = dnnl_eltwise_desc_t()
        try check(
            "dnnl_eltwise_forward_desc_init",
            layout.withDescriptor {
                dnnl_eltwise_forward_desc_init(
                    &descriptor, dnnl_forward_training, dnnl_eltwise_relu_use_dst_for_bwd, $0, 0, 0)
            })
        return try PrimitiveDescription(&descriptor, on: engine)
    }
}
