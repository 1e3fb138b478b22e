import CDNNL

/// A tensor's shape and memory layout.
struct Layout: Equatable {
    private let storage: LayoutStorage

    /// - Parameter handle: The library's handle, which is released with the last layout that uses it.
    init(_ handle: pinpoint_layout_t) { storage = LayoutStorage(handle) }

    init(_ shape: [Int], _ tag: dnnl_format_tag_t, type: dnnl_data_type_t = dnnl_f32) throws(OneDNNError) {
        var handle: pinpoint_layout_t?
        try check(
            "pinpoint_layout_create",
            pinpoint_layout_create(&handle, Int32(shape.count), shape.map(Int64.init), type, tag))
        self.init(try require("pinpoint_layout_create", handle))
    }

    /// Row-major, the last axis contiguous: the layout used everywhere outside of this backend. A scalar has one axis here.
    static func plain(_ shape: [Int], type: dnnl_data_type_t = dnnl_f32) throws(OneDNNError) -> Layout {
        let shape = shape.isEmpty ? [1] : shape
        let tags = [
            dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd, dnnl_abcde, dnnl_abcdef, dnnl_abcdefg, dnnl_abcdefgh, dnnl_abcdefghi,
            dnnl_abcdefghij, dnnl_abcdefghijk, dnnl_abcdefghijkl,
        ]
        precondition(shape.count <= tags.count, "a tensor of \(shape.count) axes is not supported")
        return try Layout(shape, tags[shape.count - 1], type: type)
    }

    /// The layout that a primitive prefers.
    static func any(_ shape: [Int], type: dnnl_data_type_t = dnnl_f32) throws(OneDNNError) -> Layout {
        try Layout(shape, dnnl_format_tag_any, type: type)
    }

    /// The type of the elements.
    var type: dnnl_data_type_t { withHandle(pinpoint_layout_type) }

    /// The extents of the tensor.
    var shape: [Int] { storage.numbers(axisCount, pinpoint_layout_extents) }

    var axisCount: Int { withHandle { Int(pinpoint_layout_axis_count($0)) } }

    /// The size in bytes, padding included.
    var byteCount: Int { withHandle { pinpoint_layout_size($0) } }

    /// The number of elements, padding included.
    var numberCount: Int { byteCount / (type == dnnl_f32 || type == dnnl_s32 ? 4 : type == dnnl_bf16 ? 2 : 1) }

    /// The number of floats whose memory holds the tensor.
    var floatCount: Int { (byteCount + 3) / 4 }

    /// Whether channels are stored in groups as wide as a vector register.
    var isBlocked: Bool { withHandle { pinpoint_layout_block_count($0) } > 0 }

    /// The stride of each axis, from one element, or block of elements, to the next; empty if the layout has no strides.
    var strides: [Int] { storage.numbers(axisCount, pinpoint_layout_strides) }

    /// The block size along each axis.
    var blocks: [Int] {
        let count = withHandle { Int(pinpoint_layout_block_count($0)) }
        var blocks = [Int](repeating: 1, count: axisCount)
        let axes = storage.numbers(count, pinpoint_layout_block_axes)
        for (axis, extent) in zip(axes, storage.numbers(count, pinpoint_layout_block_extents)) {
            blocks[axis] *= extent
        }
        return blocks
    }

    static func == (left: Layout, right: Layout) -> Bool {
        left.storage === right.storage
            || left.withHandle { left in right.withHandle { right in pinpoint_layouts_are_equal(left, right) } }
    }

    /// Calls `body` with the library's handle, which must not be used after it returns.
    func withHandle<Result>(_ body: (pinpoint_layout_t) -> Result) -> Result { storage.withHandle(body) }
}

/// Owns the library's handle of an immutable layout.
private final class LayoutStorage {
    private let handle: pinpoint_layout_t

    init(_ handle: pinpoint_layout_t) { self.handle = handle }

    deinit { pinpoint_layout_destroy(handle) }

    func withHandle<Result>(_ body: (pinpoint_layout_t) -> Result) -> Result {
        withExtendedLifetime(self) { body(handle) }
    }

    /// An array that the library holds; empty if the layout has none of the kind.
    func numbers(_ count: Int, _ read: (pinpoint_layout_t) -> UnsafePointer<Int64>?) -> [Int] {
        withHandle { read($0).map { UnsafeBufferPointer(start: $0, count: count).map(Int.init) } ?? [] }
    }
}
