import Foundation
import Graphs
import ONNX
import OneDNNBackend
import Operators
import Tensors
import TestSupport
import Testing

/// Quantized files of other programs and of Pinpoint.
@Suite struct QuantizedFileTests {
    private func bytes(_ name: String, _ shape: [Int], _ values: [Int], _ element: Element = .int8) -> Wire {
        tensor(name, shape, element, raw: Data(values.map { UInt8(truncatingIfNeeded: $0) }))
    }

    private func words(_ name: String, _ shape: [Int], _ values: [Int32]) -> Wire {
        tensor(name, shape, .int32, raw: values.withUnsafeBytes { Data($0) })
    }

    /// `x -> Q -> DQ -> Conv -> Relu -> Q -> DQ`, with the weight in signed bytes with one scale per channel, and the bias in 32 bits, as
    /// written by `quantize_static`.
    private func convolution(
        scale: Float = 0.1, zero: Int = 100, weightScales: [Float] = [0.5, 0.25],
        change: (inout File) -> Void = { _ in }
    ) -> File {
        File { file in
            file.input("x", [1, 1, 2, 3])
            file.initializers = [
                tensor("s", [], [scale]), bytes("z", [], [zero], .uint8),
                bytes("wq", [2, 1, 1, 1], [4, -6]), tensor("ws", [2], weightScales), bytes("wz", [2], [0, 0]),
                words("bq", [2], [10, -20]), tensor("bs", [2], weightScales.map { $0 * scale }),
                words("bz", [2], [0, 0]),
                tensor("ys", [], [0.05]), bytes("yz", [], [0], .uint8),
            ]
            file.add("QuantizeLinear", ["x", "s", "z"], ["xq"], name: "x_quantize")
            file.add("DequantizeLinear", ["xq", "s", "z"], ["xd"], name: "x_dequantize")
            file.add("DequantizeLinear", ["wq", "ws", "wz"], ["w"], name: "w_dequantize", [("axis", .integer(0))])
            file.add("DequantizeLinear", ["bq", "bs", "bz"], ["b"], name: "b_dequantize", [("axis", .integer(0))])
            file.add("Conv", ["xd", "w", "b"], ["c"], name: "conv")
            file.add("Relu", ["c"], ["r"], name: "relu")
            file.add("QuantizeLinear", ["r", "ys", "yz"], ["yq"], name: "y_quantize")
            file.add("DequantizeLinear", ["yq", "ys", "yz"], ["y"], name: "y_dequantize")
            file.outputs = ["y"]
            change(&file)
        }
    }

    private let input = Tensor([1, 1, 2, 3], elements: [-20, -1.26, 0, 0.44, 3.33, 99])

    /// The results for ``input`` by definition.
    private func expected(scale: Float = 0.1, zero: Float = 100) -> [Float] {
        var result: [Float] = []
        for (weight, bias) in [(Float(4) * 0.5, Float(10) * 0.05), (-6 * 0.25, -20 * 0.025)] {
            for x in input.elements {
                let integer = min(max((x / scale).rounded(.toNearestOrEven) + zero, 0), 255)
                let y = max(0, (integer - zero) * scale * weight + bias)
                result.append(min((y / 0.05).rounded(.toNearestOrEven), 255) * 0.05)
            }
        }
        return result
    }

