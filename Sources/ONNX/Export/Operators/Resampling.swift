import Operators

extension NearestUpsampling: ONNXExportable {
    func write(to node: NodeWriter) {
        node.finish(
            "Resize", [node.inputs[0], "", node.floats("scales", [1, 1, Float(scale), Float(scale)])],
            [
                .string("mode", "nearest"), .string("coordinate_transformation_mode", "asymmetric"),
                .string("nearest_mode", "floor"),
            ])
    }
}

extension BilinearUpsampling: ONNXExportable {
    func write(to node: NodeWriter) {
        node.finish(
            "Resize", [node.inputs[0], "", node.floats("scales", [1, 1, Float(scale), Float(scale)])],
            [.string("mode", "linear"), .string("coordinate_transformation_mode", "half_pixel")])
    }
}

extension Resize: ONNXExportable {
    func write(to node: NodeWriter) throws(ONNXError) {
        let coordinates =
            switch self.coordinates {
            case .halfPixel: "half_pixel"
            case .pytorchHalfPixel: "pytorch_half_pixel"
            case .asymmetric: "asymmetric"
            case .alignCorners: "align_corners"
            case .halfPixelSymmetric: try symmetric(node)
            }
        let rounding =
            switch self.rounding {
            case .roundPreferFloor: "round_prefer_floor"
            case .roundPreferCeil: "round_prefer_ceil"
            case .floor: "floor"
            case .ceil: "ceil"
            }
        let shared = ProtoAttribute.string("coordinate_transformation_mode", coordinates)
        let attributes: [ProtoAttribute] =
            switch mode {
            case .nearest: [.string("mode", "nearest"), .string("nearest_mode", rounding), shared]
            case .linear: [.string("mode", "linear"), shared]
            case .cubic(let coefficient): [.string("mode", "cubic"), .float("cubic_coeff_a", coefficient), shared]
            }
        node.finish("Resize", try extents(node), attributes)
    }

    /// Opset 17 does not have these coordinates; they differ from the usual ones only where a factor does not give integer extents.
    private func symmetric(_ node: NodeWriter) throws(ONNXError) -> String {
        let rank = node.shape.count
        for (length, axis) in [(rows, rank - 2), (columns, rank - 1)] {
            guard case .scale(let scale) = length, scale.rounded() != scale else { continue }
            let product = Double(try node.fixedExtent(input: 0, axis: axis)) * scale
            guard product == product.rounded() else {
                throw .notExportable(node: node.name, reason: "opset 17 has no half_pixel_symmetric coordinates")
            }
        }
        return "half_pixel"
    }

    /// Returns the inputs: factors work for maps of any size, sizes are exact; ONNX takes one or the other for all axes.
    private func extents(_ node: NodeWriter) throws(ONNXError) -> [String] {
        let leading = node.shape.count - 2
        if case .extent(let row) = rows, case .extent(let column) = columns {
            let fixed = node.inputShapes[0].prefix(leading).compactMap(\.value)
            if fixed.count == leading {
                return [node.inputs[0], "", "", node.integers("sizes", fixed + [row, column])]
            }
            let shape = node.part("extents", "Shape", node.inputs)
            let kept = node.part(
                "leading", "Slice", [shape, node.integers("first", [0]), node.integers("last", [leading])])
            let sizes = node.part(
                "sizes", "Concat", [kept, node.integers("wanted", [row, column])], [.int("axis", 0)])
            return [node.inputs[0], "", "", sizes]
        }
        let scales = [
            try factor(rows, node, axis: leading), try factor(columns, node, axis: leading + 1),
        ]
        return [node.inputs[0], "", node.floats("scales", [Float](repeating: 1, count: leading) + scales)]
    }

    /// Returns the factor of an axis; for a fixed extent, the factor used to compute positions.
    private func factor(_ length: Length, _ node: NodeWriter, axis: Int) throws(ONNXError) -> Float {
        switch length {
        case .scale(let scale): return Float(scale)
        case .extent(let extent):
            let before = try node.fixedExtent(input: 0, axis: axis)
            let factor = Float(extent) / Float(before)
            guard Int(Double(before) * Double(factor)) == extent, Int(Float(before) * factor) == extent else {
                throw .notExportable(
                    node: node.name,
                    reason:
                        "no factor gives \(extent) from \(before), and ONNX does not allow a mix of sizes and factors")
            }
            return factor
        }
    }
}

extension GridSample: ONNXExportable {
    func write(to node: NodeWriter) {
        let outside =
            switch padding {
            case .zeros: "zeros"
            case .border: "border"
            case .reflection: "reflection"
            }
        node.finish(
            "GridSample", nil,
            [
                .string("mode", mode == .linear ? "bilinear" : "nearest"), .string("padding_mode", outside),
                .int("align_corners", alignsCorners ? 1 : 0),
            ])
    }
}
