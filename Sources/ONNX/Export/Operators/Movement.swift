import Operators

extension Constant: ONNXExportable {
    /// The values are a parameter, which the node returns under its own name.
    func write(to node: NodeWriter) { node.finish("Identity", node.parameters) }
}

extension Concatenate: ONNXExportable {
    func write(to node: NodeWriter) { node.finish("Concat", nil, [.int("axis", axis)]) }
}

extension Reshape: ONNXExportable {
    func write(to node: NodeWriter) throws(ONNXError) {
        // In ONNX, 0 means "same as the input" unless allowzero is set.
        if extents.contains(.fixed(0)) {
            let shape = node.shape.map { $0.value ?? -1 }
            node.finish("Reshape", [node.inputs[0], node.integers("shape", shape)], [.int("allowzero", 1)])
            return
        }
        let shape = extents.map { extent in
            switch extent {
            case .same: 0
            case .inferred: -1
            case .fixed(let value): value
            }
        }
        node.finish("Reshape", [node.inputs[0], node.integers("shape", shape)])
    }
}

extension Transpose: ONNXExportable {
    func write(to node: NodeWriter) {
        if axes.isEmpty { return node.finish("Identity") }
        node.finish("Transpose", nil, [.ints("perm", axes)])
    }
}

extension Slice: ONNXExportable {
    func write(to node: NodeWriter) {
        if ranges.isEmpty { return node.finish("Identity") }
        let lists = [
            node.integers("starts", ranges.map(\.start)), node.integers("ends", ranges.map(\.end)),
            node.integers("axes", ranges.map(\.axis)), node.integers("steps", ranges.map(\.step)),
        ]
        node.finish("Slice", [node.inputs[0]] + lists)
    }
}

extension Gather: ONNXExportable {
    func write(to node: NodeWriter) {
        let indices = node.integers("indices", indices, shape: indexShape)
        node.finish("Gather", [node.inputs[0], indices], [.int("axis", axis)])
    }
}

extension Padding: ONNXExportable {
    func write(to node: NodeWriter) throws(ONNXError) {
        if before.isEmpty { return node.finish("Identity") }
        var inputs = [node.inputs[0], node.integers("pads", before + after)]
        switch mode {
        case .constant(let value):
            inputs.append(node.number("value", value))
            node.finish("Pad", inputs, [.string("mode", "constant")])
        case .reflect: node.finish("Pad", inputs, [.string("mode", "reflect")])
        case .edge: node.finish("Pad", inputs, [.string("mode", "edge")])
        case .wrap: try writeChoices(to: node)
        }
    }

    /// Opset 17 has no wrap mode: each axis is written as a Gather of positions, which gives the same bits.
    private func writeChoices(to node: NodeWriter) throws(ONNXError) {
        var value = node.inputs[0]
        let axes = before.indices.filter { before[$0] != 0 || after[$0] != 0 }
        if axes.isEmpty { return node.finish("Identity") }
        for axis in axes {
            let extent = try node.fixedExtent(input: 0, axis: axis)
            // Cropping happens before anything is repeated.
            let kept = max(0, -before[axis])..<extent - max(0, -after[axis])
            let places = (-max(0, before[axis])..<kept.count + max(0, after[axis])).map { place in
                kept.lowerBound + ((place % kept.count) + kept.count) % kept.count
            }
            let inputs = [value, node.integers("positions\(axis)", places)]
            if axis == axes.last {
                node.finish("Gather", inputs, [.int("axis", axis)])
            } else {
                value = node.part("axis\(axis)", "Gather", inputs, [.int("axis", axis)])
            }
        }
    }
}

extension Expand: ONNXExportable {
    func write(to node: NodeWriter) {
        if shape.isEmpty { return node.finish("Identity") }
        node.finish("Expand", [node.inputs[0], node.integers("shape", shape)])
    }
}

extension Tile: ONNXExportable {
    func write(to node: NodeWriter) {
        if repeats.isEmpty { return node.finish("Identity") }
        node.finish("Tile", [node.inputs[0], node.integers("repeats", repeats)])
    }
}

extension DepthToSpace: ONNXExportable {
    func write(to node: NodeWriter) {
        node.finish(
            "DepthToSpace", nil,
            [.int("blocksize", block), .string("mode", mode == .depthColumnRow ? "DCR" : "CRD")])
    }
}

extension SpaceToDepth: ONNXExportable {
    /// Opset 17 has only one order of the channels; the other is a choice from it.
    func write(to node: NodeWriter) throws(ONNXError) {
        if mode == .depthColumnRow { return node.finish("SpaceToDepth", nil, [.int("blocksize", block)]) }
        let (channels, area) = (try node.fixedExtent(input: 0, axis: 1), block * block)
        let blocks = node.part("blocks", "SpaceToDepth", node.inputs, [.int("blocksize", block)])
        let order = (0..<channels * area).map { $0 % area * channels + $0 / area }
        node.finish("Gather", [blocks, node.integers("order", order)], [.int("axis", 1)])
    }
}
