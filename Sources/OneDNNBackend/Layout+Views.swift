import CDNNL

/// Views of the same memory, and the same order of axes for other extents.
extension Layout {
    /// Reorders the axes: axis `k` of the result is axis `axes[k]` of the original.
    ///
    /// - Throws: ``OneDNNError`` if the library cannot express the layout.
    func permuted(_ axes: [Int]) throws(OneDNNError) -> Layout {
        var places = [Int32](repeating: 0, count: axes.count)
        for (place, axis) in axes.enumerated() { places[axis] = Int32(place) }
        var result: pinpoint_layout_t?
        try check("pinpoint_layout_permuted", withHandle { pinpoint_layout_permuted(&result, $0, places) })
        return Layout(try require("pinpoint_layout_permuted", result))
    }

    /// The sub-tensor of shape `shape` that starts at a position.
    ///
    /// - Throws: ``OneDNNError`` if a block of channels would be split.
    func part(_ shape: [Int], from position: [Int]) throws(OneDNNError) -> Layout {
        // oneDNN 2.6 accepts parts that end within a block, but then copies too little of them.
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

    /// Several tensors of this layout one after the other, as a larger batch; nil if the items of a batch are not stored one after the
    /// other.
    func repeated(_ count: Int) -> Layout? {
        let shape = shape
        guard count > 1, !shape.isEmpty else { return self }
        // If the first axis has extent 1, several orders of the axes are equivalent; not so for the result.
        return resized(to: [count * shape[0]] + shape.dropFirst()) {
            $0.byteCount == count * byteCount && $0.isBatchOutermost
        }
    }

    /// The same order of axes for other extents, without gaps; nil if the library has no name for it.
    ///
    /// - Parameter suits: If several orders of the axes are equivalent here but differ for the other extents, selects among them.
    func resized(to shape: [Int], where suits: (Layout) -> Bool = { _ in true }) -> Layout? {
        renamed(shape, type, where: suits)
    }

    /// The same order of axes for another element type; nil if the library has no name for it.
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

    /// Whether the first axis has the largest stride.
    var isBatchOutermost: Bool {
        let (shape, strides, blocks) = (shape, strides, blocks)
        return shape.contains(0)
            || shape.indices.dropFirst().allSatisfy { shape[$0] <= blocks[$0] || strides[$0] < strides[0] }
    }
}
