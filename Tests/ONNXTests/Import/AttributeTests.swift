import Foundation
import Graphs
import ONNX
import Operators
import Tensors
import Testing

/// A file means what its opset says: attributes and opsets that Pinpoint does not know are refused, never ignored.
@Suite struct AttributeTests {
    private func file(
        _ kind: String, opset: Int = 17, _ settings: [(String, Setting)], shape: [Int] = [1, 4, 6, 6]
    ) -> File {
        File(opset: opset) { file in
            file.input("x", shape)
            file.add(kind, ["x"], ["y"], name: "here", settings)
            file.outputs = ["y"]
        }
    }

    private func problem(_ file: File) -> String {
        do {
            _ = try ONNXModel(file.data).network()
            return "nothing"
        } catch {
            return "\(error)"
        }
    }

    @Test(
        "Attributes that an operator does not have in the file's opset",
        arguments: [
            ("SpaceToDepth", 17, [("blocksize", Setting.integer(2)), ("mode", .text("CRD"))], "mode"),
            ("SpaceToDepth", 28, [("blocksize", .integer(2)), ("order", .text("CRD"))], "order"),
            ("DepthToSpace", 10, [("blocksize", .integer(2)), ("mode", .text("CRD"))], "mode"),
            (
                "AveragePool", 17, [("kernel_shape", .integers([2, 2])), ("dilations", .integers([2, 2]))], "dilations"
            ),
            ("Relu", 17, [("alpha", .float(0.1))], "alpha"), ("LeakyRelu", 17, [("slope", .float(0.1))], "slope"),
            ("ReduceMean", 18, [("axes", .integers([1]))], "axes"), ("Clip", 13, [("min", .float(0))], "min"),
            ("ArgMax", 11, [("select_last_index", .integer(1))], "select_last_index"),
            ("Reshape", 13, [("allowzero", .integer(1))], "allowzero"),
            ("BatchNormalization", 9, [("spatial", .integer(0))], "spatial=0"),
            ("Dropout", 7, [("is_test", .integer(0))], "is_test=0"),
        ])
    func unknown(kind: String, opset: Int, settings: [(String, Setting)], attribute: String) {
        let text = problem(file(kind, opset: opset, settings))
        #expect(text.contains("\(kind) with ") && text.contains("'here'") && text.contains(attribute), "\(text)")
        let isTooEarly = ["mode", "dilations", "axes", "min", "select_last_index", "allowzero"].contains(attribute)
        #expect(text.contains("in opset \(opset)") == isTooEarly, "\(text)")
    }

    @Test(
        "Attributes that change nothing",
        arguments: [
            ("Relu", 17, [("consumed_inputs", Setting.integers([0]))]),
            ("MaxPool", 17, [("kernel_shape", .integers([2, 2])), ("storage_order", .integer(1))]),
            ("Dropout", 9, [("ratio", .float(0.5)), ("is_test", .integer(1))]),
            ("Dropout", 13, [("seed", .integer(3))]),
        ])
    func harmless(kind: String, opset: Int, settings: [(String, Setting)]) {
        #expect(problem(file(kind, opset: opset, settings)) == "nothing")
    }

    @Test func spatialIsWhatAllNormalizationsAre() throws {
        func normalization(_ spatial: Int) -> File {
            File(opset: 8) { file in
                file.input("x", [1, 2, 3, 3])
                file.initializers = ["s", "b", "m", "v"].map { tensor($0, [2], [1, 1]) }
                file.add(
                    "BatchNormalization", ["x", "s", "b", "m", "v"], ["y"], name: "here",
                    [("spatial", .integer(spatial))])
                file.outputs = ["y"]
            }
        }
        #expect(problem(normalization(1)) == "nothing")
        #expect(problem(normalization(0)).contains("BatchNormalization with spatial=0"))
    }

    @Test func opsetsOfTheFuture() {
        for opset in [ONNXModel.operatorSets.upperBound + 1, 50] {
            let text = problem(file("Relu", opset: opset, []))
            #expect(text.contains("opset \(opset)") && text.contains("7 to \(ONNXModel.operatorSets.upperBound)"))
        }
        #expect(problem(file("Relu", opset: 6, [])).contains("opset 6"))
        for opset in [7, ONNXModel.operatorSets.upperBound] {
            #expect(problem(file("Relu", opset: opset, [])) == "nothing")
        }
    }

    /// Functions have opsets of their own.
    @Test func functionsOfTheFuture() {
        let body = Wire { wire in
            wire.text(1, "Twice")
            wire.text(4, "a")
            wire.text(5, "b")
            wire.message(7, node("Add", ["a", "a"], ["b"]))
            wire.message(9, Wire { $0.integer(2, 99) })
            wire.text(10, "mine")
        }
        let file = File { file in
            file.input("x", [2])
            file.nodes = [node("Twice", ["x"], ["y"], name: "call", domain: "mine")]
            file.outputs = ["y"]
            file.functions = [body]
        }
        let text = problem(file)
        #expect(text.contains("mine.Twice, a function for opset 99") && text.contains("'call'"), "\(text)")
    }

    /// Both orders of channels, against their definition.
    @Test(arguments: ["DCR", "CRD"]) func blocksBecomeChannels(mode: String) throws {
        let x = ramp([1, 2, 4, 6])
        let spread = File(opset: 28) { file in
            file.input("x", x.shape)
            file.add("SpaceToDepth", ["x"], ["y"], [("blocksize", .integer(2)), ("mode", .text(mode))])
            file.add("DepthToSpace", ["y"], ["z"], [("blocksize", .integer(2)), ("mode", .text(mode))])
            file.outputs = ["y", "z"]
        }
        let found = try outputs(spread, ["x": x])
        #expect(found["z"] == x)
        let blocks = try #require(found["y"])
        #expect(blocks.shape == [1, 8, 2, 3])
        for channel in 0..<2 {
            for (row, column) in [(0, 0), (0, 1), (1, 0), (1, 1)] {
                let place = 2 * row + column
                let target = mode == "DCR" ? 2 * place + channel : 4 * channel + place
                for y in 0..<2 {
                    for z in 0..<3 {
                        #expect(blocks[0, target, y, z] == x[0, channel, 2 * y + row, 2 * z + column])
                    }
                }
            }
        }
    }
}
