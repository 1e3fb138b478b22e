import Foundation
import Graphs
import ONNX
import Operators
import Tensors
import Testing

/// Values without elements, and values whose elements are all equal.
@Suite struct EmptyAndUniformTests {
    /// `x [1, 3, 8, 8]`, a slice of it without rows, both joined, and something unsupported after that.
    private var joined: File {
        File { file in
            file.input("x", [nil, 3, 8, 8])
            file.constant("from", [8])
            file.constant("to", [9])
            file.constant("axis", [2])
            file.add("Slice", ["x", "from", "to", "axis"], ["nothing"], name: "slice")
            file.add("Concat", ["x", "nothing"], ["both"], name: "join", [("axis", .integer(2))])
            file.add("Unique", ["both"], ["y"], name: "unique")
            file.outputs = ["y"]
        }
    }

    @Test func nothingAddsNothing() throws {
        let x = ramp([2, 3, 8, 8])
        #expect(try outputs(joined, ["x": x], results: ["join"])["join"] == x)
        #expect(try ONNXModel(joined.data).network(results: ["join"]).takesOtherBatchSizes)
        let error = #expect(throws: ONNXError.self) { try ONNXModel(joined.data).network() }
        let text = "\(error.map { "\($0)" } ?? "")"
        #expect(text.contains("Unique (1 node: 'unique'") && !text.contains("slice"), "\(text)")
    }

    @Test func partsWithoutElements() throws {
        let file = File { file in
            file.input("x", [1, 4])
            file.constant("lengths", [4, 0])
            file.add("Split", ["x", "lengths"], ["a", "b"], [("axis", .integer(1))])
            file.add("Concat", ["b", "a"], ["y"], [("axis", .integer(1))])
            file.add("Shape", ["b"], ["shape"])
            file.add("Cast", ["shape"], ["extents"], [("to", .integer(1))])
            file.outputs = ["y", "extents"]
        }
        let found = try outputs(file, ["x": ramp([1, 4])])
        #expect(found["y"] == ramp([1, 4]))
        #expect(found["extents"]?.elements == [1, 0])
    }

    /// Nodes that would compute with it, and results that consist of it, are named.
    @Test func nothingElseIsComputedFromNothing() throws {
        var file = joined
        file.add("Sigmoid", ["nothing"], ["s"], name: "sigmoid")
        file.add("ReduceMean", ["nothing"], ["m"], name: "mean")
        file.add("Add", ["nothing", "x"], ["sum"], name: "sum")
        for name in ["mean", "sum", "nothing"] {
            let error = #expect(throws: ONNXError.self, "\(name)") { try ONNXModel(file.data).network(results: [name]) }
            #expect("\(error.map { "\($0)" } ?? "")".contains(name))
        }
    }

    /// A weight of equal elements takes no bytes in the file, and is no reason to refuse it.
    @Test func weightsOfEqualElements() throws {
        let file = File { file in
            file.input("x", [1, 256, 3, 3])
            file.constant("shape", [512, 256, 3, 3])
            file.constant("matrix", [4608, 300])
            file.constant("flat", [1, -1])
            let value = tensor("", [1], [0.5])
            file.add("ConstantOfShape", ["shape"], ["w"], [("value", .tensor(value))])
            file.add("ConstantOfShape", ["matrix"], ["m"], [("value", .tensor(value))])
            file.add("Conv", ["x", "w"], ["c"], name: "conv", [("pads", .integers([1, 1, 1, 1]))])
            file.add("Reshape", ["c", "flat"], ["f"])
            file.add("Gemm", ["f", "m"], ["y"], name: "gemm")
            file.outputs = ["c", "y"]
        }
        #expect(file.data.count < 1000)
        let found = try outputs(file, ["x": Tensor([1, 256, 3, 3], repeating: 1)])
        // The centre has nine neighbours, an edge six, a corner four.
        let cells: [Float] = [4, 6, 4, 6, 9, 6, 4, 6, 4].map { 128 * $0 }
        #expect(found["c"]?.elements.prefix(9).elementsEqual(cells) ?? false)
        let sum = 512 * cells.reduce(0, +) / 2
        #expect(found["y"]?.elements.allSatisfy { abs($0 - sum) < 1e-4 * sum } ?? false)
    }

    /// What is computed from such a weight at import counts like any other value.
    @Test func equalElementsAreNotMultipliedWithoutBound() {
        func problem(_ fill: (inout File) -> Void) -> String {
            let file = File { file in
                file.input("x", [1, 4])
                file.constant("shape", [4, 1 << 24])
                file.add("ConstantOfShape", ["shape"], ["w"], name: "fill")
                fill(&file)
                file.outputs = ["y"]
            }
            do {
                _ = try ONNXModel(file.data).network()
                return "nothing"
            } catch {
                return "\(error)"
            }
        }
        #expect(
            problem { file in
                file.add("Neg", ["w"], ["y"], name: "negative")
            }.contains("node 'negative' (Neg)"))
        // Even if no memory is allocated for it.
        #expect(
            problem { file in
                for index in 0..<40 {
                    file.add(
                        "Reshape", [index == 0 ? "w" : "w\(index)", "shape"], ["w\(index + 1)"], name: "r\(index)")
                }
                file.add("Shape", ["w40"], ["extents"])
                file.add("Cast", ["extents"], ["y"], [("to", .integer(1))])
            }.contains("limit"))
        #expect(
            problem { file in
                file.constant("huge", [4, 1 << 28])
                file.add("ConstantOfShape", ["huge"], ["h"], name: "much")
                file.add("Gemm", ["x", "h"], ["y"])
            }.contains("node 'much' (ConstantOfShape)"))
    }
}
