import Foundation
import Graphs
import ONNX
import OneDNNBackend
import Operators
import Tensors
import TestSupport
import Testing

/// Results that ONNX defines where an obvious implementation gives others.
@Suite struct DefinitionTests {
    private func one(
        _ kind: String, _ input: Tensor, opset: Int = 17, _ settings: [(String, Setting)] = [],
        _ others: [Wire] = [], backend: any Backend = ReferenceBackend()
    ) throws -> Tensor? {
        let file = File(opset: opset) { file in
            file.input("x", input.shape)
            file.initializers = others
            file.add(kind, ["x"] + (0..<others.count).map { "w\($0)" }, ["y"], name: "node", settings)
            file.outputs = ["y"]
        }
        return try outputs(file, ["x": input], backend: backend)["y"]
    }

    /// The upper bound wins where the lower one is above it, also where one or both are computed.
    @Test(arguments: [[false, false], [true, false], [false, true], [true, true]])
    func clipsWithBoundsInTheWrongOrder(isComputed: [Bool]) throws {
        let file = File { file in
            file.input("x", [3])
            let bounds: [(String, Float)] = [("lo", 2), ("hi", 1)]
            for (isComputed, (name, value)) in zip(isComputed, bounds) {
                if isComputed { file.input(name, []) } else { file.initializers.append(tensor(name, [], [value])) }
            }
            file.add("Clip", ["x", "lo", "hi"], ["y"])
            file.outputs = ["y"]
        }
        var inputs = ["x": Tensor([3], elements: [-5, 1.5, 9])]
        if isComputed[0] { inputs["lo"] = Tensor([], elements: [2]) }
        if isComputed[1] { inputs["hi"] = Tensor([], elements: [1]) }
        for backend in [ReferenceBackend(), OneDNNBackend()] as [any Backend] {
            #expect(try outputs(file, inputs, backend: backend)["y"]?.elements == [1, 1, 1])
        }
    }

    @Test(arguments: [1, 2]) func vectorsOfZerosHaveNoDirection(order: Int) throws {
        let x = Tensor([1, 2, 2], elements: [0, 3, 0, -4])
        let file = File(opset: 22) { file in
            file.input("x", x.shape)
            file.add("LpNormalization", ["x"], ["y"], [("axis", .integer(1)), ("p", .integer(order))])
            file.outputs = ["y"]
        }
        let expected: [Float] = order == 1 ? [0, 3 / 7, 0, -4 / 7] : [0, 0.6, 0, -0.8]
        let network = try ONNXModel(file.data).network()
        for backend in [ReferenceBackend(), OneDNNBackend()] as [any Backend] {
            let program = try backend.compile(
                network.graph, parameters: network.parameters, inputs: network.inputShapes, mode: .inspection,
                taps: .everything)
            let found = try #require(try program.forward(["x": x])["y"])
            #expect(zip(found.elements, expected).allSatisfy { abs($0 - $1) < 1e-6 })
            try program.backward(["y": Tensor([1, 2, 2], repeating: 1)])
            #expect(try program.gradient("x").elements.allSatisfy(\.isFinite))
        }
    }

    /// Known at import or not, the remainder has the divisor's sign, unless `fmod` is set.
    @Test(arguments: [0, 1]) func remaindersOfConstants(fmod: Int) throws {
        let (a, b): ([Float], [Float]) = ([-5.5, 5.5, 7, -6], [3, -3, 7, 3])
        let expected: [Float] = fmod == 1 ? [-2.5, 2.5, 0, 0] : [0.5, -0.5, 0, 0]
        for isKnown in [true, false] {
            let file = File(opset: 28) { file in
                file.input("x", [4])
                file.initializers = [tensor("b", [4], b), tensor("zero", [4], [0, 0, 0, 0])]
                if isKnown { file.initializers.append(tensor("a", [4], a)) } else { file.input("a", [4]) }
                file.add("Mod", ["a", "b"], ["c"], [("fmod", .integer(fmod))])
                file.add("Add", ["x", "c"], ["y"])
                file.outputs = ["y"]
            }
            var inputs = ["x": Tensor([4])]
            if !isKnown { inputs["a"] = Tensor([4], elements: a) }
            #expect(try outputs(file, inputs)["y"]?.elements == expected)
        }
    }

