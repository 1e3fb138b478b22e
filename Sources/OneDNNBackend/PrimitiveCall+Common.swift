import CDNNL

extension PrimitiveCall {
    /// Copies a tensor into another layout with the same extents.
    static func reorder(_ source: Memory, to target: Memory, on engine: Engine) throws(OneDNNError) -> PrimitiveCall {
        let description = try PrimitiveDescription("pinpoint_reorder", [source.layout, target.layout], on: engine) {
            pinpoint_reorder($0, $1, $2[0], $2[1])
        }
        // It may also run outside of a program.
        return try PrimitiveCall(
            description, [DNNL_ARG_SRC_0: source, DNNL_ARG_DST_0: target], isPlanned: false, on: engine)
    }

    /// `target = left + right`, all in one layout, followed by a ReLU if requested; `target` may be one of the others.
    static func add(
        _ left: Memory, _ right: Memory, into target: Memory, relu: Bool = false, on engine: Engine
    ) throws(OneDNNError) -> PrimitiveCall {
        let attributes = relu ? try PrimitiveAttributes(.relu) : nil
        return try binary(dnnl_binary_add, left, right, into: target, attributes: attributes, on: engine)
    }

    /// `target = left · right`, elementwise, all in one layout.
    static func multiply(
        _ left: Memory, _ right: Memory, into target: Memory, on engine: Engine
    ) throws(OneDNNError) -> PrimitiveCall {
        try binary(dnnl_binary_mul, left, right, into: target, attributes: nil, on: engine)
    }

    /// Combines all elements in memory order, including the padding of blocks, which stays zero. oneDNN 2.6 does not support blocks of
    /// channels correctly: in blocks narrower than its registers it writes beyond the last one, and in a padded block it omits the ReLU.
    private static func binary(
        _ algorithm: dnnl_alg_kind_t, _ left: Memory, _ right: Memory, into target: Memory,
        attributes: PrimitiveAttributes?, on engine: Engine
    ) throws(OneDNNError) -> PrimitiveCall {
        precondition(left.layout == right.layout && left.layout == target.layout, "tensors in different layouts")
        let flat = try Layout.plain([left.layout.numberCount], type: left.layout.type)
        let (left, right, target) = try (
            Memory(flat, of: left, on: engine), Memory(flat, of: right, on: engine),
            Memory(flat, of: target, on: engine)
        )
        let layouts = [flat, flat, flat]
        let description = try PrimitiveDescription(
            "pinpoint_binary", layouts, attributes: attributes, on: engine
        ) { pinpoint_binary($0, $1, algorithm, $2[0], $2[1], $2[2]) }
        return try PrimitiveCall(
            description, [DNNL_ARG_SRC_0: left, DNNL_ARG_SRC_1: right, DNNL_ARG_DST_0: target], on: engine)
    }
}
