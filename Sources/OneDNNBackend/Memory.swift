import CDNNL
import Tensors

/// Numbers in a layout, with oneDNN's handle on them.
final class Memory {
    let layout: Layout
    let handle: dnnl_memory_t
    /// Where the numbers are, unless they are somebody else's.
    private var buffer: FloatBuffer?
    private var start: UnsafeMutablePointer<Float>?

    /// Memory whose place is chosen once all operations are known, by when it is used: see ``Arena``.
    init(planned layout: Layout, on engine: Engine) throws(OneDNNError) {
        self.layout = layout
        handle = try Self.handle(layout, at: nil, on: engine)
    }

    /// Memory of its own for as long as it lives, all zero: padding of blocked layouts must be.
    init(_ layout: Layout, on engine: Engine) throws(OneDNNError) {
        let buffer = FloatBuffer(count: max(1, layout.floatCount))
        self.layout = layout
        self.buffer = buffer
        start = buffer.pointer.baseAddress
        handle = try Self.handle(layout, at: start, on: engine)
    }

    /// Somebody else's numbers, which must outlive this object.
    init(_ layout: Layout, at view: TensorView, on engine: Engine) throws(OneDNNError) {
        precondition(layout.floatCount <= view.count, "\(view.shape) has too few numbers for its layout")
        self.layout = layout
        start = view.pointer
        handle = try Self.handle(layout, at: view.pointer, on: engine)
    }

    deinit { dnnl_memory_destroy(handle) }

    /// The first number; the memory lives as long as this object.
    var pointer: UnsafeMutablePointer<Float> {
        guard let start else { preconditionFailure("memory was used before it had a place") }
        return start
    }

    /// Whether ``place(in:at:)`` is still to come.
    var isPlanned: Bool { start == nil }

    /// Gives planned memory its place.
    func place(in buffer: FloatBuffer, at offset: Int) throws(OneDNNError) {
        precondition(
            isPlanned && offset + layout.floatCount <= buffer.pointer.count, "\(offset) is no place for memory")
        self.buffer = buffer
        start = buffer.pointer.baseAddress.map { $0 + offset }
        try check("dnnl_memory_set_data_handle", dnnl_memory_set_data_handle(handle, start))
    }

    private static func handle(
        _ layout: Layout, at pointer: UnsafeMutablePointer<Float>?, on engine: Engine
    ) throws(OneDNNError) -> dnnl_memory_t {
        var handle: dnnl_memory_t?
        // A null pointer is oneDNN's DNNL_MEMORY_NONE: no memory yet.
        try check(
            "dnnl_memory_create", layout.withDescriptor { dnnl_memory_create(&handle, $0, engine.engine, pointer) })
        return try require("dnnl_memory_create", handle)
    }
}
