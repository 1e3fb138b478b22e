import Foundation
import Graphs
import ONNX
import OneDNNBackend
import Tensors
import Testing

/// Computes a file's outputs with a backend.
func outputs(
    _ file: File, _ inputs: [String: Tensor], results: [String]? = nil, backend: any Backend = ReferenceBackend()
) throws -> [String: Tensor] {
    let network = try ONNXModel(file.data).network(inputs: inputs.mapValues(\.shape), results: results)
    let program = try backend.compile(
        network.graph, parameters: network.parameters, inputs: network.inputShapes, mode: .inference)
    return try program.forward(inputs)
}

func ramp(_ shape: [Int], from start: Float = 0) -> Tensor {
    Tensor(shape, elements: (0..<shape.reduce(1, *)).map { start + Float($0) })
}

@Suite struct ImportTests {
    @Test func portsAreWhatIsNoWeight() throws {
        var file = File { file in
            file.input("x", [nil, 3, 8, nil])
            file.input("weight", [1])
            file.initializers = [tensor("weight", [1], [2])]
            file.add("Mul", ["x", "weight"], ["y"])
            file.outputs = ["y"]
        }
        let model = try ONNXModel(file.data)
        #expect(model.inputs.map(\.name) == ["x"])
        #expect(model.inputs[0].shape == [nil, 3, 8, nil])
        #expect(model.outputs.map(\.name) == ["y"])
        #expect(model.producer == "tests")
        #expect(throws: ONNXError.self) { try model.network() }
        let network = try model.network(inputs: ["x": [2, 3, 5, 4]])
        #expect(network.inputShapes == ["x": [2, 3, 5, 4]] && network.takesOtherBatchSizes)
        file.inputs[0].shape = [nil, 3, 8, 8]
        #expect(try ONNXModel(file.data).network().inputShapes == ["x": [1, 3, 8, 8]])
    }

    @Test func namesOfNodesAndTensorsStay() throws {
        let file = File { file in
            file.input("x", [1, 4])
            file.add("Relu", ["x"], ["a"], name: "first")
            file.add("Identity", ["a"], ["b"], name: "nothing")
            file.add("Sigmoid", ["b"], ["y"])
            file.add("Relu", ["y"], ["z"], name: "first")
            file.outputs = ["y", "z"]
        }
        let graph = try ONNXModel(file.data).network().graph
        #expect(graph.nodes.map(\.name) == ["x", "first", "y", "first_1"])
        for name in ["a", "b", "nothing", "first"] { #expect(try graph.index(of: name) == 1) }
        #expect(try graph.index(of: "z") == 3)
        #expect(graph.outputs.map(\.name) == ["y", "z"])
    }

    @Test func nodesMayComeInAnyOrder() throws {
        let file = File { file in
            file.input("x", [1, 2])
            file.add("Neg", ["a"], ["y"])
            file.add("Exp", ["x"], ["a"])
            file.outputs = ["y"]
        }
        #expect(try outputs(file, ["x": Tensor([1, 2])])["y"] == Tensor([1, 2], repeating: -1))
    }

    @Test func onlyWhatTheResultsNeedCounts() throws {
        let file = File { file in
            file.input("x", [1, 2])
            file.add("Relu", ["x"], ["scores"], name: "head")
            file.add("NonMaxSuppression", ["scores"], ["boxes"], name: "/postprocess/nms")
            file.add("Unique", ["boxes"], ["best", ""], name: "top")
            file.add("Det", ["scores"], ["sum"], name: "e")
            file.outputs = ["best", "sum"]
        }
        let model = try ONNXModel(file.data)
        #expect(
            throws: ONNXError.unsupported([
                "NonMaxSuppression (1 node: '/postprocess/nms', reading 'scores', feeding the output 'best')",
                "Unique (1 node: 'top', feeding the output 'best')",
                "Det (1 node: 'e', reading 'scores', feeding the output 'sum')",
            ])
        ) { try model.network() }
        for name in ["scores", "head"] {
            #expect(try model.network(results: [name]).graph.outputs.map(\.name) == [name])
        }
        #expect(throws: ONNXError.self) { try model.network(results: ["nobody"]) }
    }

    @Test func shapeArithmeticLeavesTheBatchFree() throws {
        // view(x.shape[0], -1) and view(batch, 2, 3, rows, columns).
        let file = File { file in
            file.input("x", [nil, 6, 2, 2])
            file.constant("zero", [0])
            file.constant("rest", [-1])
            file.constant("inner", [2, 3])
            file.constant("from", [2])
            file.constant("to", [4])
            file.add("Shape", ["x"], ["shape"])
            file.add("Gather", ["shape", "zero"], ["batch"])
            file.add("Concat", ["batch", "rest"], ["flatShape"], [("axis", .integer(0))])
            file.add("Reshape", ["x", "flatShape"], ["flat"])
            file.add("Slice", ["shape", "from", "to"], ["extents"])
            file.add("Concat", ["batch", "inner", "extents"], ["splitShape"], [("axis", .integer(0))])
            file.add("Reshape", ["x", "splitShape"], ["split"])
            file.outputs = ["flat", "split"]
        }
        let network = try ONNXModel(file.data).network()
        #expect(network.takesOtherBatchSizes)
        let shapes = try network.graph.inferShapes(["x": [5, 6, 2, 2]])
        #expect(shapes[1...] == [[5, 24], [5, 2, 3, 2, 2]])
    }

