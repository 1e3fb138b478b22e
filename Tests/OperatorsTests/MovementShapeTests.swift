import Graphs
import OperatorCases
import Operators
import Tensors
import Testing

/// Invalid shapes and attributes, as malformed files may contain them: each is an error that names the extents, never a crash.
@Suite struct MovementShapeTests {
    static let mistakes: [(any Operator, [[Int]], String)] = [
        (Reshape([.fixed(4), .inferred]), [[3, 5]], "15 elements of [3, 5] are not divisible by 4"),
        (Reshape([.inferred, .inferred]), [[3, 5]], "two inferred extents"),
        (Reshape([.same, .same, .same]), [[3, 5]], "[3, 5] has no axis 2"),
        (Reshape([.fixed(0), .inferred]), [[0, 5]], "are not divisible by 0"),
        (Reshape([.fixed(-3), .fixed(-5)]), [[3, 5]], "-3 is not a valid extent"),
        (Reshape([.fixed(1 << 62), .fixed(4), .fixed(0)]), [[0]], "times 4 is not a valid extent"),
        (Reshape([.fixed(16)]), [[3, 5]], "[3, 5] with 15 elements does not fill the shape [16]"),
        (Transpose(axes: [0, 0]), [[3, 5]], "[0, 0] is not a permutation of the axes of [3, 5]"),
        (Transpose(axes: [1, 0]), [[3, 5, 2]], "[3, 5, 2]"),
        (Transpose(axes: [-1, .max]), [[3, 5]], "not a permutation"),
        (Slice([.init(axis: 2, start: 0, end: 1)]), [[3, 5]], "[3, 5] has no axis 2"),
        (Slice([.init(axis: 0, start: 0, end: 1), .init(axis: 0, start: 0, end: 1)]), [[3]], "sliced twice"),
        (Slice([.init(axis: 0, start: 0, end: 1, step: 0)]), [[3]], "step 0"),
        (Gather(axis: 1, indices: [5], indexShape: []), [[3, 5]], "axis 1 of [3, 5] has no position 5"),
        (Gather(axis: 1, indices: [-6], indexShape: []), [[3, 5]], "no position -6"),
        (Gather(axis: 0, indices: [.min], indexShape: [1]), [[3]], "no position"),
        (Gather(axis: 0, indices: [1, 2], indexShape: [3]), [[3]], "2 indices do not fill the shape [3]"),
        (Gather(axis: 0, indices: [], indexShape: [.max, 2]), [[3]], "is not a valid extent"),
        (Padding(before: [1], after: [1], mode: .edge), [[3, 5]], "one entry for each axis of [3, 5]"),
        (Padding(before: [.max], after: [.max], mode: .constant(0)), [[3]], "is not a valid extent"),
        (Padding(before: [-2], after: [-2], mode: .constant(0)), [[3]], "cannot be cropped by -2 and -2"),
        (Padding(before: [.min], after: [-2], mode: .constant(0)), [[3]], "cannot be cropped"),
        (Padding(before: [.min], after: [.min], mode: .constant(0)), [[3]], "is not a valid extent"),
        (Padding(before: [-3], after: [1], mode: .reflect), [[3]], "nothing for padding to repeat"),
        (Expand(to: [4, 1]), [[3, 5]], "[3, 5]"),
        (Expand(to: [-1]), [[1]], "[-1] is not a valid shape"),
        (Tile(repeats: [2]), [[3, 5]], "each axis of [3, 5]"),
        (Tile(repeats: [.max]), [[3]], "is not a valid extent"),
        (Resize(mode: .nearest, rows: .extent(0), columns: .extent(1)), [[1, 1, 3, 5]], "the extent 0"),
        (Resize(mode: .nearest, rows: .scale(.nan), columns: .extent(1)), [[1, 1, 3, 5]], "nan times 3"),
        (Resize(mode: .linear, rows: .scale(0.2), columns: .extent(1)), [[1, 1, 3, 5]], "0.2 times 3"),
        (Resize(mode: .linear, rows: .scale(.infinity), columns: .extent(1)), [[1, 1, 3, 5]], "inf times 3"),
        (Resize(mode: .linear, rows: .extent(1), columns: .extent(1)), [[5]], "[5]"),
        (GridSample(), [[2, 3, 4, 5], [1, 3, 4, 2]], "[1, 3, 4, 2]"),
        (GridSample(), [[2, 3, 4, 5], [2, 3, 4, 3]], "[2, y, x, 2]"),
        (DepthToSpace(block: 2), [[1, 6, 2, 2]], "the 6 channels"),
        (DepthToSpace(block: 0), [[1, 6, 2, 2]], "0x0 blocks"),
        (DepthToSpace(block: .max), [[1, 6, 2, 2]], "blocks"),
        (SpaceToDepth(block: 2), [[1, 1, 2, 3]], "2x3 cannot be split into 2x2 blocks"),
        (SpaceToDepth(block: -1), [[1, 1, 2, 3]], "blocks"),
        (Concatenate(axis: 2), [[3, 5], [3, 5]], "[3, 5] has no axis 2"),
        (Concatenate(axis: 0), [[3, 5], [3]], "[3, 5] and [3] differ"),
        (Concatenate(axis: 0), [[]], "no axis 0"),
        (MaxPooling(kernel: Extent(.max), stride: 1), [[1, 1, 3, 5]], "invalid window: kernel"),
        (MaxPooling(kernel: 2, stride: 0), [[1, 1, 3, 5]], "stride 0x0"),
        (MaxPooling(kernel: 2, stride: 1, padding: Extent(-1)), [[1, 1, 3, 5]], "padding -1x-1"),
        (MaxPooling(kernel: 2, stride: 1, dilation: Extent(1 << 29)), [[1, 1, 3, 5]], "does not fit"),
        (AveragePooling(kernel: 2, stride: 1, paddingEnd: Extent(.min)), [[1, 1, 3, 5]], "end padding"),
        (NearestUpsampling(scale: .max), [[1, 1, 3, 5]], "is not a valid extent"),
    ]