    @Test func whatQuantizeStaticWrites() throws {
        let network = try ONNXModel(convolution().data).network()
        for backend in [ReferenceBackend(), OneDNNBackend()] as [any Backend] {
            let program = try backend.compile(
                network.graph, parameters: network.parameters, inputs: network.inputShapes, mode: .inference)
            let output = try #require(try program.forward(["x": input])["y"])
            for (found, wanted) in zip(output.elements, expected()) { #expect(abs(found - wanted) < 1e-5) }
        }
        // The weight is the convolution's own parameter, and its integers are available.
        let weight = try #require(network.parameters.integers(of: "conv.weight"))
        #expect(weight.values == [4, -6] && weight.form.scales == [0.5, 0.25] && weight.form.width == .eight)
        let bias = try #require(network.parameters.integers(of: "conv.bias"))
        #expect(bias.values == [10, -20] && bias.form.width == .thirtyTwo)
        #expect(network.graph.nodes.contains { $0.operator is QuantizeLinear && $0.name == "y_quantize" })
        // Changed values are no longer integers.
        try network.parameters.assign("conv.weight", Tensor([2, 1, 1, 1], elements: [1, 2]))
        #expect(network.parameters.integers(of: "conv.weight") == nil)
    }

    /// Quantized weights only, in unsigned bytes with a zero point and one scale: they become floats.
    @Test func weightsAloneBecomeFloats() throws {
        let file = File { file in
            file.input("x", [1, 2])
            file.initializers = [
                bytes("wq", [2, 2], [128, 130, 126, 255], .uint8), tensor("ws", [], [0.5]),
                bytes("wz", [], [128], .uint8),
            ]
            file.add("DequantizeLinear", ["wq", "ws", "wz"], ["w"])
            file.add("MatMul", ["x", "w"], ["y"], name: "product")
            file.outputs = ["y"]
        }
        let network = try ONNXModel(file.data).network()
        #expect(!network.graph.nodes.contains { $0.operator is DequantizeLinear })
        let output = try outputs(file, ["x": Tensor([1, 2], elements: [1, 10])])["y"]
        #expect(output?.elements == [0 - 10, 1 + 635])
    }

    /// Weights quantized in the graph, as exported by quantization-aware training.
    @Test func weightsQuantizedInTheGraph() throws {
        let file = File { file in
            file.input("x", [1, 1, 1, 1])
            file.initializers = [
                tensor("wf", [3, 1, 1, 1], [0.26, -9, 0.74]), tensor("ws", [3], [0.5, 0.01, 0.5]),
                bytes("wz", [3], [0, 0, 0]),
            ]
            file.add("QuantizeLinear", ["wf", "ws", "wz"], ["wq"], [("axis", .integer(0))])
            file.add("DequantizeLinear", ["wq", "ws", "wz"], ["w"], [("axis", .integer(0))])
            file.add("Conv", ["x", "w"], ["y"], name: "conv")
            file.outputs = ["y"]
        }
        let network = try ONNXModel(file.data).network()
        #expect(network.parameters["conv.weight"]?.elements == [0.5, -128 * 0.01, 0.5])
        #expect(network.parameters.integers(of: "conv.weight")?.values == [1, -128, 1])
    }

    /// Integers may be moved before dequantization.
    @Test func integersThatMove() throws {
        let file = File { file in
            file.input("x", [1, 1, 2, 2])
            file.initializers = [tensor("s", [], [0.5]), bytes("z", [], [-3])]
            file.add("QuantizeLinear", ["x", "s", "z"], ["q"])
            file.add("MaxPool", ["q"], ["m"], [("kernel_shape", .integers([2, 2]))])
            file.add("DequantizeLinear", ["m", "s", "z"], ["y"])
            file.outputs = ["y"]
        }
        let output = try outputs(file, ["x": Tensor([1, 1, 2, 2], elements: [-1, 7.3, 2, -4])])["y"]
        #expect(output?.elements == [7.5])
    }

    /// The same network in QOperator format gives the same results.
    @Test func operatorsThatComputeWithIntegers() throws {
        let file = convolution { file in
            file.nodes = []
            file.add("QuantizeLinear", ["x", "s", "z"], ["xq"])
            file.add(
                "QLinearConv", ["xq", "s", "z", "wq", "ws", "wz", "ys", "yz", "bq"], ["yq"], name: "conv",
                [("kernel_shape", .integers([1, 1]))])
            file.add("DequantizeLinear", ["yq", "ys", "yz"], ["y"])
        }
        // Clamping bytes at zero does what the other network's ReLU does.
        let output = try #require(try outputs(file, ["x": input])["y"])
        for (found, wanted) in zip(output.elements, expected()) { #expect(abs(found - wanted) < 1e-5) }
        let network = try ONNXModel(file.data).network()
        #expect(network.parameters.integers(of: "conv/product.weight")?.values == [4, -6])
        #expect(network.parameters.integers(of: "conv/product.bias")?.values == [10, -20])
        for (kind, function) in [
            ("QLinearAdd", { $0 + $1 }), ("QLinearMul", { $0 * $1 }),
        ] as [(String, (Float, Float) -> Float)] {
            let file = File { file in
                file.input("x", [3])
                file.initializers = [
                    tensor("s", [], [0.5]), bytes("z", [], [7], .uint8), tensor("ys", [], [0.25]),
                    bytes("yz", [], [3], .uint8),
                ]
                file.add("QuantizeLinear", ["x", "s", "z"], ["q"])
                file.nodes.append(
                    node(
                        kind, ["q", "s", "z", "q", "s", "z", "ys", "yz"], ["r"], name: "node", domain: "com.microsoft"))
                file.add("DequantizeLinear", ["r", "ys", "yz"], ["y"])
                file.outputs = ["y"]
            }
            let output = try outputs(file, ["x": Tensor([3], elements: [1, 2.5, 4])])["y"]
            #expect(output?.elements == [1, 2.5, 4].map { function($0, $0) })
        }
        let joined = File { file in
            file.input("x", [2])
            file.initializers = [tensor("s", [], [0.5]), bytes("z", [], [0], .uint8), tensor("ys", [], [1])]
            file.add("QuantizeLinear", ["x", "s", "z"], ["q"])
            file.nodes.append(
                node(
                    "QLinearConcat", ["ys", "z", "q", "s", "z", "q", "s", "z"], ["r"], domain: "com.microsoft",
                    [("axis", .integer(0))]))
            file.add("DequantizeLinear", ["r", "ys", "z"], ["y"])
            file.outputs = ["y"]
        }
        #expect(try outputs(joined, ["x": Tensor([2], elements: [0.5, 3])])["y"]?.elements == [0, 3, 0, 3])
    }

    @Test func withoutZeroPointBytesAreUnsigned() throws {
        let file = File { file in
            file.input("x", [3])
            file.initializers = [tensor("s", [1], [2])]
            file.add("QuantizeLinear", ["x", "s"], ["q"], name: "node")
            file.add("DequantizeLinear", ["q", "s"], ["y"])
            file.outputs = ["y"]
        }
        #expect(try outputs(file, ["x": Tensor([3], elements: [-5, 3, 999])])["y"]?.elements == [0, 4, 510])
        // The same operators in ONNX Runtime's own domain.
        var contributed = file
        contributed.nodes[0] = node("QuantizeLinear", ["x", "s"], ["q"], domain: "com.microsoft")
        #expect(try outputs(contributed, ["x": Tensor([3], elements: [-5, 3, 999])])["y"]?.elements == [0, 4, 510])
    }

    // MARK: Round trip

    @Test func filesOfOursHoldIntegersAndComeBack() throws {
        let network = try ONNXModel(convolution().data).network()
        let data = try exportONNX(network.graph, parameters: network.parameters, inputs: network.inputShapes)
        let model = try ProtoModel(serializedBytes: data)
        let quantizers = model.graph.node.filter { $0.opType == "QuantizeLinear" }
        #expect(quantizers.count == 2 && model.graph.node.count { $0.opType == "DequantizeLinear" } == 4)
        // Bytes become floats only by DequantizeLinear.
        #expect(!model.graph.node.contains { $0.opType == "Cast" })
        let stored = Dictionary(uniqueKeysWithValues: model.graph.initializer.map { ($0.name, $0) })
        #expect(stored["conv.weight/quantized"]?.dataType == 3 && stored["conv.weight/quantized"]?.rawData.count == 2)
        #expect(stored["conv.bias/quantized"]?.dataType == 6)
        #expect(stored["x_quantize.zero_point"]?.dataType == 2)
        #expect(stored["conv.weight"] == nil)
        let again = try ONNXModel(data).network()
        #expect(again.parameters.integers(of: "conv.weight")?.values == [4, -6])
        let program = try ReferenceBackend().compile(
            again.graph, parameters: again.parameters, inputs: again.inputShapes, mode: .inference)
        let first = try ReferenceBackend().compile(
            network.graph, parameters: network.parameters, inputs: network.inputShapes, mode: .inference)
        #expect(try program.forward(["x": input]) == (try first.forward(["x": input])))
    }

    @Test func zeroPointsThatAreNoBytesAreNotWritten() throws {
        var graph = Graph()
        graph.output("y", graph.add("node", QuantizeLinear(.int8), graph.input("x")))
        let store = ParameterStore(for: graph)
        for bad in [0.5, 200, -.infinity] as [Float] {
            try store.assign("node.scale", Tensor([], elements: [1]))
            try store.assign("node.zero_point", Tensor([], elements: [bad]))
            let error = #expect(throws: ONNXError.self) {
                try exportONNX(graph, parameters: store, inputs: ["x": [2]])
            }
            #expect(error?.description.contains("is not int8") == true)
        }
    }

    // MARK: Errors

    private func problem(_ file: File) -> String {
        do {
            _ = try ONNXModel(file.data).network()
            return "nothing"
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [0, -1, .nan, .infinity] as [Float]) func scalesAreAboveZero(scale: Float) {
        #expect(problem(convolution(scale: scale)).contains("must be above zero"))
        #expect(problem(convolution(weightScales: [0.5, scale])).contains("must be above zero"))
    }

    @Test func whatContradictsItselfIsNamed() {
        func changed(_ words: String, at location: SourceLocation = #_sourceLocation, _ change: (inout File) -> Void) {
            #expect(problem(convolution(change: change)).contains(words), sourceLocation: location)
        }
        changed("do not fit the axis 1") {
            $0.nodes[2] = node("DequantizeLinear", ["wq", "ws", "wz"], ["w"], [("axis", .integer(1))])
        }
        changed("no axis 9") {
            $0.nodes[2] = node("DequantizeLinear", ["wq", "ws", "wz"], ["w"], [("axis", .integer(9))])
        }
        changed("zero point does not fit 2 scales") { $0.initializers[4] = bytes("wz", [3], [0, 0, 0]) }
        changed("zero point does not fit") { $0.initializers[1] = tensor("z", [], [3]) }
        changed("input must be integers") { $0.initializers[2] = tensor("wq", [2, 1, 1, 1], [1, 2]) }
        changed("with block-wise scales") {
            $0.opset = 21
            $0.nodes[2] = node(
                "DequantizeLinear", ["wq", "ws", "wz"], ["w"], [("axis", .integer(0)), ("block_size", .integer(2))])
        }
        changed("computed scale") { $0.nodes[0] = node("QuantizeLinear", ["x", "x", "z"], ["xq"]) }
        // Bytes stored in a field for wider integers may have any value.
        changed("is out of range for uint8") {
            $0.initializers[1] = Wire {
                $0.integer(2, 2)
                $0.packed(5, [300])
                $0.text(8, "z")
            }
        }
        changed("other than 8-bit integers") { $0.initializers[1] = words("z", [], [3]) }
    }

    @Test func whatIsQuantizedAsItRunsIsRefusedWithAWayOut() {
        let file = File { file in
            file.input("x", [1, 4])
            file.add("DynamicQuantizeLinear", ["x"], ["y", "s", "z"], name: "node")
            file.outputs = ["y"]
        }
        let said = problem(file)
        #expect(said.contains("DynamicQuantizeLinear") && said.contains("quant_format=QuantFormat.QDQ"), "\(said)")
    }

    /// With any byte changed, the result is an error or a network, never a crash.
    @Test func anyByteMayBeWrong() throws {
        let data = convolution().data
        for place in data.indices {
            for change in [1, 0x80, 0x7f] as [UInt8] {
                var changed = data
                changed[place] ^= change
                guard let network = try? ONNXModel(changed).network(inputs: ["x": [1, 1, 2, 3]]) else { continue }
                _ = try? exportONNX(network.graph, parameters: network.parameters, inputs: network.inputShapes)
            }
        }
    }
}
