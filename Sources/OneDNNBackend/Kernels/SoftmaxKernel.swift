import CDNNL
import Graphs
import Operators

extension Softmax: AcceleratedOperator {
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let input = compiler.input(of: node)
        // Along the first axis, a batch of gradients would be mixed.
        guard self.axis > 0 || compiler.taps.seedCount == 1 else { return false }
        let (engine, axis) = (compiler.engine, Int32(axis))
        let source = try compiler.value(input)
        func forward(_ layout: Layout) throws(OneDNNError) -> PrimitiveDescription {
            try PrimitiveDescription("pinpoint_softmax_forward", [layout], on: engine) {
                pinpoint_softmax_forward($0, $1, dnnl_forward_training, $2[0], axis)
            }
        }
        func backward(_ layout: Layout) throws(OneDNNError) -> PrimitiveDescription {
            try PrimitiveDescription("pinpoint_softmax_backward", [layout], forward: forward(layout), on: engine) {
                pinpoint_softmax_backward($0, $1, $2[0], axis)
            }
        }
        guard let forward = try? forward(source.layout), forward.implementation.contains("jit"),
            !compiler.mode.hasGradients || (try? backward(source.layout)) != nil
        else { return false }
        let target = try compiler.makeValue(node, source.layout)
        compiler.slots[node].isReadBackward = true
        try compiler.emit(PrimitiveCall(forward, [DNNL_ARG_SRC_0: source, DNNL_ARG_DST_0: target], on: engine))
        compiler.onBackward(node) { gradient in
            let results = try compiler.repeatedForGradients(target)
            let slope = try compiler.converted(gradient, to: results.layout)
            try compiler.contribute(to: input, in: results.layout) {
                try PrimitiveCall(
                    backward(results.layout),
                    [DNNL_ARG_DST_0: results, DNNL_ARG_DIFF_DST_0: slope, DNNL_ARG_DIFF_SRC_0: $0], on: engine)
            }
        }
        return true
    }
}
