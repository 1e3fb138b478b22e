import CDNNL

extension PrimitiveCall {
    /// Copies a tensor into another layout of the same extents.
    static func reorder(_ source: Memory, to target: Memory, on engine: Engine) throws(OneDNNError) -> PrimitiveCall {
        var handle: dnnl_primitive_desc_t?
        try check(
            "dnnl_reorder_primitive_desc_create",
            source.layout.withDescriptor { from in
                target.layout.withDescriptor { to in
                    dnnl_reorder_primitive_desc_create(&handle, from, engine.engine, to, engine.engine, nil)
                }
            })
        let description = PrimitiveDescription(try require("dnnl_reorder_primitive_desc_create", handle))
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
        var descriptor = dnnl_binary_desc_t()
        try check(
            "dnnl_binary_desc_init",
            left.layout.withDescriptor { left in
                right.layout.withDescriptor { right in
                    target.layout.withDescriptor { target in
                        dnnl_binary_desc_init(&descriptor, algorithm, left, right, target)
                    }
                }
            })
        let description = try PrimitiveDescription(&descriptor, attributes: attributes, on: engine)
        return try PrimitiveCall(
            description, [DNNL_ARG_SRC_0: left, DNNL_ARG_SRC_1: right, DNNL_ARG_DST_0: target], on: engine)
    }
}