    /// Returns a file whose result depends on `batch`, the first extent of its input `[n, 4]`, as a list of one integer.
    private func batched(_ fill: (inout File) -> Void) -> File {
        File { file in
            file.input("x", [nil, 4])
            for value in [-1, 0, 1, 4] { file.constant("\(value)", [Int64(value)]) }
            file.constant("end", [.max])
            file.add("Shape", ["x"], ["shape"])
            file.add("Gather", ["shape", "0"], ["batch"])
            fill(&file)
            file.outputs = ["y"]
        }
    }

    @Test(arguments: [0, 1]) func halvesOfTheBatchBelongToItsSize(axis: Int) throws {
        let file = batched { file in
            file.add("Concat", ["x", "x"], ["both"], [("axis", .integer(0))])
            file.add("Split", ["both"], ["a", "b"], [("axis", .integer(axis))])
            file.add("Add", ["a", "b"], ["y"])
        }
        #expect(try ONNXModel(file.data).network().takesOtherBatchSizes == (axis == 1))
    }

    @Test func lengthsThatAreTheBatchsBelongToItsSize() throws {
        let split = batched { file in
            file.add("Sub", ["4", "batch"], ["rest"])
            file.add("Concat", ["batch", "rest"], ["lengths"], [("axis", .integer(0))])
            file.add("Split", ["x", "lengths"], ["a", "y"], [("axis", .integer(1))])
        }
        #expect(try !ONNXModel(split.data).network().takesOtherBatchSizes)
        for isBatch in [false, true] {
            let padded = batched { file in
                file.add(
                    "Concat", ["0", "0", "0", isBatch ? "batch" : "1"], ["pads"], [("axis", .integer(0))])
                file.add("Pad", ["x", "pads"], ["y"])
            }
            #expect(try ONNXModel(padded.data).network().takesOtherBatchSizes == !isBatch)
        }
    }

    @Test(
        "Slices of the batch: start, end, and the number of items left of 5; nil where it is not known",
        arguments: [
            ("0", "end", 5), ("0", "batch", 5), ("negative", "end", 5), ("negative", "batch", 5), ("1", "end", 4),
            ("-1", "end", 1), ("0", "1", 1), ("last", "end", nil), ("last", "batch", nil), ("0", "last", nil),
        ])
    func slicesOfTheBatch(start: String, end: String, left: Int?) throws {
        let file = batched { file in
            file.add("Neg", ["batch"], ["negative"])
            file.add("Sub", ["batch", "1"], ["last"])
            file.add("Slice", ["x", start, end, "0"], ["y"])
        }
        // With three items no slice is empty.
        let network = try ONNXModel(file.data).network(inputs: ["x": [3, 4]])
        #expect(network.takesOtherBatchSizes == (left != nil))
        if let left { #expect(try network.graph.inferShapes(["x": [5, 4]]).last == [left, 4]) }
    }

    /// For a batch of one the last item is the whole batch, which says nothing about larger batches.
    @Test func theLastOfOneIsNotAll() throws {
        let file = batched { file in
            file.add("Sub", ["batch", "1"], ["last"])
            file.add("Slice", ["x", "last", "end", "0"], ["y"])
        }
        #expect(try !ONNXModel(file.data).network().takesOtherBatchSizes)
    }

    @Test func helpersOfANodeAreNotTheFilesTensors() throws {
        let file = File { file in
            file.input("x", [1, 1])
            file.initializers = [tensor("g/alpha", [1], [10]), tensor("w", [1, 1], [1])]
            file.add("Mul", ["x", "g/alpha"], ["t"])
            file.add("Gemm", ["t", "w"], ["y"], name: "g", [("alpha", .float(2))])
            file.outputs = ["y"]
        }
        #expect(try outputs(file, ["x": Tensor([1, 1], repeating: 3)])["y"]?.elements == [60])
    }

    @Test func whatBelongsToOneBatchSizeSaysSo() throws {
        let file = File { file in
            file.input("x", [1, 2])
            file.add("Shape", ["x"], ["shape"])
            file.add("Cast", ["shape"], ["extents"], [("to", .integer(1))])
            file.add("Add", ["x", "extents"], ["y"])
            file.outputs = ["y"]
        }
        #expect(try !ONNXModel(file.data).network().takesOtherBatchSizes)
        #expect(try outputs(file, ["x": Tensor([3, 2])])["y"] == Tensor([3, 2], elements: [3, 2, 3, 2, 3, 2]))
    }
}
