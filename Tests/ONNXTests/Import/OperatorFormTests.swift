import Foundation
import Graphs
import ONNX
import OneDNNBackend
import Operators
import Tensors
import TestSupport
import Testing

/// The forms of operators in different opsets, and the nodes that they become.
@Suite struct OperatorFormTests {
    private func one(
        _ kind: String, _ input: Tensor, opset: Int = 17, _ settings: [(String, Setting)] = [],
        _ others: [Wire] = [], results: [String] = ["y"]
    ) throws -> (network: ImportedNetwork, outputs: [String: Tensor]) {
        let names = (0..<others.count).map { "w\($0)" }
        let file = File(opset: opset) { file in
            file.input("x", input.shape)
            file.initializers = others
            file.add(kind, ["x"] + names, results, name: "node", settings)
            file.outputs = results
        }
        let network = try ONNXModel(file.data).network()
        return (network, try ONNXTests.outputs(file, ["x": input]))
    }

    @Test func attributesThatBecameInputs() throws {
        let x = ramp([2, 3, 4])
        let slices = [
            try one(
                "Slice", x, opset: 9,
                [("starts", .integers([1, 0])), ("ends", .integers([3, 9])), ("axes", .integers([1, 2]))]),
            try one(
                "Slice", x, opset: 13, [],
                [integers("w0", [2], [1, 0]), integers("w1", [2], [3, .max]), integers("w2", [2], [-2, 2])]),
        ]
        for slice in slices {
            #expect(
                slice.outputs["y"]
                    == Tensor([2, 2, 4], elements: Array(4..<12).map(Float.init) + Array(16..<24).map(Float.init)))
        }
        let backwards = try one(
            "Slice", x, [],
            [
                integers("w0", [1], [-1]), integers("w1", [1], [.min]), integers("w2", [1], [2]),
                integers("w3", [1], [-2]),
            ])
        #expect(backwards.outputs["y"]?.elements.prefix(4) == [3, 1, 7, 5])
        let clips = [
            try one("Clip", x, opset: 10, [("min", .float(2)), ("max", .float(5))]),
            try one("Clip", x, opset: 11, [], [tensor("w0", [], [2]), tensor("w1", [], [5])]),
        ]
        for clip in clips { #expect(clip.outputs["y"]?.elements == x.elements.map { min(max($0, 2), 5) }) }
        let pads = [
            try one("Pad", ramp([1, 2]), opset: 10, [("pads", .integers([0, 1, 0, 2])), ("value", .float(9))]),
            try one("Pad", ramp([1, 2]), opset: 13, [], [integers("w0", [4], [0, 1, 0, 2]), tensor("w1", [], [9])]),
            try one(
                "Pad", ramp([1, 2]), opset: 18, [],
                [integers("w0", [2], [1, 2]), tensor("w1", [], [9]), integers("w2", [1], [-1])]),
        ]
        for pad in pads { #expect(pad.outputs["y"] == Tensor([1, 5], elements: [9, 0, 1, 9, 9])) }
        let sums = [
            try one("ReduceSum", x, opset: 11, [("axes", .integers([-1])), ("keepdims", .integer(0))]),
            try one("ReduceSum", x, opset: 13, [("keepdims", .integer(0))], [integers("w0", [1], [2])]),
        ]
        for sum in sums { #expect(sum.outputs["y"] == Tensor([2, 3], elements: [6, 22, 38, 54, 70, 86])) }
        #expect(
            try one("Unsqueeze", x, opset: 11, [("axes", .integers([0, 4]))]).outputs["y"]?.shape == [1, 2, 3, 4, 1])
        #expect(
            try one("Unsqueeze", x, opset: 13, [], [integers("w0", [1], [-2])]).outputs["y"]?.shape == [2, 3, 1, 4])
    }

    @Test func softmaxFlattensBeforeOpset13() throws {
        let x = Tensor([1, 2, 2], elements: [0, 0, 0, 0])
        #expect(try one("Softmax", x, opset: 12).outputs["y"]?.elements == [0.25, 0.25, 0.25, 0.25])
        #expect(try one("Softmax", x, opset: 13).outputs["y"]?.elements == [0.5, 0.5, 0.5, 0.5])
    }

