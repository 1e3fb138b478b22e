import CDNNL

/// The same memory seen otherwise, and the same order of numbers for other extents.
extension Layout {
    /// The axes in another order: axis `k` is what was axis `axes[k]`.
    ///
    /// - Throws: ``OneDNNError`` where the library has no words for it.
    func permuted(_ axes: [Int]) throws(OneDNNError) -> Layout {
        var places = [Int32](repeating: 0, count: axes.count)
        for (place, axis) in axes.enumerated() { places[axis] = Int32(place) }
        var result: pinpoint_layout_t?
        try check("pinpoint_layout_permuted", withHandle { pinpoint_layout_permuted(&result, $0, places) })
        return Layout(try require("pinpoint_layout_permuted", result))
    }

    /// The part that holds `shape` from some position on.
    ///
    /// - Throws: ``OneDNNError`` where a block of channels would be cut.
    func part(_ shape: [Int], from position: [Int]) throws(OneDNNError) -> Layout {
        // oneDNN 2.6 takes parts that end within a block, and then copies too little of them.
        let extents = self.shape
        for (axis, block) in blocks.enumerated() {
            let end = position[axis] + shape[axis]
            if position[axis] % block != 0 || end % block != 0 && end != extents[axis] {
                throw OneDNNError(call: "a part of a block", status: dnnl_unimplemented.rawValue)
            }
        }
        var result: pinpoint_layout_t?
        try check(
            "pinpoint_layout_part",
            withHandle { pinpoint_layout_part(&result, $0, shape.map(Int64.init), position.map(Int64.init)) })
        return Layout(try require("pinpoint_layout_part", result))
    }

    /// As many tensors of this layout one after the other, as one of a larger batch; nothing where items of a batch do not lie one
    /// after the other.
    func repeated(_ count: Int) -> Layout? {
        let shape = shape
        guard count > 1, !shape.isEmpty else { return self }
        // Where the first axis has one place only, several orders of the axes are this one; not so for the result.
        return resized(to: [count * shape[0]] + shape.dropFirst()) {
            $0.byteCount == count * byteCount && $0.isBatchOutermost
        }
    }

    /// The same order of numbers for other extents, without gaps; nothing where the library has no name for it.
    ///
    /// - Parameter suits: Where several orders of the axes are this one, and differ for the other extents, what is wanted of them.
    func resized(to shape: [Int], where suits: (Layout) -> Bool = { _ in true }) -> Layout? {
        renamed(shape, type, where: suits)
    }

    /// The same order for numbers of another kind; nothing where the library has no name for it.
    func holding(_ type: dnnl_data_type_t) -> Layout? { type == self.type ? self : renamed(shape, type) { _ in true } }

    private func renamed(_ shape: [Int], _ newType: dnnl_data_type_t, where suits: (Layout) -> Bool) -> Layout? {
        let (own, type) = (self.shape, self.type)
        for number in dnnl_a.rawValue..<dnnl_format_tag_last.rawValue {
            let tag = dnnl_format_tag_t(rawValue: number)
            if let named = try? Layout(own, tag, type: type), named == self,
                let resized = try? Layout(shape, tag, type: newType), suits(resized)
            {
                return resized
            }
        }
        return nil
    }

    /// Whether the first axis takes the longest steps.
    var isBatchOutermost: Bool {
        let (shape, strides, blocks) = (shape, strides, blocks)
        return shape.contains(0)
            || shape.indices.dropFirst().allSatisfy { shape[$0] <= blocks[$0] || strides[$0] < strides[0] }
    }
}
