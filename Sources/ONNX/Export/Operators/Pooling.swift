import Operators

extension MaxPooling: ONNXExportable {
    func write(to node: NodeWriter) throws(ONNXError) {
        let (end, ceils) = try node.lastWindows(
            Extent(dilation.rows * (kernel.rows - 1) + 1, dilation.columns * (kernel.columns - 1) + 1), stride, padding,
            paddingEnd, ceilMode: ceilMode, padsFreely: true)
        node.finish(
            "MaxPool", nil,
            windowAttributes(paddingEnd: end)
                + [.int("ceil_mode", ceils ? 1 : 0)])
    }
}

extension AveragePooling: ONNXExportable {
    func write(to node: NodeWriter) throws(ONNXError) {
        let counts = ProtoAttribute.int("count_include_pad", countsPadding ? 1 : 0)
        if dilation == 1 {
            let (end, ceils) = try node.lastWindows(
                kernel, stride, padding, paddingEnd, ceilMode: ceilMode, padsFreely: !countsPadding)
            node.finish(
                "AveragePool", nil,
                windowAttributes(paddingEnd: end, dilated: false)
                    + [.int("ceil_mode", ceils ? 1 : 0), counts])
            return
        }
        guard !ceilMode else {
            throw .notExportable(node: node.name, reason: "opset 17 has no dilated average pooling in ceil mode")
        }
        node.finish(
            .dilatedAveragePooling, node.inputs,
            windowAttributes() + [counts])
    }
}

extension NodeWriter {
    /// In ceil mode, a window that would begin in the end padding is dropped here, as in PyTorch and in ONNX from opset 22; before, the
    /// ONNX specification leaves that open. Where extents are known and a window is dropped, the number of positions is expressed by
    /// padding alone.
    ///
    /// - Parameters:
    ///   - window: The window's size, including dilation.
    ///   - padsFreely: Whether more padding at the end leaves all values unchanged.
    fileprivate func lastWindows(
        _ window: Extent, _ stride: Extent, _ padding: Extent, _ end: Extent, ceilMode: Bool, padsFreely: Bool
    ) throws(ONNXError) -> (end: Extent, ceilMode: Bool) {
        guard ceilMode, let rows = inputShapes[0][2].value, let columns = inputShapes[0][3].value,
            let height = shape[2].value, let width = shape[3].value
        else { return (end, ceilMode) }
        let axes = [
            (rows, window.rows, stride.rows, padding.rows, end.rows, height),
            (columns, window.columns, stride.columns, padding.columns, end.columns, width),
        ]
        var ends: [Int] = []
        var isPlain = true
        var dropsOne = false
        for (extent, window, stride, before, after, positions) in axes {
            let room = extent + before + after - window
            isPlain = isPlain && room / stride + 1 == positions
            dropsOne = dropsOne || (room + stride - 1) / stride + 1 != positions
            ends.append(max(after, (positions - 1) * stride + window - extent - before))
        }
        if isPlain { return (end, false) }
        if !dropsOne { return (end, true) }
        guard padsFreely else {
            throw .notExportable(
                node: name, reason: "the last window in ceil mode begins in the padding along only one axis")
        }
        return (Extent(ends[0], ends[1]), false)
    }
}

extension GlobalAveragePooling: ONNXExportable {
    func write(to node: NodeWriter) { node.finish("GlobalAveragePool") }
}
