import CDNNL

/// The same memory seen otherwise.
extension Layout {
    /// The axes in another order: axis `k` is what was axis `axes[k]`.
    ///
    /// - Throws: ``OneDNNError`` where the library has no words for it.
    func permuted(_ axes: [Int]) throws(OneDNNError) -> Layout {
        var places = [Int32](repeating: 0, count: axes.count)
        for (place, axis) in axes.enumerated() { places[axis] = Int32(place) }
        var result = dnnl_memory_desc_t()
        try check(
            "dnnl_memory_desc_permute_axes", withDescriptor { dnnl_memory_desc_permute_axes(&result, $0, places) })
        return Layout(result)
    }

    /// The part that holds `shape` from some position on.
    ///
    /// - Throws: ``OneDNNError`` where a block of channels would be cut.
    func part(_ shape: [Int], from position: [Int]) throws(OneDNNError) -> Layout {
        // oneDNN 2.6 takes parts that end within a block, and then copies too little of them.
        let extents = withUnsafeBytes(of: descriptor.dims) { Array($0.bindMemory(to: Int64.self)) }
        for (axis, block) in blocks.enumerated() {
            let end = position[axis] + shape[axis]
            if position[axis] % block != 0 || end % block != 0 && end != Int(extents[axis]) {
                throw OneDNNError(call: "a part of a block", status: dnnl_unimplemented.rawValue)
            }
        }
        var result = dnnl_memory_desc_t()
        try check(
            "dnnl_memory_desc_init_submemory",
            withDescriptor {
                dnnl_memory_desc_init_submemory(&result, $0, shape.map(Int64.init), position.map(Int64.init))
            })
        return Layout(result)
    }

    /// The same order of numbers without gaps, as a part has when it is copied.
    func packed() -> Layout {
        var result = descriptor
        result.offset0 = 0
        let blocks = blocks
        var stride = Int64(blocks.reduce(1, *))
        let extents = withUnsafeBytes(of: result.padded_dims) { Array($0.bindMemory(to: Int64.self)) }
        withUnsafeMutableBytes(of: &result.format_desc.blocking.strides) { bytes in
            let strides = bytes.bindMemory(to: Int64.self)
            for axis in blocks.indices.sorted(by: { (strides[$1], $0) < (strides[$0], $1) }).reversed() {
                strides[axis] = stride
                stride *= extents[axis] / Int64(blocks[axis])
            }
        }
        return Layout(result)
    }

    /// How many neighbours along each axis lie together.
    private var blocks: [Int] {
        var blocks = [Int](repeating: 1, count: Int(descriptor.ndims))
        let blocking = descriptor.format_desc.blocking
        withUnsafeBytes(of: (blocking.inner_idxs, blocking.inner_blks)) { bytes in
            let numbers = bytes.bindMemory(to: Int64.self)
            for block in 0..<Int(blocking.inner_nblks) {
                blocks[Int(numbers[block])] *= Int(numbers[Int(DNNL_MAX_NDIMS) + block])
            }
        }
        return blocks
    }
}