    @Test func splitsBecomeSlices() throws {
        let equal = try one("Split", ramp([1, 6]), opset: 11, [("axis", .integer(1))], results: ["a", "b", "c"])
        #expect(equal.outputs["c"]?.elements == [4, 5])
        let uneven = try one(
            "Split", ramp([1, 5]), opset: 18, [("axis", .integer(1)), ("num_outputs", .integer(2))],
            results: ["a", "b"])
        #expect(uneven.outputs["a"]?.elements == [0, 1, 2] && uneven.outputs["b"]?.elements == [3, 4])
        #expect(uneven.network.graph.nodes.map(\.name) == ["x", "node/0", "node/1"])
        let given = try one(
            "Split", ramp([1, 5]), [("axis", .integer(-1))], [integers("w0", [2], [1, 4])], results: ["a", "b"])
        #expect(given.outputs["b"]?.elements == [1, 2, 3, 4])
    }

    @Test func paddingThatDiffersIsANodeOfItsOwn() throws {
        let weight = tensor("w0", [1, 1, 2, 2], [1, 1, 1, 1])
        let pads = try one("Conv", ramp([1, 1, 2, 2], from: 1), [("pads", .integers([0, 0, 1, 1]))], [weight])
        #expect(pads.outputs["y"]?.elements == [10, 6, 7, 4])
        #expect(pads.network.graph.nodes.map(\.name) == ["x", "node/padding", "node"])
        let lower = try one("Conv", ramp([1, 1, 2, 2], from: 1), [("auto_pad", .text("SAME_LOWER"))], [weight])
        #expect(lower.outputs["y"]?.elements == [1, 3, 4, 10])
        // Padding of a maximum is lower than any number.
        let pooled = try one(
            "MaxPool", Tensor([1, 1, 2, 2], elements: [-4, -3, -2, -1]),
            [("kernel_shape", .integers([2, 2])), ("auto_pad", .text("SAME_UPPER"))])
        #expect(pooled.outputs["y"]?.elements == [-1, -1, -1, -1])
    }

    @Test func sequencesAreMapsOfOneRow() throws {
        let conv = try one(
            "Conv", ramp([1, 1, 4]), [("pads", .integers([0, 1])), ("strides", .integers([2]))],
            [tensor("w0", [1, 1, 2], [1, 10])])
        #expect(conv.outputs["y"] == Tensor([1, 1, 2], elements: [10, 32]))
        let pool = try one("MaxPool", ramp([1, 1, 4]), [("kernel_shape", .integers([2]))])
        #expect(pool.outputs["y"] == Tensor([1, 1, 3], elements: [1, 2, 3]))
    }

    @Test func productsBecomeLayersWhereTheyCan() throws {
        let (w, c) = (tensor("w0", [2, 3], [1, 2, 3, 4, 5, 6]), tensor("w1", [3], [1, 1, 1]))
        let plain = try one("Gemm", ramp([1, 2]), [], [w, c])
        #expect(plain.outputs["y"]?.elements == [5, 6, 7])
        #expect(plain.network.graph.nodes.last?.operator is Linear)
        #expect(plain.network.parameters["node.weight"] == Tensor([3, 2], elements: [1, 4, 2, 5, 3, 6]))
        let scaled = try one("Gemm", ramp([1, 2]), [("alpha", .float(2)), ("beta", .float(3))], [w, c])
        #expect(scaled.outputs["y"]?.elements == [11, 13, 15])
        let turned = try one("Gemm", ramp([2, 1]), [("transA", .integer(1))], [w, c])
        #expect(turned.outputs["y"]?.elements == [5, 6, 7])
    }

    @Test func wholeFactorsTakeTheFastUpsampling() throws {
        func kind(_ mode: String, _ coordinates: String, _ nearest: String, _ scale: Float) throws -> String? {
            let file = File { file in
                file.input("x", [1, 1, 2, 2])
                file.initializers = [tensor("scales", [4], [1, 1, scale, scale])]
                file.add(
                    "Resize", ["x", "", "scales"], ["y"],
                    [
                        ("mode", .text(mode)), ("coordinate_transformation_mode", .text(coordinates)),
                        ("nearest_mode", .text(nearest)),
                    ])
                file.outputs = ["y"]
            }
            return try ONNXModel(file.data).network().graph.nodes.last?.operator?.kind
        }
        #expect(try kind("nearest", "asymmetric", "floor", 2) == "Resize(nearest)")
        #expect(try kind("nearest", "half_pixel", "round_prefer_floor", 3) == "Resize(nearest)")
        #expect(try kind("nearest", "asymmetric", "ceil", 2) == "Resize")
        #expect(try kind("linear", "half_pixel", "floor", 2) == "Resize(linear)")
        #expect(try kind("linear", "align_corners", "floor", 2) == "Resize")
        #expect(try kind("nearest", "asymmetric", "floor", 1.5) == "Resize")
        #expect(try kind("nearest", "asymmetric", "floor", 1) == nil)
    }

