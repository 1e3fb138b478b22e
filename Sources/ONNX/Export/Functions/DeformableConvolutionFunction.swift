/// Deformable convolution, which ONNX has as `DeformConv` from opset 19 (Zhu et al., arXiv:1811.11168, eq. 1).
///
/// Inputs `X` `[batch, channel, row, column]`, `W` `[output channel, channel / group, kernel row, kernel column]`, `offset` `[batch, offset
/// group · kernel element · (y, x), output row, output column]`, optionally `B` `[output channel]`, and `mask` `[batch, offset group ·
/// kernel element, output row, output column]`, which is required here.
///
/// The body samples the map once at the positions of all kernel elements, giving a map with one channel per input channel and kernel
/// element; a pointwise convolution of that map is the result.
extension LocalFunction {
    static let deformableConvolution = LocalFunction(
        name: "DeformConv", inputs: ["X", "W", "offset", "B", "mask"],
        attributes: ["kernel_shape", "strides", "pads", "dilations", "group", "offset_group"]
    ) { body in body.writeDeformableConvolution() }
}

extension FunctionBody {
    fileprivate mutating func writeDeformableConvolution() {
        let one = integers("one", [1])
        let rest = integers("rest", [-1])
        let offsetShape = add("offset_shape", "Shape", ["offset"])
        let rows = element("rows", of: offsetShape, 2)
        let columns = element("columns", of: offsetShape, 3)
        let kernel = add("kernel", "Constant", [], .reference("value_ints", .ints, to: "kernel_shape"))
        let kernelColumns = element("kernel_columns", of: kernel, 1)
        let elements = add("elements", "Mul", [element("kernel_rows", of: kernel, 0), kernelColumns])
        let inputShape = add("input_shape", "Shape", ["X"])
        let two = integers("two", [2])

        // The offsets, [batch · offset group, kernel element, output row, output column] for y and for x.
        let pairs = add("offset_pairs_shape", "Concat", [rest, elements, two, rows, columns], .int("axis", 0))
        add("offset_pairs", "Reshape", ["offset", pairs])
        let counting = counting("element", elements)
        var coordinates: [String] = []
        for (axis, letter) in ["y", "x"].enumerated() {
            let step = add(
                "element_\(letter)", axis == 0 ? "Div" : "Mod", [counting, kernelColumns])
            coordinates.append(
                writeCoordinates(
                    letter, axis: axis, elementStep: step, positions: axis == 0 ? rows : columns,
                    extent: element("input_extent_\(letter)", of: inputShape, 2 + axis)))
        }

        // [batch · offset group, kernel element · output row, output column, (x, y)]
        let last = integers("last", [-1])
        let parts = ["x", "y"].map { add("grid_\($0)", "Unsqueeze", ["place_\($0)", last]) }
        add("grid_parts", "Concat", parts, .int("axis", -1))
        let sampleRows = add("sample_rows", "Mul", [elements, rows])
        add("grid_shape", "Concat", [rest, sampleRows, columns, two], .int("axis", 0))
        add("grid", "Reshape", ["grid_parts", "grid_shape"])

        // [batch · offset group, channel / offset group, row, column]
        let groups = add("offset_groups", "Constant", [], .reference("value_int", .int, to: "offset_group"))
        let channels = element("channels", of: inputShape, 1)
        add("group_channels", "Div", [channels, groups])
        add("spatial", "Slice", [inputShape, two, integers("four", [4])])
        add("grouped_shape", "Concat", [rest, "group_channels", "spatial"], .int("axis", 0))
        add("grouped", "Reshape", ["X", "grouped_shape"])
        add(
            "samples", "GridSample", ["grouped", "grid"], .string("mode", "bilinear"),
            .string("padding_mode", "zeros"), .int("align_corners", 0))
        add("mask_shape", "Concat", [rest, one, sampleRows, columns], .int("axis", 0))
        add("grouped_mask", "Reshape", ["mask", "mask_shape"])
        add("masked", "Mul", ["samples", "grouped_mask"])

        // [batch, channel · kernel element, output row, output column]
        add("sample_channels", "Mul", [channels, elements])
        add("unrolled_shape", "Concat", [rest, "sample_channels", rows, columns], .int("axis", 0))
        add("unrolled", "Reshape", ["masked", "unrolled_shape"])
        add("pointwise_shape", "Constant", [], .ints("value_ints", [0, -1, 1, 1]))
        add("pointwise", "Reshape", ["W", "pointwise_shape"])
        add("Y", "Conv", ["unrolled", "pointwise", "B"], .reference("group", .int, to: "group"))
    }

    /// Returns the sampling positions of all kernel elements and output cells along one axis, as `GridSample` expects them: -1 is one edge
    /// of the map and 1 the other, `place = (2 · pixel + 1) / extent - 1`.
    private mutating func writeCoordinates(
        _ letter: String, axis: Int, elementStep: String, positions: String, extent: String
    ) -> String {
        func name(_ word: String) -> String { "\(word)_\(letter)" }
        let float = ProtoAttribute.element("to", .float)
        for (word, argument) in [("stride", "strides"), ("padding", "pads"), ("dilation", "dilations")] {
            let list = add(name("\(word)s"), "Constant", [], .reference("value_ints", .ints, to: argument))
            _ = element(name(word), of: list, axis)
        }
        let steps = add(name("element_offset"), "Mul", [elementStep, name("dilation")])
        let starts = add(name("element_start"), "Sub", [steps, name("padding")])
        let offsets = add(
            name("element_column"), "Unsqueeze", [starts, integers(name("element_axes"), [1, 2])])
        let windows = add(name("window"), "Mul", [counting(name("position"), positions), name("stride")])
        let along = add(
            name("window_row"), "Unsqueeze", [windows, integers(name("window_axes"), axis == 0 ? [1] : [0])])
        let base = add(name("base"), "Cast", [add(name("whole_base"), "Add", [offsets, along])], float)
        add(name("offset_position"), "Constant", [], .int("value_int", axis))
        let moved = add(name("offset"), "Gather", ["offset_pairs", name("offset_position")], .int("axis", 2))
        let pixel = add(name("pixel"), "Add", [base, moved])
        let doubled = add(name("doubled"), "Mul", [pixel, number(name("factor"), 2)])
        let unit = number(name("unit"), 1)
        let shifted = add(name("shifted"), "Add", [doubled, unit])
        let share = add(name("share"), "Div", [shifted, add(name("extent"), "Cast", [extent], float)])
        return add(name("place"), "Sub", [share, unit])
    }
}