    @Test(arguments: mistakes.indices) func mistakesAreSentences(index: Int) {
        let (kernel, inputs, words) = Self.mistakes[index]
        expectRefusal(by: kernel, of: inputs, saying: words)
    }

    /// ONNX's rules for out-of-bounds positions, and steps of any size.
    @Test(
        arguments: [
            [.min, .max, 1, 5], [.max, .min, -1, 5], [0, .max, .max, 1], [-1, .min, .min, 1], [-2, .max, 1, 2],
            [5, 0, 1, 0], [0, 5, -1, 0], [4, -6, -2, 3],
        ] as [[Int]])
    func slicesAreClamped(numbers: [Int]) throws {
        let slice = Slice([.init(axis: 0, start: numbers[0], end: numbers[1], step: numbers[2])])
        #expect(try slice.outputShape([[5]]) == [numbers[3]])
        #expect(try slice.outputShape([[0]]) == [0])
    }

    static let giants: [(any Operator, [[Int]])] = [
        (Expand(to: [1 << 20, 1 << 20]), [[1]]), (Tile(repeats: [1 << 31]), [[1]]),
        (Padding(before: [1 << 40], after: [0], mode: .edge), [[1]]), (Constant(shape: [.max, 2]), []),
        (Constant(shape: [.max, 2, 0]), []), (Constant(shape: [-1]), []),
        (Reshape([ReshapeExtent](repeating: .fixed(1), count: 13)), [[1]]),
        (Resize(mode: .nearest, rows: .extent(1 << 40), columns: .extent(1)), [[1, 1]]),
    ]

    @Test(arguments: giants.indices) func valuesThatAreTooLargeAreErrors(index: Int) {
        let example = OperatorCase("", Self.giants[index].0, Self.giants[index].1)
        #expect(throws: GraphError.self) { try example.graph.inferShapes(example.inputShapes) }
    }

    /// Windows, paddings and grids far outside the map give the defined values.
    @Test func whatLiesOutsideIsNothing() throws {
        func run(_ kernel: any Operator, _ inputs: [Tensor]) throws -> [Float] {
            let example = OperatorCase("", kernel, inputs.map(\.shape))
            let program = try ReferenceBackend().compile(
                example.graph, parameters: ParameterStore(for: example.graph), inputs: example.inputShapes,
                mode: .inspection)
            let named = Dictionary(uniqueKeysWithValues: inputs.enumerated().map { ("input\($0)", $1) })
            let output = try #require(try program.forward(named)["output"])
            try program.backward(["output": Tensor(output.shape, repeating: 1)])
            for (name, _) in named { #expect(try program.gradient(name).elements.allSatisfy(\.isFinite)) }
            return output.elements
        }
        let map = Tensor([1, 1, 1, 2], elements: [3, 4])
        #expect(
            try run(MaxPooling(kernel: 1, stride: 1, padding: Extent(0, 1)), [map]) == [-.infinity, 3, 4, -.infinity])
        let alone = AveragePooling(kernel: 1, stride: 1, padding: Extent(0, 1), countsPadding: false)
        #expect(try run(alone, [map]) == [0, 3, 4, 0])
        let far: [Float] = [.nan, .infinity, 1e30, -.infinity, -1e30, 0, 0.5, 0]
        for padding in [GridSample.Outside.zeros, .border, .reflection] {
            for mode in [GridSample.Mode.linear, .nearest] {
                let numbers = try run(
                    GridSample(mode: mode, padding: padding), [map, Tensor([1, 2, 2, 2], elements: far)])
                #expect(numbers.allSatisfy { (0...4).contains($0) })
            }
        }
    }
}