    @Test func elementsOfAllKinds() throws {
        let cases: [(Element, [UInt8], Float)] = [
            (.float16, [0x00, 0xc1], -2.5), (.float16, [0x01, 0x00], 0x1p-24), (.bfloat16, [0x20, 0xc0], -2.5),
            (.double, [0, 0, 0, 0, 0, 0, 4, 0xc0], -2.5), (.uint8, [250], 250), (.int32, [0xff, 0xff, 0xff, 0xff], -1),
            (.int64, [0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff], -2), (.boolean, [1], 1),
        ]
        for (element, bytes, value) in cases {
            let sum = try one("Add", Tensor([1]), [], [tensor("w0", [1], element, raw: Data(bytes))])
            #expect(sum.outputs["y"]?.elements == [value], "\(element)")
        }
        // Half-precision numbers may be stored in a list of integers.
        let listed = Wire {
            $0.packed(1, [2])
            $0.integer(2, Element.float16.rawValue)
            $0.packed(5, [0x3c00, 0xc100])
            $0.text(8, "w0")
        }
        #expect(try one("Add", Tensor([2]), [], [listed]).outputs["y"]?.elements == [1, -2.5])
    }

    @Test func integersAreDividedTowardsZero() throws {
        let file = File { file in
            file.input("x", [4], .int64)
            file.constant("two", [2])
            file.add("Div", ["x", "two"], ["q"])
            file.add("Cast", ["q"], ["y"], [("to", .integer(1))])
            file.outputs = ["y"]
        }
        let x = Tensor([4], elements: [-3, -1, 3, 5])
        #expect(try outputs(file, ["x": x])["y"]?.elements == [-1, 0, 1, 2])
        // Integers that floats cannot represent are computed exactly at import.
        let exact = File { file in
            file.input("x", [1])
            file.constant("large", [(1 << 53) + 1])
            file.constant("rest", [-(1 << 53)])
            file.add("Add", ["large", "rest"], ["one"])
            file.add("Cast", ["one"], ["f"], [("to", .integer(1))])
            file.add("Mul", ["x", "f"], ["y"])
            file.outputs = ["y"]
        }
        #expect(try outputs(exact, ["x": Tensor([1], repeating: 3)])["y"]?.elements == [3])
    }

    /// A power has the type of its base.
    @Test func integersToTheFloatAreIntegers() throws {
        let file = File { file in
            file.input("x", [2, 4])
            file.constant("bases", [2, 5])
            file.initializers.append(tensor("exponents", [2], [2, 0.5]))
            file.add("Pow", ["bases", "exponents"], ["shape"])
            file.add("Reshape", ["x", "shape"], ["y"])
            file.outputs = ["y"]
        }
        #expect(try outputs(file, ["x": ramp([2, 4])])["y"] == ramp([4, 2]))
    }

    @Test func knownConditionsChooseABranch() throws {
        let file = File { file in
            file.input("x", [1, 1, 4])
            file.constant("three", [3])
            file.add("Shape", ["x"], ["shape"])
            file.add("Size", ["shape"], ["rank"])
            file.add("Equal", ["rank", "three"], ["c"])
            let yes = File { branch in
                branch.constant("one", [1])
                branch.add("Squeeze", ["x", "one"], ["s"])
                branch.outputs = ["s"]
            }
            let no = File { branch in
                branch.add("NonMaxSuppression", ["x"], ["s"])
                branch.outputs = ["s"]
            }
            file.add("If", ["c"], ["b"], name: "choice", [("then_branch", .graph(yes)), ("else_branch", .graph(no))])
            file.add("Neg", ["b"], ["y"])
            file.outputs = ["y"]
        }
        #expect(try outputs(file, ["x": ramp([1, 1, 4])])["y"] == Tensor([1, 4], elements: [0, -1, -2, -3]))
        let computed = File { file in
            file.input("x", [1])
            file.input("c", [1], .boolean)
            let branch = File {
                $0.add("Loop", ["x"], ["s"], name: "inner")
                $0.outputs = ["s"]
            }
            file.add(
                "If", ["c"], ["y"], name: "choice", [("then_branch", .graph(branch)), ("else_branch", .graph(branch))])
            file.outputs = ["y"]
        }
        let error = #expect(throws: ONNXError.self) { try ONNXModel(computed.data).network() }
        let text = "\(error.map { "\($0)" } ?? "")"
        #expect(text.contains("If with a computed condition") && text.contains("Loop") && text.contains("choice/inner"))
    }

