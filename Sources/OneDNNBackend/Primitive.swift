import CDNNL

/// An operation with its algorithm and layouts chosen.
final class PrimitiveDescription {
    let handle: dnnl_primitive_desc_t

    init(_ handle: dnnl_primitive_desc_t) { self.handle = handle }

    /// The implementation for an operation's descriptor.
    ///
    /// - Parameter hint: The forward operation that a backward one belongs to.
    /// - Throws: ``OneDNNError`` when the library has none.
    init(
        _ descriptor: UnsafeRawPointer, attributes: PrimitiveAttributes? = nil, hint: PrimitiveDescription? = nil,
        on engine: Engine
    ) throws(OneDNNError) {
        var handle: dnnl_primitive_desc_t?
        try check(
            "dnnl_primitive_desc_create",
            dnnl_primitive_desc_create(&handle, descriptor, attributes?.handle, engine.engine, hint?.handle))
        self.handle = try require("dnnl_primitive_desc_create", handle)
    }

    deinit { dnnl_primitive_desc_destroy(handle) }

    /// The layout that was chosen for an argument.
    func layout(_ query: dnnl_query_t, _ index: Int32 = 0) throws(OneDNNError) -> Layout {
        let descriptor = dnnl_primitive_desc_query_md(handle, query, index)
        return Layout(try require("dnnl_primitive_desc_query_md", descriptor).pointee)
    }

    /// The kernel's own name, which says its instruction set and algorithm.
    var implementation: String {
        var name: UnsafePointer<CChar>?
        guard dnnl_primitive_desc_query(handle, dnnl_query_impl_info_str, 0, &name) == dnnl_success, let name else {
            return "?"
        }
        return String(cString: name)
    }
}

/// What is done to a primitive's result before it is stored.
final class PrimitiveAttributes {
    let handle: dnnl_primitive_attr_t

    /// - Parameters:
    ///   - sum: Whether the result is added to what the target holds already.
    ///   - function: What is then applied to each number.
    init(sum: Bool = false, _ function: EltwiseFunction? = nil) throws(OneDNNError) {
        var handle: dnnl_primitive_attr_t?
        try check("dnnl_primitive_attr_create", dnnl_primitive_attr_create(&handle))
        self.handle = try require("dnnl_primitive_attr_create", handle)
        var operations: dnnl_post_ops_t?
        try check("dnnl_post_ops_create", dnnl_post_ops_create(&operations))
        defer { dnnl_post_ops_destroy(operations) }
        if sum { try check("dnnl_post_ops_append_sum", dnnl_post_ops_append_sum(operations, 1)) }
        if let function {
            try check(
                "dnnl_post_ops_append_eltwise",
                dnnl_post_ops_append_eltwise(operations, 1, function.algorithm, function.alpha, function.beta))
        }
        try check("dnnl_primitive_attr_set_post_ops", dnnl_primitive_attr_set_post_ops(self.handle, operations))
    }

    deinit { dnnl_primitive_attr_destroy(handle) }
}

/// An operation bound to its arguments.
final class PrimitiveCall {
    private let primitive: dnnl_primitive_t
    private let description: PrimitiveDescription
    private let arguments: [dnnl_exec_arg_t]
    let memories: [Memory]
    private let engine: Engine
    /// The kernel, and what for where there are several.
    let name: String

    /// - Parameter purpose: What the operation computes, for people, where its node has others of the same kind.
    init(
        _ description: PrimitiveDescription, _ arguments: [Int32: Memory], purpose: String? = nil, on engine: Engine
    ) throws(OneDNNError) {
        var primitive: dnnl_primitive_t?
        try check("dnnl_primitive_create", dnnl_primitive_create(&primitive, description.handle))
        self.primitive = try require("dnnl_primitive_create", primitive)
        self.description = description
        self.engine = engine
        name = description.implementation + (purpose.map { " (\($0))" } ?? "")
        memories = Array(arguments.values)
        self.arguments = arguments.map { dnnl_exec_arg_t(arg: $0.key, memory: $0.value.handle) }
    }

    deinit { dnnl_primitive_destroy(primitive) }

    func run() throws(OneDNNError) {
        try check(
            "dnnl_primitive_execute",
            dnnl_primitive_execute(primitive, engine.stream, Int32(arguments.count), arguments))
    }
}
