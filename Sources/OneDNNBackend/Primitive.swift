import CDNNL

/// An operation with its algorithm and layouts chosen.
final class PrimitiveDescription {
    let handle: dnnl_primitive_desc_t

    /// The kernel for an operation.
    ///
    /// - Parameters:
    ///   - call: What is asked for, for errors.
    ///   - layouts: Those of its arguments, nil for an argument that it does not have.
    ///   - attributes: What is done to its result before that is stored.
    ///   - forward: The forward operation that a backward one belongs to.
    ///   - ask: Calls the function of that name with a place for the result, the setting and the layouts.
    /// - Throws: ``OneDNNError`` when the library has none.
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

    /// What it needs beside its arguments while it runs; nothing where it needs none.
    var scratchpad: Layout? { pinpoint_chosen_layout(handle, dnnl_query_scratchpad_md, 0).map { Layout($0) } }

    /// Whether the kernel was written for the processor, rather than for any.
    var isFast: Bool { implementation.contains("jit") || implementation.contains("brg") }

    /// The kernel's own name, which says its instruction set and algorithm.
    var implementation: String {
        var name: UnsafePointer<CChar>?
        guard dnnl_primitive_desc_query(handle, dnnl_query_impl_info_str, 0, &name) == dnnl_success, let name else {
            return "?"
        }
        return String(cString: name)
    }
}

/// What is done to a primitive's result before it is stored, and that the memory it needs is given to it: oneDNN's own belongs to the thread
/// that a primitive was made on, and programs run on others, too.
final class PrimitiveAttributes {
    let handle: dnnl_primitive_attr_t

    /// - Parameters:
    ///   - sum: Whether the result is added to what the target holds already.
    ///   - function: What is then applied to each number.
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
    /// The kernel, and what for where there are several.
    let name: String

    /// - Parameters:
    ///   - purpose: What the operation computes, for people, where its node has others of the same kind.
    ///   - isPlanned: Whether the memory that it needs is planned with a program's, rather than its own.
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
