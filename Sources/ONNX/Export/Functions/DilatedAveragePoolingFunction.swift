/// Average pooling with dilation, which ONNX's `AveragePool` has from opset 19. The body treats each channel as a separate image and sums
/// with a convolution; a second convolution counts the cells on the map.
extension LocalFunction {
    static let dilatedAveragePooling = LocalFunction(
        name: "AveragePool", inputs: ["X"],
        attributes: ["kernel_shape", "strides", "pads", "dilations", "count_include_pad"]
    ) { body in
        let window: [ProtoAttribute] = ["strides", "pads", "dilations"].map { .reference($0, .ints, to: $0) }
        let shape = body.add("shape", "Shape", ["X"])
        let (two, four) = (body.integers("two", [2]), body.integers("four", [4]))
        let one = body.integers("one", [1, 1])
        let extents = body.add("extents", "Slice", [shape, two, four])
        body.add("plane_shape", "Concat", [body.integers("planes_axes", [-1, 1]), extents], .int("axis", 0))
        body.add("planes", "Reshape", ["X", "plane_shape"])
        let kernelShape = body.list("window", attribute: "kernel_shape")
        body.add("kernel_shape", "Concat", [one, kernelShape], .int("axis", 0))
        let kernel = body.filled("kernel", "kernel_shape", 1)
        body.add("sums", "Conv", ["planes", kernel], window[0], window[1], window[2])
        body.add("map_shape", "Concat", [one, extents], .int("axis", 0))
        let map = body.filled("map", "map_shape", 1)
        body.add("cells", "Conv", [map, kernel], window[0], window[1], window[2])
        // A window outside the map has no cells and the sum 0.
        body.add("own_cells", "Max", ["cells", body.number("least", 1)])
        body.add("area", "Cast", [body.add("elements", "ReduceProd", [kernelShape])], .element("to", .float))
        body.add(
            "counts_padding", "Cast", [body.integer("counts", attribute: "count_include_pad")], .element("to", .bool))
        body.add("count", "Where", ["counts_padding", "area", "own_cells"])
        body.add("means", "Div", ["sums", "count"])
        let leading = body.add("leading", "Slice", [shape, body.integers("zero", [0]), two])
        let positions = body.add("positions", "Slice", [body.add("means_shape", "Shape", ["means"]), two, four])
        body.add("result_shape", "Concat", [leading, positions], .int("axis", 0))
        body.add("Y", "Reshape", ["means", "result_shape"])
    }
}
