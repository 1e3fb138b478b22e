import CDNNL
import Graphs
import Operators

extension InstanceNormalization: AcceleratedOperator {
    /// In inference with one image, instance normalization equals batch normalization by the batch's own statistics; the reference kernel
    /// does the rest.
    func compile(node: Int, with compiler: Compiler) throws -> Bool {
        let (engine, shape) = (compiler.engine, compiler.shapes[node])
        guard compiler.mode == .inference, shape[0] == 1, (2...5).contains(shape.count) else { return false }
        let source = try compiler.value(compiler.input(of: node))
        let description = try? PrimitiveDescription(
            "pinpoint_batch_normalization_forward", [source.layout], on: engine
        ) {
            pinpoint_batch_normalization_forward(
                $0, $1, dnnl_forward_inference, $2[0], epsilon, dnnl_use_scale.rawValue | dnnl_use_shift.rawValue)
        }
        guard let description, !description.implementation.contains("ref") else { return false }
        let channels = try Layout.plain([channels])
        let parameters = try (0..<2).map { try Memory(channels, at: compiler.parameter(node, $0).value, on: engine) }
        let target = try compiler.makeValue(node, source.layout)
        try compiler.emit(
            PrimitiveCall(
                description,
                [
                    DNNL_ARG_SRC_0: source, DNNL_ARG_SCALE: parameters[0], DNNL_ARG_SHIFT: parameters[1],
                    DNNL_ARG_DST_0: target,
                ], on: engine))
        return true
    }
}
