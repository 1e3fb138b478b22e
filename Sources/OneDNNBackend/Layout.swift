import CDNNL

/// Extents, and how the numbers of a tensor lie in memory.
struct Layout: Equatable {
    private(set) var descriptor: dnnl_memory_desc_t

    init(_ descriptor: dnnl_memory_desc_t) { self.descriptor = descriptor }

    init(_ shape: [Int], _ tag: dnnl_format_tag_t) throws(OneDNNError) {
        var descriptor = dnnl_memory_desc_t()
        try check(
            "dnnl_memory_desc_init_by_tag",
            dnnl_memory_desc_init_by_tag(&descriptor, Int32(shape.count), shape.map(Int64.init), dnnl_f32, tag))
        self.descriptor = descriptor
    }

    /// Row-major, the last axis densest: what everything outside this backend uses. A single number has one axis here.
    static func plain(_ shape: [Int]) throws(OneDNNError) -> Layout {
        let shape = shape.isEmpty ? [1] : shape
        let tags = [
            dnnl_a, dnnl_ab, dnnl_abc, dnnl_abcd, dnnl_abcde, dnnl_abcdef, dnnl_abcdefg, dnnl_abcdefgh, dnnl_abcdefghi,
            dnnl_abcdefghij, dnnl_abcdefghijk, dnnl_abcdefghijkl,
        ]
        precondition(shape.count <= tags.count, "a tensor of \(shape.count) axes")
        return try Layout(shape, tags[shape.count - 1])
    }

    /// Whatever a primitive likes best.
    static func any(_ shape: [Int]) throws(OneDNNError) -> Layout { try Layout(shape, dnnl_format_tag_any) }

    /// How many bytes it takes, padding included.
    var byteCount: Int { withUnsafePointer(to: descriptor) { dnnl_memory_desc_get_size($0) } }

    /// How many floats have room for it.
    var floatCount: Int { (byteCount + 3) / 4 }

    /// As many tensors of this layout one after the other, as one of a larger batch; nothing where items of a batch do not lie one
    /// after the other.
    func repeated(_ count: Int) -> Layout? {
        var descriptor = descriptor
        guard count > 1, descriptor.ndims > 0 else { return self }
        let whole = byteCount
        descriptor.dims.0 *= Int64(count)
        descriptor.padded_dims.0 *= Int64(count)
        let result = Layout(descriptor)
        return result.byteCount == count * whole ? result : nil
    }

    /// Whether channels lie together in groups as wide as a vector register.
    var isBlocked: Bool { descriptor.format_desc.blocking.inner_nblks > 0 }

    static func == (left: Layout, right: Layout) -> Bool {
        withUnsafePointer(to: left.descriptor) { left in
            withUnsafePointer(to: right.descriptor) { right in dnnl_memory_desc_equal(left, right) != 0 }
        }
    }

    func withDescriptor<Result>(_ body: (UnsafePointer<dnnl_memory_desc_t>) -> Result) -> Result {
        withUnsafePointer(to: descriptor, body)
    }
}
