import CDNNL

extension PrimitiveCall {
    /// Copies a tensor into another layout of the same extents.
    static func reorder(_ source: Memory, to target: Memory, on engine: Engine) throws(OneDNNError) -> PrimitiveCall {
        let description = try PrimitiveDescription("pinpoint_reorder", [source.layout, target.layout], on: engine) {
            pinpoint_reorder($0, $1, $2[0], $2[1])
        }
        return try PrimitiveCall(description, [DNNL_ARG_SRC_0: source, DNNL_ARG_DST_0: target], on: engine)
    }

    /// `target = left + right`, all in one layout, and then the ReLU of it when asked for; `target` may be one of the others.
    static func add(
        _ left: Memory, _ right: Memory, into target: Memory, relu: Bool = false, on engine: Engine
    ) throws(OneDNNError) -> PrimitiveCall {
        // Over its first source oneDNN 2.6 forgets the ReLU in a last block of channels that is not full.
        if target === left && left !== right { return try add(right, left, into: target, relu: relu, on: engine) }
        let attributes = relu ? try PrimitiveAttributes(.relu) : nil
        return try binary(dnnl_binary_add, left, right, into: target, attributes: attributes, on: engine)
    }

    /// `target = left · right`, number by number, all in one layout.
    static func multiply(
        _ left: Memory, _ right: Memory, into target: Memory, on engine: Engine
    ) throws(OneDNNError) -> PrimitiveCall {
        try binary(dnnl_binary_mul, left, right, into: target, attributes: nil, on: engine)
    }

    private static func binary(
        _ algorithm: dnnl_alg_kind_t, _ left: Memory, _ right: Memory, into target: Memory,
        attributes: PrimitiveAttributes?, on engine: Engine
    ) throws(OneDNNError) -> PrimitiveCall {
        let layouts = [left, right, target].map(\.layout)
        let description = try PrimitiveDescription(
            "pinpoint_binary", layouts, attributes: attributes, on: engine
        ) { pinpoint_binary($0, $1, algorithm, $2[0], $2[1], $2[2]) }
        return try PrimitiveCall(
            description, [DNNL_ARG_SRC_0: left, DNNL_ARG_SRC_1: right, DNNL_ARG_DST_0: target], on: engine)
    }
}
