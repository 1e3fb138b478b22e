import Operators

/// The window attributes of convolutions and poolings.
struct WindowAttributes {
    var kernel: Extent
    var stride: Extent
    var dilation: Extent
    /// Padding before and after the map, in rows and columns.
    var before: Extent
    var after: Extent

    /// - Parameters:
    ///   - kernelShape: The kernel size from the weight, if there is one.
    ///   - input: The map's shape, which "same" padding depends on.
    init(_ node: ImportedNode, kernel kernelShape: [Int]?, input: [Int]) throws(ImportProblem) {
        let declared = try node.integers("kernel_shape")
        guard let kernel = kernelShape ?? declared else {
            throw node.malformed("it has no kernel_shape")
        }
        guard kernel.count == 2, input.count == 4 else {
            throw node.lacking("over \(kernel.count) axes of a value with \(input.count) axes")
        }
        if let declared, declared != kernel {
            throw node.malformed("its kernel_shape is \(declared), but its weight's is \(kernel)")
        }
        func pair(_ name: String, from lowest: Int) throws(ImportProblem) -> Extent {
            let values = try node.bounded(try node.integers(name) ?? [1, 1], in: lowest...1 << 20, name)
            guard values.count == 2 else { throw node.malformed("invalid \(name): \(values)") }
            return Extent(values[0], values[1])
        }
        _ = try node.bounded(kernel, in: 1...1 << 20, "kernel_shape")
        self.kernel = Extent(kernel[0], kernel[1])
        stride = try pair("strides", from: 1)
        dilation = try pair("dilations", from: 1)
        (before, after) = (0, 0)
        switch try node.string("auto_pad", default: "NOTSET") {
        case "NOTSET":
            let pads = try node.bounded(try node.integers("pads") ?? [0, 0, 0, 0], in: 0...1 << 20, "pads")
            guard pads.count == 4 else { throw node.malformed("invalid pads: \(pads)") }
            (before, after) = (Extent(pads[0], pads[1]), Extent(pads[2], pads[3]))
        case "VALID": break
        case let same where same == "SAME_UPPER" || same == "SAME_LOWER":
            let rows = Self.same(input[2], self.kernel.rows, stride.rows, dilation.rows)
            let columns = Self.same(input[3], self.kernel.columns, stride.columns, dilation.columns)
            let less = Extent(rows / 2, columns / 2)
            let more = Extent(rows - rows / 2, columns - columns / 2)
            (before, after) = same == "SAME_UPPER" ? (less, more) : (more, less)
        case let other: throw node.malformed("invalid auto_pad '\(other)'")
        }
    }

    /// Returns the number of padding cells that gives one window position per stride.
    private static func same(_ extent: Int, _ kernel: Int, _ stride: Int, _ dilation: Int) -> Int {
        let positions = (extent + stride - 1) / stride
        return max(0, (positions - 1) * stride + dilation * (kernel - 1) + 1 - extent)
    }
}

extension Importer {
    /// Applies a step for maps to a sequence `[batch, channel, position]`, as a map with one row.
    func asMap(
        _ flow: Flow, _ node: ImportedNode, _ step: (Flow) throws(ImportProblem) -> Flow
    ) throws(ImportProblem) -> Flow {
        let map = try add(
            part: "map", of: node, Reshape([.same, .same, .fixed(1), .fixed(flow.shape[2])], kind: "Unsqueeze"), [flow])
        let result = try step(map)
        return try add(
            node, Reshape([.same, .same, .fixed(result.shape[3])], kind: "Squeeze"), [result], kind: flow.kind)
    }

    /// Adds padding before a window, where the two sides differ or the kernel cannot pad itself.
    func padded(
        _ flow: Flow, _ node: ImportedNode, before: Extent, after: Extent, value: Float
    ) throws(ImportProblem) -> Flow {
        if before == 0 && after == 0 { return flow }
        let padding = Padding(
            before: [0, 0, before.rows, before.columns], after: [0, 0, after.rows, after.columns],
            mode: .constant(value))
        return try add(part: "padding", of: node, padding, [flow])
    }
}
