import CDNNL
import Tensors

/// A tensor in memory, with oneDNN's handle.
final class Memory {
    let layout: Layout
    let handle: dnnl_memory_t
    /// The memory that this is a view of, if any.
    private let base: Memory?
    /// The buffer that holds the elements, unless another object owns them.
    private var buffer: FloatBuffer?
    private var start: UnsafeMutablePointer<Float>?

    /// Creates memory whose address is chosen once all operations that use it are known: see ``Arena``.
    init(planned layout: Layout, on engine: Engine) throws(OneDNNError) {
        self.layout = layout
        base = nil
        handle = try Self.handle(layout, at: nil, on: engine)
    }

    /// Creates memory that this object owns, filled with zeros, as the padding of blocked layouts must be.
    init(_ layout: Layout, on engine: Engine) throws(OneDNNError) {
        let buffer = FloatBuffer(count: max(1, layout.floatCount))
        self.layout = layout
        base = nil
        self.buffer = buffer
        start = buffer.pointer.baseAddress
        handle = try Self.handle(layout, at: start, on: engine)
    }

    /// Creates a tensor in memory owned by others, which must outlive this object.
    init(_ layout: Layout, at view: TensorView, on engine: Engine) throws(OneDNNError) {
        precondition(layout.floatCount <= view.count, "\(view.shape) has too few numbers for its layout")
        self.layout = layout
        base = nil
        start = view.pointer
        handle = try Self.handle(layout, at: view.pointer, on: engine)
    }

    /// Creates a view of another memory, or a part of it, in a layout with other extents.
    init(_ layout: Layout, of other: Memory, on engine: Engine) throws(OneDNNError) {
        precondition(
            layout.floatCount <= other.owner.layout.floatCount,
            "a layout of \(layout.floatCount) numbers does not fit into one of \(other.owner.layout.floatCount)")
        self.layout = layout
        base = other.owner
        start = other.owner.start
        handle = try Self.handle(layout, at: start, on: engine)
    }

    deinit { dnnl_memory_destroy(handle) }

    /// The first element; the memory lives as long as this object.
    var pointer: UnsafeMutablePointer<Float> {
        guard let start else { preconditionFailure("memory was used before it had an address") }
        return start
    }

    /// The memory that this is a view of; otherwise itself.
    var owner: Memory { base ?? self }

    /// Whether ``place(in:at:)`` or ``followOwner()`` is still to be called.
    var isPlanned: Bool { start == nil }

    /// Assigns an address to planned memory.
    func place(in buffer: FloatBuffer, at offset: Int) throws(OneDNNError) {
        precondition(
            isPlanned && base == nil && offset + layout.floatCount <= buffer.pointer.count,
            "\(offset) is not a valid offset for memory")
        self.buffer = buffer
        start = buffer.pointer.baseAddress.map { $0 + offset }
        try check("dnnl_memory_set_data_handle", dnnl_memory_set_data_handle(handle, start))
    }

    /// Takes the address of the memory that this is a view of, once that has one.
    func followOwner() throws(OneDNNError) {
        guard let base, isPlanned else { return }
        start = base.start
        try check("dnnl_memory_set_data_handle", dnnl_memory_set_data_handle(handle, start))
    }

    private static func handle(
        _ layout: Layout, at pointer: UnsafeMutablePointer<Float>?, on engine: Engine
    ) throws(OneDNNError) -> dnnl_memory_t {
        var handle: dnnl_memory_t?
        // A null pointer is oneDNN's DNNL_MEMORY_NONE: no memory yet.
        try check(
            "pinpoint_memory_create",
            layout.withHandle { pinpoint_memory_create(&handle, $0, engine.engine, pointer) })
        return try require("pinpoint_memory_create", handle)
    }
}
