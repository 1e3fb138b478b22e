import CDNNL
import Tensors

/// Numbers in a layout, with oneDNN's handle on them.
final class Memory {
    let layout: Layout
    let handle: dnnl_memory_t
    /// Whose numbers these are, where they are another memory's under other extents.
    private let base: Memory?
    /// Where the numbers are, unless they are somebody else's.
    private var buffer: FloatBuffer?
    private var start: UnsafeMutablePointer<Float>?

    /// Memory whose place is chosen once all operations are known, by when it is used: see ``Arena``.
    init(planned layout: Layout, on engine: Engine) throws(OneDNNError) {
        self.layout = layout
        base = nil
        handle = try Self.handle(layout, at: nil, on: engine)
    }

    /// Memory of its own for as long as it lives, all zero: padding of blocked layouts must be.
    init(_ layout: Layout, on engine: Engine) throws(OneDNNError) {
        let buffer = FloatBuffer(count: max(1, layout.floatCount))
        self.layout = layout
        base = nil
        self.buffer = buffer
        start = buffer.pointer.baseAddress
        handle = try Self.handle(layout, at: start, on: engine)
    }

    /// Somebody else's numbers, which must outlive this object.
    init(_ layout: Layout, at view: TensorView, on engine: Engine) throws(OneDNNError) {
        precondition(layout.floatCount <= view.count, "\(view.shape) has too few numbers for its layout")
        self.layout = layout
        base = nil
        start = view.pointer
        handle = try Self.handle(layout, at: view.pointer, on: engine)
    }

    /// The numbers of another memory, all or some of them, in a layout of other extents.
    init(_ layout: Layout, of other: Memory, on engine: Engine) throws(OneDNNError) {
        precondition(
            layout.floatCount <= other.owner.layout.floatCount,
            "a layout of \(layout.floatCount) numbers does not lie in one of \(other.owner.layout.floatCount)")
        self.layout = layout
        base = other.owner
        start = other.owner.start
        handle = try Self.handle(layout, at: start, on: engine)
    }

    deinit { dnnl_memory_destroy(handle) }

    /// The first number; the memory lives as long as this object.
    var pointer: UnsafeMutablePointer<Float> {
        guard let start else { preconditionFailure("memory was used before it had a place") }
        return start
    }

    /// The memory that has the numbers: itself, unless it shows another one's.
    var owner: Memory { base ?? self }

    /// Whether ``place(in:at:)`` is still to come, or ``followOwner()``.
    var isPlanned: Bool { start == nil }

    /// Gives planned memory its place.
    func place(in buffer: FloatBuffer, at offset: Int) throws(OneDNNError) {
        precondition(
            isPlanned && base == nil && offset + layout.floatCount <= buffer.pointer.count,
            "\(offset) is no place for memory")
        self.buffer = buffer
        start = buffer.pointer.baseAddress.map { $0 + offset }
        try check("dnnl_memory_set_data_handle", dnnl_memory_set_data_handle(handle, start))
    }

    /// Goes where the memory is whose numbers it shows, once that has a place.
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