    /// What a given size has more than strides and kernel give follows the last row and column, and has only the bias.
    @Test(arguments: [[10, 8], [14, 8], [10, 5], [12, 12]], [false, true])
    func transposedConvolutionsOfAGivenSize(size: [Int], hasBias: Bool) throws {
        let x = ramp([1, 1, 3, 3], from: 1)
        let weight = tensor("w0", [1, 2, 3, 3], [Float](repeating: 1, count: 18))
        let settings: [(String, Setting)] = [("strides", .integers([3, 2]))]
        let bias: [Float] = hasBias ? [10, 20] : [0, 0]
        let others = hasBias ? [weight, tensor("w1", [2], bias)] : [weight]
        let whole = try #require(try one("ConvTranspose", x, settings, [weight]))
        #expect(whole.shape == [1, 2, 9, 7])
        // What is too much goes first at the beginning.
        let lost = size.enumerated().map { max(0, whole.shape[2 + $0] - $1) }
        let first = lost.map { $0 - $0 / 2 }
        for backend in [ReferenceBackend(), OneDNNBackend()] as [any Backend] {
            let found = try #require(
                try one(
                    "ConvTranspose", x, settings + [("output_shape", .integers(size))], others, backend: backend))
            #expect(found.shape == [1, 2] + size)
            for channel in 0..<2 {
                for row in 0..<size[0] {
                    for column in 0..<size[1] {
                        let (y, x) = (row + first[0], column + first[1])
                        let value = y < 9 && x < 7 ? whole[0, channel, y, x] : 0
                        #expect(abs(found[0, channel, row, column] - value - bias[channel]) < 1e-4)
                    }
                }
            }
        }
    }

    /// A reduction over no axes still does to each element what it does before or after the sum.
    @Test(arguments: [
        ("ReduceSum", Float(-2)), ("ReduceL1", 2), ("ReduceL2", 2), ("ReduceSumSquare", 4), ("ReduceLogSumExp", -2),
    ])
    func reductionsOfNothing(kind: String, expected: Float) throws {
        let x = Tensor([1, 2], repeating: -2)
        let found = try one(kind, x, opset: 18, [("noop_with_empty_axes", .integer(1))], [integers("w0", [0], [])])
        #expect(found?.elements == [expected, expected])
    }

    @Test func nothingIsDroppedOutsideOfTraining() throws {
        func file(ratio: Float, training: Int64?) -> File {
            File { file in
                file.input("x", [2])
                file.initializers = [tensor("ratio", [], [ratio])]
                if let training {
                    file.initializers.append(tensor("training", [], .boolean, raw: Data([UInt8(training)])))
                } else {
                    file.input("training", [], .boolean)
                }
                file.add("Dropout", ["x", "ratio", "training"], ["y"], name: "drop")
                file.outputs = ["y"]
            }
        }
        for (ratio, training) in [(Float(0.5), Int64(0)), (0, 1)] {
            #expect(try outputs(file(ratio: ratio, training: training), ["x": ramp([2])])["y"] == ramp([2]))
        }
        for training in [1, nil] as [Int64?] {
            let error = #expect(throws: ONNXError.self) {
                try ONNXModel(file(ratio: 0.5, training: training).data).network()
            }
            #expect("\(error.map { "\($0)" } ?? "")".contains("Dropout"))
        }
    }

    /// Standardized weights, as exporters write them: normalized by their own statistics.
    @Test func normalizationsOfConstants() throws {
        let weight: [Float] = [1, 2, 3, 6, -1, 1, 0, 4]
        let file = File { file in
            file.input("x", [1, 1, 2, 2])
            file.initializers =
                [tensor("w", [1, 2, 4], weight), integers("shape", [4], [2, 1, 2, 2])]
                + [("s", [Float(2), 1]), ("b", [0, 0.5]), ("m", [0, 0]), ("v", [1, 1])].map { tensor($0, [2], $1) }
            file.add(
                "BatchNormalization", ["w", "s", "b", "m", "v"], ["n", "rm", "rv"], name: "norm",
                [("training_mode", .integer(1)), ("epsilon", .float(0))])
            file.add("Reshape", ["n", "shape"], ["k"])
            file.add("Conv", ["x", "k"], ["y"], name: "conv")
            file.outputs = ["y", "rm"]
        }
        let x = Tensor([1, 1, 2, 2], elements: [1, -2, 3, 0.5])
        var expected: [Float] = []
        for (channel, (scale, shift)) in [(Float(2), Float(0)), (1, 0.5)].enumerated() {
            let values = weight[4 * channel..<4 * channel + 4]
            let mean = values.reduce(0, +) / 4
            let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 4
            expected.append(
                zip(values, x.elements).reduce(0) {
                    $0 + (scale * ($1.0 - mean) / variance.squareRoot() + shift) * $1.1
                })
        }
        let found = try outputs(file, ["x": x])
        #expect(relativeDifference(try #require(found["y"]), Tensor([1, 2, 1, 1], elements: expected)) < 1e-5)
        #expect(relativeDifference(try #require(found["rm"]), Tensor([2], elements: [0.3, 0.1])) < 1e-5)
        // Statistics of computed values are those of training, also where an old opset says so by having more outputs.
        for (opset, settings) in [(17, [("training_mode", Setting.integer(1))]), (9, [])] {
            let training = File(opset: opset) { file in
                file.input("x", [1, 2, 2, 2])
                file.initializers = ["s", "b", "m", "v"].map { tensor($0, [2], [1, 1]) }
                file.add("BatchNormalization", ["x", "s", "b", "m", "v"], ["y", "rm", "rv"], name: "norm", settings)
                file.outputs = ["y"]
            }
            let error = #expect(throws: ONNXError.self) { try ONNXModel(training.data).network() }
            #expect("\(error.map { "\($0)" } ?? "")".contains("BatchNormalization in training"))
        }
    }

    @Test func constantsArePaddedInAllModes() throws {
        for (mode, expected) in [("reflect", [2, 1, 2, 3]), ("edge", [1, 1, 2, 3])] as [(String, [Float])] {
            let file = File { file in
                file.input("x", [4])
                file.constant("pads", [1, 0])
                file.initializers.append(tensor("w", [3], [1, 2, 3]))
                file.add("Pad", ["w", "pads"], ["p"], [("mode", .text(mode))])
                file.add("Add", ["x", "p"], ["y"])
                file.outputs = ["y"]
            }
            #expect(try outputs(file, ["x": Tensor([4])])["y"]?.elements == expected)
        }
    }

    @Test(arguments: [(0, 0), (1, 0), (0, 1), (1, 1)]) func runningSums(exclusive: Int, reverse: Int) throws {
        let expected: [Float] =
            switch (exclusive, reverse) {
            case (0, 0): [1, 3, 6]
            case (1, 0): [0, 1, 3]
            case (0, 1): [6, 5, 3]
            default: [5, 3, 0]
            }
        let file = File { file in
            file.input("x", [3])
            file.constant("axis", [0])
            file.initializers.append(tensor("w", [3], [1, 2, 3]))
            file.add(
                "CumSum", ["w", "axis"], ["c"], [("exclusive", .integer(exclusive)), ("reverse", .integer(reverse))])
            file.add("Add", ["x", "c"], ["y"])
            file.outputs = ["y"]
        }
        #expect(try outputs(file, ["x": Tensor([3])])["y"]?.elements == expected)
    }
}