    @Test(arguments: [true, false]) func branchesThatShapesChooseFitNoOtherBatch(readsShape: Bool) throws {
        let file = File { file in
            file.input("x", [nil, 3])
            file.constant("zero", [0])
            file.constant("one", [1])
            file.add("Shape", ["x"], ["shape"])
            file.add("Gather", ["shape", "zero"], ["batch"])
            file.add("Equal", [readsShape ? "batch" : "one", "one"], ["c"])
            let branches = ["Neg", "Abs"].map { kind in
                File { branch in
                    branch.add(kind, ["x"], ["b"])
                    branch.outputs = ["b"]
                }
            }
            file.add("If", ["c"], ["y"], [("then_branch", .graph(branches[0])), ("else_branch", .graph(branches[1]))])
            file.outputs = ["y"]
        }
        let network = try ONNXModel(file.data).network(inputs: ["x": [1, 3]])
        #expect(network.graph.nodes.contains { $0.operator?.kind == "Neg" })
        #expect(network.takesOtherBatchSizes == !readsShape)
    }

    @Test func functionsTakeTheirCallersPlace() throws {
        let body = [
            node("Constant", [], ["c"], [("value_float", .float(2))]), node("Mul", ["a", "c"], ["m"], name: "product"),
            node("LeakyRelu", ["m"], ["out"], [("alpha", .reference("slope"))]),
        ]
        let file = File { file in
            file.input("x", [2])
            file.nodes = [
                node("Double", ["x"], ["t"], name: "first", domain: "mine", [("slope", .float(0.5))]),
                node("Double", ["t"], ["y"], name: "second", domain: "mine"),
            ]
            file.outputs = ["y"]
            file.functions = [function("Double", domain: "mine", ["a"], ["out"], body)]
        }
        let found = try outputs(file, ["x": Tensor([2], elements: [-4, 3])])["y"]
        #expect(found?.elements[1] == 12)
        #expect(abs((found?.elements[0] ?? 0) + 0.08) < 1e-6)
        let names = try ONNXModel(file.data).network().graph.nodes.map(\.name)
        #expect(names.contains("first/product") && names.contains("second/product"))
    }

    @Test func deformableConvolutionsAreOperatorsNotBodies() throws {
        for (domain, opset) in [("pinpoint", 17), ("", 19)] {
            let file = File(opset: opset) { file in
                file.input("x", [1, 2, 5, 4])
                file.input("offset", [1, 18, 5, 4])
                file.input("mask", [1, 9, 5, 4])
                file.initializers = [tensor("w", [3, 2, 3, 3], (0..<54).map { Float($0) / 54 })]
                file.nodes = [
                    node(
                        "DeformConv", ["x", "w", "offset", "", "mask"], ["y"], name: "dcn", domain: domain,
                        [("pads", .integers([1, 1, 1, 1])), ("kernel_shape", .integers([3, 3]))])
                ]
                file.outputs = ["y"]
                if !domain.isEmpty {
                    file.functions = [function("DeformConv", domain: domain, ["X"], ["Y"], [node("Neg", ["X"], ["Y"])])]
                }
            }
            let network = try ONNXModel(file.data).network()
            #expect(network.graph.nodes.last?.operator is DeformableConvolution)
            #expect(network.graph.nodes.last?.name == "dcn")
        }
    }

    @Test func normalizationsOfAnyRank() throws {
        let numbers: [Float] = [1, 2, 4]
        let values = (0..<4).map { tensor("w\($0)", [3], numbers) }
        for shape in [[2, 3], [2, 3, 4], [2, 3, 2, 2], [2, 3, 2, 2, 2]] {
            let x = ramp(shape)
            let outcome = try one("BatchNormalization", x, [("epsilon", .float(0))], values)
            let area = shape.dropFirst(2).reduce(1, *)
            let expected = x.elements.enumerated().map { place, value in
                let number = numbers[place / area % 3]
                return number * (value - number) / number.squareRoot() + number
            }
            #expect(relativeDifference(try #require(outcome.outputs["y"]), Tensor(shape, elements: expected)) < 1e-5)
        }
    }
}
