import Graphs
import Operators

/// Operators that move elements, and windows and resampling in all their variants.
extension OperatorCatalogue {
    static let movingOperators: [any Operator.Type] = [
        Constant.self, Reshape.self, Transpose.self, Slice.self, Gather.self, Padding.self, Expand.self, Tile.self,
        Resize.self, GridSample.self, DepthToSpace.self, SpaceToDepth.self, GatherElements.self, TopK.self,
    ]

    static let movements: [OperatorCase] = shapes + choices + repetitions + windows + resizings + samplings

    private static let shapes: [OperatorCase] = [
        OperatorCase("", Constant(shape: [2, 3, 5]), []),
        OperatorCase("one number", Constant(shape: []), []),
        OperatorCase("six axes", Constant(shape: [1, 2, 1, 3, 2, 2]), []),
        OperatorCase("rows", Reshape([.same, .inferred]), [[2, 3, 5, 4]]),
        OperatorCase(
            "to six axes", Reshape([.same, .fixed(1), .inferred, .fixed(2), .fixed(1), .fixed(3)]), [[2, 5, 6]]),
        OperatorCase("to no axes", Reshape([], kind: "Squeeze"), [[1, 1]]),
        OperatorCase("from no axes", Reshape([.fixed(1), .fixed(1)], kind: "Unsqueeze"), [[]]),
        OperatorCase("of nothing", Reshape([.fixed(3), .fixed(0)]), [[0, 2]]),
        OperatorCase("two axes", Transpose(axes: [1, 0]), [[5, 3]]),
        OperatorCase("channels last", Transpose(axes: [0, 2, 3, 1]), [[2, 3, 5, 4]]),
        OperatorCase("five axes", Transpose(axes: [0, 3, 1, 4, 2]), [[2, 3, 4, 1, 5]]),
        OperatorCase("six axes", Transpose(axes: [0, 1, 3, 5, 2, 4]), [[1, 2, 3, 2, 4, 3]]),
        OperatorCase("no axes", Transpose(axes: []), [[]]),
        OperatorCase("three", Concatenate(), [[2, 3, 5, 4], [2, 1, 5, 4], [2, 2, 5, 4]]),
        OperatorCase("batches", Concatenate(axis: 0), [[2, 3, 5, 4], [1, 3, 5, 4]]),
        OperatorCase("last of three axes", Concatenate(axis: 2), [[2, 3, 5], [2, 3, 1], [2, 3, 4]]),
        OperatorCase("with nothing", Concatenate(axis: 1), [[3, 2], [3, 0], [3, 1]]),
        OperatorCase("six axes", Concatenate(axis: 3), [[2, 1, 3, 2, 2, 3], [2, 1, 3, 1, 2, 3]]),
        OperatorCase("columns first", DepthToSpace(block: 2), [[2, 12, 3, 5]]),
        OperatorCase("depth first", DepthToSpace(block: 3, mode: .columnRowDepth), [[1, 18, 2, 3]]),
        OperatorCase("", SpaceToDepth(block: 2), [[2, 3, 4, 6]]),
        OperatorCase("by 3", SpaceToDepth(block: 3), [[1, 1, 3, 6]]),
        OperatorCase("depth first", SpaceToDepth(block: 2, mode: .columnRowDepth), [[2, 3, 4, 6]]),
    ]

    private static let choices: [OperatorCase] = [
        OperatorCase("channels", Slice([.init(axis: 1, start: 1, end: 3)]), [[2, 4, 3, 5]]),
        OperatorCase(
            "steps", Slice([.init(axis: 2, start: 1, end: 100, step: 2), .init(axis: 3, start: -4, end: -1)]),
            [[2, 3, 5, 7]]),
        OperatorCase(
            "backwards",
            Slice([.init(axis: 0, start: -1, end: -100, step: -1), .init(axis: 1, start: 5, end: 0, step: -2)]),
            [[3, 6]]),
        OperatorCase("to nothing", Slice([.init(axis: 1, start: 3, end: 2)]), [[2, 4]]),
        OperatorCase("six axes", Slice([.init(axis: 5, start: 0, end: 2)]), [[2, 1, 3, 2, 1, 3]]),
        OperatorCase("one dropped", Gather(axis: 1, indices: [-1], indexShape: []), [[2, 3, 4]]),
        OperatorCase("twice", Gather(axis: 0, indices: [2, 0, 2, 1, 2], indexShape: [5]), [[3, 4]]),
        OperatorCase("a table", Gather(axis: 2, indices: [0, 3, 1, 1, 2, -2], indexShape: [2, 3]), [[2, 3, 4, 2]]),
        OperatorCase("of one axis", Gather(axis: 0, indices: [1], indexShape: []), [[3]]),
        OperatorCase("columns", GatherElements(axis: 1), [[3, 2], [3, 7]], values: [.usual, .bits]),
        OperatorCase(
            "channels of fewer cells", GatherElements(axis: 1), [[2, 3, 4, 5], [1, 4, 3, 2]], values: [.usual, .bits]),
        OperatorCase("of one axis", GatherElements(axis: 0), [[4], [3]], values: [.usual, .bits]),
        OperatorCase("channels", TopK(.values, axis: 1, count: 2), [[2, 5, 3, 4]]),
        OperatorCase("smallest", TopK(.values, axis: 1, count: 3, smallest: true), [[3, 7]]),
        OperatorCase("all", TopK(.values, axis: 0, count: 4), [[4]]),
        OperatorCase("positions", TopK(.positions, axis: 1, count: 2), [[2, 5, 3, 4]]),
        OperatorCase("positions of the smallest", TopK(.positions, axis: 2, count: 1, smallest: true), [[2, 3, 5]]),
        OperatorCase(
            "zeros", Padding(before: [0, 0, 1, 2], after: [0, 0, 0, 1], mode: .constant(0)), [[2, 3, 4, 5]]),
        OperatorCase("cropping", Padding(before: [1, -1], after: [-2, 3], mode: .constant(0.5)), [[4, 5]]),
        OperatorCase(
            "reflect", Padding(before: [0, 0, 2, 1], after: [0, 0, 1, 3], mode: .reflect), [[2, 1, 3, 5]]),
        OperatorCase("edge", Padding(before: [1, 0, 2], after: [0, 1, 3], mode: .edge), [[2, 3, 4]]),
        OperatorCase("wrap", Padding(before: [1, 3], after: [0, 7], mode: .wrap), [[3, 2]]),
        OperatorCase("no axes", Padding(before: [], after: [], mode: .edge), [[]]),
    ]

