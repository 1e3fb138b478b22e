import CDNNL
import Tensors

/// Numbers in a layout, with oneDNN's handle on them.
final class Memory {
    let layout: Layout
    let handle: dnnl_memory_t
    /// The first number; the memory lives as long as this object.
    let pointer: UnsafeMutablePointer<Float>
    /// Where the numbers are, unless they are somebody else's.
    let buffer: FloatBuffer?

    /// New memory, all zero: padding of blocked layouts must be.
    convenience init(_ layout: Layout, on engine: Engine) throws(OneDNNError) {
        try self.init(layout, in: FloatBuffer(count: max(1, (layout.byteCount + 3) / 4)), on: engine)
    }

    /// Memory at the beginning of a buffer.
    convenience init(_ layout: Layout, in buffer: FloatBuffer, on engine: Engine) throws(OneDNNError) {
        precondition(layout.byteCount <= 4 * max(1, buffer.pointer.count), "a buffer is too small for its layout")
        guard let start = buffer.pointer.baseAddress else {
            throw OneDNNError(call: "dnnl_memory_create", status: dnnl_out_of_memory.rawValue)
        }
        try self.init(layout, at: start, buffer: buffer, on: engine)
    }

    /// Somebody else's numbers, which must outlive this object.
    convenience init(_ layout: Layout, at view: TensorView, on engine: Engine) throws(OneDNNError) {
        precondition(layout.byteCount <= 4 * view.count, "\(view.shape) has too few numbers for its layout")
        try self.init(layout, at: view.pointer, buffer: nil, on: engine)
    }

    private init(
        _ layout: Layout, at pointer: UnsafeMutablePointer<Float>, buffer: FloatBuffer?, on engine: Engine
    ) throws(OneDNNError) {
        self.layout = layout
        self.pointer = pointer
        self.buffer = buffer
        var handle: dnnl_memory_t?
        try check(
            "dnnl_memory_create", layout.withDescriptor { dnnl_memory_create(&handle, $0, engine.engine, pointer) })
        self.handle = try require("dnnl_memory_create", handle)
    }

    deinit { dnnl_memory_destroy(handle) }
}
