import CDNNL

/// An operation whose algorithm and layouts have been chosen.
final class PrimitiveDescription {
    let handle: dnnl_primitive_desc_t

    /// Chooses the kernel for an operation.
    ///
    /// - Parameters:
    ///   - call: The name of the requested operation, for errors.
    ///   - layouts: The layouts of its arguments, nil for an argument that it does not have.
    ///   - attributes: Post-processing of its result before that is stored.
    ///   - forward: The forward operation that a backward operation belongs to.
    ///   - ask: Calls the C function of that name with a pointer for the result, the setting and the layouts.
    /// - Throws: ``OneDNNError`` if the library has no such kernel.
    init(
        _ call: StaticString, _ layouts: [Layout?], attributes: PrimitiveAttributes? = nil,
        forward: PrimitiveDescription? = nil, on engine: Engine,
        _ ask: (UnsafeMutablePointer<dnnl_primitive_desc_t?>, pinpoint_setting_t, [pinpoint_layout_t?]) -> dnnl_status_t
    ) throws(OneDNNError) {
        var handle: dnnl_primitive_desc_t?
        let attributes = if let attributes { attributes } else { try PrimitiveAttributes() }
        let status = withExtendedLifetime((layouts, attributes, forward, engine)) {
            let setting = pinpoint_setting_t(
                engine: engine.engine, attributes: attributes.handle, forward: forward?.handle)
            return Engine.alone { ask(&handle, setting, layouts.map { $0?.withHandle { $0 } }) }
        }
        try check(call, status)
        self.handle = try require(call, handle)
    }

    deinit { dnnl_primitive_desc_destroy(handle) }

    /// The layout that was chosen for an argument.
    func layout(_ query: dnnl_query_t, _ index: Int32 = 0) throws(OneDNNError) -> Layout {
        Layout(try require("pinpoint_chosen_layout", pinpoint_chosen_layout(handle, query, index)))
    }

    /// The scratch memory that it needs while it runs; nil if it needs none.
    var scratchpad: Layout? { pinpoint_chosen_layout(handle, dnnl_query_scratchpad_md, 0).map { Layout($0) } }

    /// Whether the kernel was generated for this processor, rather than written for any.
    var isFast: Bool { implementation.contains("jit") || implementation.contains("brg") }

    /// The kernel's own name, which names its instruction set and algorithm.
    var implementation: String {
        var name: UnsafePointer<CChar>?
        guard dnnl_primitive_desc_query(handle, dnnl_query_impl_info_str, 0, &name) == dnnl_success, let name else {
            return "?"
        }
        return String(cString: name)
    }
}

/// Post-processing of a primitive's result before it is stored. Also requests that scratch memory is passed in: oneDNN's own scratch memory
/// belongs to the thread that created a primitive, while programs may run on other threads.
final class PrimitiveAttributes {
    let handle: dnnl_primitive_attr_t

    /// - Parameters:
    ///   - sum: Whether the result is added to the target's previous contents.
    ///   - function: The function that is then applied to each element.
    init(sum: Bool = false, _ function: EltwiseFunction? = nil) throws(OneDNNError) {
        var handle: dnnl_primitive_attr_t?
        try check("dnnl_primitive_attr_create", dnnl_primitive_attr_create(&handle))
        self.handle = try require("dnnl_primitive_attr_create", handle)
        try check(
            "dnnl_primitive_attr_set_scratchpad_mode",
            dnnl_primitive_attr_set_scratchpad_mode(self.handle, dnnl_scratchpad_mode_user))
        var operations: dnnl_post_ops_t?
        try check("dnnl_post_ops_create", dnnl_post_ops_create(&operations))
        defer { dnnl_post_ops_destroy(operations) }
        if sum { try check("pinpoint_append_sum", pinpoint_append_sum(operations)) }
        if let function {
            try check(
                "pinpoint_append_eltwise",
                pinpoint_append_eltwise(operations, function.algorithm, function.alpha, function.beta))
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
    /// The kernel, with its purpose if there are several of the same kind.
    let name: String

    /// - Parameters:
    ///   - purpose: What the operation computes, for reports, if its node has others of the same kind.
    ///   - isPlanned: Whether its scratch memory is planned with the program's, rather than separate.
    init(
        _ description: PrimitiveDescription, _ arguments: [Int32: Memory], purpose: String? = nil,
        isPlanned: Bool = true, on engine: Engine
    ) throws(OneDNNError) {
        var arguments = arguments
        if let layout = description.scratchpad {
            arguments[DNNL_ARG_SCRATCHPAD] =
                try isPlanned ? Memory(planned: layout, on: engine) : Memory(layout, on: engine)
        }
        var primitive: dnnl_primitive_t?
        try check(
            "dnnl_primitive_create", Engine.alone { dnnl_primitive_create(&primitive, description.handle) })
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