    private static let repetitions: [OperatorCase] = [
        OperatorCase("channels", Expand(to: [2, 3, 4, 5]), [[1, 3, 1, 1]]),
        OperatorCase("new axes", Expand(to: [2, 1, 3, 1, 2, 4]), [[3, 1, 2, 1]]),
        OperatorCase("one number", Expand(to: [3, 4]), [[]]),
        OperatorCase("to no axes", Expand(to: []), [[]]),
        OperatorCase("", Tile(repeats: [1, 2, 3]), [[2, 3, 4]]),
        OperatorCase("four axes", Tile(repeats: [2, 1, 1, 2]), [[1, 3, 2, 5]]),
        OperatorCase("zero times", Tile(repeats: [0, 2]), [[3, 2]]),
    ]

    private static let windows: [OperatorCase] = [
        OperatorCase("dilated", MaxPooling(kernel: 3, stride: 1, padding: 1, dilation: 2), [[2, 3, 7, 9]]),
        OperatorCase(
            "padded at the end", MaxPooling(kernel: 2, stride: 2, padding: 0, paddingEnd: Extent(1, 0)), [[1, 2, 5, 7]]),
        OperatorCase("ceil", MaxPooling(kernel: 3, stride: 2, ceilMode: true), [[2, 3, 8, 6]]),
        OperatorCase("ceil, padded", MaxPooling(kernel: 2, stride: 3, padding: 1, ceilMode: true), [[1, 2, 6, 8]]),
        OperatorCase(
            "not counting padding",
            AveragePooling(kernel: 3, stride: 2, padding: 1, countsPadding: false), [[2, 3, 6, 7]]),
        OperatorCase(
            "padded at the end", AveragePooling(kernel: 2, stride: 1, padding: 0, paddingEnd: 1), [[1, 2, 4, 5]]),
        OperatorCase("ceil", AveragePooling(kernel: 3, stride: 2, padding: 1, ceilMode: true), [[2, 3, 6, 8]]),
        OperatorCase(
            "ceil, not counting padding",
            AveragePooling(kernel: 3, stride: 2, padding: 1, ceilMode: true, countsPadding: false), [[1, 2, 6, 8]]),
        OperatorCase("dilated", AveragePooling(kernel: 2, stride: 2, padding: 1, dilation: 3), [[1, 2, 7, 6]]),
    ]

    private static let resizings: [OperatorCase] = [
        OperatorCase("nearest", Resize(mode: .nearest, rows: .extent(7), columns: .extent(4)), [[2, 3, 5, 9]]),
        OperatorCase(
            "nearest, asymmetric",
            Resize(
                mode: .nearest, coordinates: .asymmetric, rounding: .floor, rows: .scale(2.5), columns: .scale(0.6)),
            [[1, 2, 4, 7]]),
        OperatorCase("linear", Resize(mode: .linear, rows: .scale(1.7), columns: .extent(3)), [[2, 3, 5, 7]]),
        OperatorCase(
            "linear, corners",
            Resize(mode: .linear, coordinates: .alignCorners, rows: .extent(9), columns: .extent(1)), [[2, 1, 5, 3]]),
        OperatorCase(
            "cubic", Resize(mode: .cubic(coefficient: -0.75), rows: .extent(7), columns: .scale(2)), [[1, 2, 4, 5]]),
        OperatorCase(
            "three axes", Resize(mode: .linear, coordinates: .pytorchHalfPixel, rows: .extent(1), columns: .scale(2)),
            [[2, 3, 4]]),
    ]

    private static let samplings: [OperatorCase] =
        [GridSample.Outside.zeros, .border, .reflection].flatMap { padding in
            [true, false].flatMap { aligned in
                [
                    OperatorCase(
                        "\(padding)\(aligned ? ", aligned" : "")", GridSample(padding: padding, alignsCorners: aligned),
                        [[2, 3, 4, 5], [2, 3, 2, 2]]),
                    OperatorCase(
                        "nearest, \(padding)\(aligned ? ", aligned" : "")",
                        GridSample(mode: .nearest, padding: padding, alignsCorners: aligned),
                        [[1, 2, 3, 5], [1, 2, 4, 2]]),
                ]
            }
        }
}
