import Foundation
import Graphs
import ONNX
import TestSupport
import Testing

/// Damaged or malicious files: each is an error that names the place, and memory stays within the limit for the file's size.
@Suite struct HostileImportTests {
    private func problem(_ file: File, _ inputs: [String: [Int]] = [:]) -> String {
        problem(file.data, inputs)
    }

    private func problem(_ data: Data, _ inputs: [String: [Int]] = [:]) -> String {
        do {
            _ = try ONNXModel(data).network(inputs: inputs)
            return "nothing"
        } catch {
            return "\(error)"
        }
    }

    private var small: File {
        File { file in
            file.input("x", [1, 4])
            file.add("Relu", ["x"], ["y"], name: "relu")
            file.outputs = ["y"]
        }
    }

    @Test func truncatedFilesNameThePlace() throws {
        let data = try Data(contentsOf: Golden.file("onnx").appendingPathComponent("mobile.onnx"))
        for length in stride(from: 0, to: data.count, by: 37) {
            #expect(problem(data.prefix(length)) != "nothing", "\(length)")
        }
        #expect(problem(data.prefix(200)).contains("longer than the remaining data"))
        #expect(problem(Data([0x3a, 0x7f])).contains("the file"))
        #expect(problem(Data()).contains("no graph"))
        #expect(problem(Data("a text that is no model".utf8)) != "nothing")
    }

    @Test func anyBitMayBeWrong() throws {
        let data = try Data(contentsOf: Golden.file("onnx").appendingPathComponent("old_forms.onnx"))
        for place in data.indices {
            for bit in [0, 3, 7] {
                var changed = data
                changed[place] ^= 1 << UInt8(bit)
                _ = problem(changed, ["x": [1, 3, 7, 6]])
            }
        }
    }

    @Test func cyclesAndLooseEndsNameNodeAndValue() {
        var file = File { file in
            file.input("x", [1, 4])
            file.add("Add", ["x", "b"], ["a"], name: "first")
            file.add("Neg", ["a"], ["b"], name: "second")
            file.outputs = ["b"]
        }
        #expect(problem(file).contains("'second'") || problem(file).contains("'first'"))
        #expect(problem(file).contains("depends on its own result"))
        file.nodes.removeLast()
        file.outputs = ["a"]
        #expect(problem(file).contains("node 'first' (Add): there is no value named 'b'"))
        file = small
        file.outputs = ["nobody"]
        #expect(problem(file).contains("there is no value named 'nobody'"))
        file = small
        file.add("Neg", ["x"], ["y"], name: "again")
        #expect(problem(file).contains("node 'again' (Neg): another value also has the name 'y'"))
    }

    @Test func tensorsHoldWhatTheyDeclare() {
        func file(_ weight: Wire) -> File {
            var file = small
            file.initializers = [weight]
            file.add("Add", ["y", "w"], ["z"])
            file.outputs = ["z"]
            return file
        }
        #expect(problem(file(tensor("w", [4], [1, 2, 3, 4]))) == "nothing")
        #expect(problem(file(tensor("w", [5], [1, 2, 3, 4]))).contains("initializer 'w': the shape [5] requires 5"))
        // 10 GB declared in ten bytes, and element counts that overflow.
        #expect(problem(file(tensor("w", [2_500_000_000], [1]))).contains("'w'"))
        #expect(problem(file(tensor("w", [1 << 40, 1 << 40], [1]))).contains("'w'"))
        #expect(problem(file(tensor("w", [1 << 62, 1 << 62, 0], []))).contains("'w'"))
        #expect(problem(file(tensor("w", [-4], [1]))).contains("'w'"))
        #expect(problem(file(tensor("w", [1], .float, raw: Data([1, 2, 3])))).contains("not a whole number"))
        let text = Wire {
            $0.packed(1, [4])
            $0.integer(2, 8)
            $0.text(8, "w")
        }
        #expect(problem(file(text)).contains("string"))
    }

    @Test func nothingIsMultipliedWithoutBound() {
        // 10^10 elements computed at import, from a hundred bytes.
        for kind in ["ConstantOfShape", "Expand", "Tile", "Range"] {
            let file = File { file in
                file.constant("many", [100_000, 100_000])
                file.initializers += [
                    tensor("one", [1, 1], [1]), integers("zero", [], [0]), integers("end", [], [1 << 50]),
                    integers("step", [], [1]),
                ]
                let inputs = ["ConstantOfShape": ["many"], "Range": ["zero", "end", "step"]][kind] ?? ["one", "many"]
                file.add(kind, inputs, ["y"], name: "bomb")
                file.outputs = ["y"]
            }
            #expect(problem(file).contains("node 'bomb' (\(kind))"), "\(kind)")
        }
        // A parameter used by many nodes.
        let shared = File { file in
            file.input("x", [1, 100])
            file.initializers = [tensor("w", [100, 100], [Float](repeating: 1, count: 10_000))]
            for index in 0..<2000 { file.add("Gemm", ["x", "w"], ["y\(index)"]) }
            file.add("Sum", (0..<2000).map { "y\($0)" }, ["y"])
            file.outputs = ["y"]
        }
        #expect(problem(shared).contains("exceed the limit for a file of this size"))
        // Values whose extents overflow.
        let large = File { file in
            file.input("x", [1, 4])
            file.constant("repeats", [1 << 30, 1 << 30])
            file.add("Tile", ["x", "repeats"], ["y"], name: "tile")
            file.outputs = ["y"]
        }
        #expect(problem(large).contains("tile"))
    }

    /// A body of a thousand calls counts a thousand times.
    @Test func bodiesAreBounded() {
        let many = 1000
        let settings = (0..<many).map { ("s\($0)", Setting.integer(1)) }
        let alphas = (0..<many).map { _ in ("alpha", Setting.float(0.5)) }
        let names = (0..<many).map { "i\($0)" }
        // A list in a body, for which only the number of elements matters.
        func counting(_ constant: [Wire]) -> [Wire] {
            constant + [
                node("Size", ["list"], ["n"]), node("Cast", ["n"], ["f"], [("to", .integer(1))]),
                node("Mul", ["a", "f"], ["b"]),
            ]
        }
        let branch = File { branch in
            branch.initializers = [tensor("list", [10_000], [Float](repeating: 1, count: 10_000))]
            branch.nodes = counting([])
            branch.outputs = ["b"]
        }
        let bodies = [
            "attributes": function("f", domain: "d", ["a"], ["b"], [node("LeakyRelu", ["a"], ["b"], alphas)]),
            "defaults": function("f", domain: "d", ["a"], ["b"], [node("Neg", ["a"], ["b"])], defaults: settings),
            "inputs": function("f", domain: "d", ["a"] + names, ["b"], [node("Neg", ["a"], ["b"])]),
            "left out": function(
                "f", domain: "d", ["a"], ["b"], [node("Neg", ["a"] + [String](repeating: "", count: many), ["b"])]),
            "integers": function(
                "f", domain: "d", ["a"], ["b"],
                counting([
                    node("Constant", [], ["list"], [("value_ints", .integers([Int](repeating: 1, count: 10_000)))])
                ])),
            "floats": function(
                "f", domain: "d", ["a"], ["b"],
                counting([
                    node("Constant", [], ["list"], [("value_floats", .floats([Float](repeating: 1, count: 10_000)))])
                ])),
            "branch": function(
                "f", domain: "d", ["a"], ["b"],
                [
                    node("Constant", [], ["c"], [("value_int", .integer(1))]),
                    node("If", ["c"], ["b"], [("then_branch", .graph(branch))]),
                ]),
        ]
        func file(_ body: Wire, calls: Int) -> File {
            File { file in
                file.input("x", [1])
                file.nodes = (0..<calls).map { node("f", ["x"], ["y\($0)"], domain: "d") }
                file.add("Sum", (0..<calls).map { "y\($0)" }, ["y"])
                file.outputs = ["y"]
                file.functions = [body]
            }
        }
        for (name, body) in bodies {
            #expect(problem(file(body, calls: 3)) == "nothing", "\(name)")
            #expect(problem(file(body, calls: many)).contains("exceed the limit for a file of this size"), "\(name)")
        }
    }

    @Test func oneListOfIndicesIsNotManyOperators() {
        let file = File { file in
            file.input("x", [1, 4])
            file.constant("list", [Int64](repeating: 1, count: 10_000))
            for index in 0..<1000 { file.add("Gather", ["x", "list"], ["y\(index)"], [("axis", .integer(1))]) }
            file.add("Sum", (0..<1000).map { "y\($0)" }, ["y"])
            file.outputs = ["y"]
        }
        #expect(problem(file).contains("exceed the limit for a file of this size"))
    }

    @Test func extentsOverflowNowhere() throws {
        let cut = File { file in
            file.input("x", [1, 1, 4, 4])
            file.initializers = [tensor("w", [1, 1, 2, 2], [1, 1, 1, 1])]
            file.add("ConvTranspose", ["x", "w"], ["y"], name: "up", [("output_shape", .integers([.min, 1]))])
            file.outputs = ["y"]
        }
        #expect(problem(cut).contains("node 'up' (ConvTranspose): invalid output_shape"))
        let parts = File(opset: 18) { file in
            file.input("x", [1, 1 << 31])
            file.add("Split", ["x"], ["y"], name: "parts", [("axis", .integer(1)), ("num_outputs", .integer(1 << 31))])
            file.outputs = ["y"]
        }
        #expect(
            problem(parts).contains("node 'parts' (Split): 2147483648 positions cannot be split into 2147483648 parts"))
        // One element for a batch of 1; for other batch sizes the count is squared repeatedly.
        let squares = File { file in
            file.input("x", [nil, 1])
            file.constant("column", [-1, 1])
            for index in 0..<8 {
                let value = index == 0 ? "x" : "x\(index)"
                file.add("Transpose", [value], ["row\(index)"])
                file.add("Mul", [value, "row\(index)"], ["square\(index)"])
                file.add("Reshape", ["square\(index)", "column"], ["x\(index + 1)"])
            }
            file.outputs = ["x8"]
        }
        #expect(try !ONNXModel(squares.data).network().takesOtherBatchSizes)
    }

    @Test func whatIsLackingIsNamedAtOnce() throws {
        let file = File { file in
            file.input("x", [1, 2, 3, 3])
            file.constant("shape", [2])
            file.constant("zero", [0])
            file.constant("two", [2])
            file.initializers.append(tensor("shift", [2], [0, 0]))
            let complex = Wire {
                $0.packed(1, [1])
                $0.integer(2, 14)
                $0.bytes(9, Data(count: 8))
            }
            file.add("ConstantOfShape", ["shape"], ["filled"], name: "fill", [("value", .tensor(complex))])
            file.add("Shape", ["x"], ["extents"])
            file.add("Slice", ["extents", "zero", "two"], ["some"])
            file.add("Cast", ["some"], ["scale"], [("to", .integer(1))])
            file.add("InstanceNormalization", ["x", "scale", "shift"], ["normal"], name: "norm")
            file.add("NonMaxSuppression", ["x"], ["boxes"])
            file.outputs = ["filled", "normal", "boxes"]
        }
        let text = problem(file)
        #expect(text.contains("complex64") && text.contains("'fill'"), "\(text)")
        #expect(text.contains("InstanceNormalization with a scale that depends on the batch size"), "\(text)")
        #expect(text.contains("NonMaxSuppression"), "\(text)")
    }

    @Test func functionsAreBounded() {
        func file(_ functions: [Wire]) -> File {
            File { file in
                file.input("x", [1, 4])
                file.nodes = [node("f0", ["x"], ["y"], name: "call", domain: "d")]
                file.outputs = ["y"]
                file.functions = functions
            }
        }
        let own = function("f0", domain: "d", ["a"], ["b"], [node("f0", ["a"], ["b"], domain: "d")])
        #expect(problem(file([own])).contains("calls itself"))
        // Each function calls the next one twice: 2^24 nodes.
        let doubling = (0..<24).map { level in
            function(
                "f\(level)", domain: "d", ["a"], ["c"],
                [
                    node("f\(level + 1)", ["a"], ["b"], domain: "d"), node("f\(level + 1)", ["b"], ["c"], domain: "d"),
                ])
        }
        let last = function("f24", domain: "d", ["a"], ["b"], [node("Neg", ["a"], ["b"])])
        #expect(problem(file(doubling + [last])).contains("exceed the limit for a file of this size"))
    }

    @Test func graphsAreNestedNoDeeperThanSense() {
        var inner = File { $0.add("Neg", ["x"], ["y"]) }
        for _ in 0..<200 {
            let branch = inner
            inner = File { $0.add("If", ["c"], ["y"], [("then_branch", .graph(branch))]) }
        }
        #expect(problem(inner).contains("nested too deeply"))
        // A chain of any length is not nested.
        let chain = File { file in
            file.input("x", [1, 1])
            for index in 0..<20_000 { file.add("Neg", [index == 0 ? "x" : "v\(index - 1)"], ["v\(index)"]) }
            file.nodes.reverse()
            file.outputs = ["v19999"]
        }
        #expect(problem(chain) == "nothing")
    }

    @Test(
        "Attributes of wrong kinds and sizes",
        arguments: [
            ("MaxPool", [("kernel_shape", Setting.integer(3))]), ("MaxPool", [("kernel_shape", .integers([0, 3]))]),
            ("MaxPool", [("kernel_shape", .integers([1 << 40, 3]))]), ("MaxPool", []),
            ("MaxPool", [("kernel_shape", .integers([2, 2])), ("strides", .integers([0, 1]))]),
            ("MaxPool", [("kernel_shape", .integers([2, 2])), ("pads", .integers([-1, 0, 0, 0]))]),
            ("MaxPool", [("kernel_shape", .integers([9, 9]))]), ("Transpose", [("perm", .integers([0, 0, 1, 2]))]),
            ("Transpose", [("perm", .integers([1 << 60, 1, 2, 3]))]), ("Softmax", [("axis", .integer(7))]),
            ("Concat", [("axis", .integer(-9))]), ("Flatten", [("axis", .integer(.min))]),
            ("DepthToSpace", [("blocksize", .integer(0))]), ("ReduceMean", [("axes", .integers([1, 1]))]),
            ("LeakyRelu", [("alpha", .text("steep"))]), ("Cast", [("to", .integer(1 << 40))]),
            ("LRN", [("size", .integer(-3))]), ("Split", [("num_outputs", .integer(1 << 40))]),
        ])
    func attributes(kind: String, settings: [(String, Setting)]) {
        let file = File { file in
            file.input("x", [1, 4, 6, 6])
            file.add(kind, ["x"], ["y"], name: "here", settings)
            file.outputs = ["y"]
        }
        #expect(problem(file).contains("here"), "\(problem(file))")
    }

    @Test func dataOutsideStayInTheFolder() throws {
        let temporary = try TemporaryFolder()
        let folder = temporary.url.appendingPathComponent("model")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let bytes = [Float](repeating: 2, count: 8).withUnsafeBytes { Data($0) }
        try bytes.write(to: folder.appendingPathComponent("weights.bin"))
        try bytes.write(to: temporary.url.appendingPathComponent("secret"))
        try FileManager.default.createSymbolicLink(
            at: folder.appendingPathComponent("link"),
            withDestinationURL: temporary.url.appendingPathComponent("secret"))
        func problem(_ location: String, offset: String = "16", length: String = "16") -> String {
            var file = small
            file.initializers = [external("w", [4], in: location, offset: offset, length: length)]
            file.add("Add", ["y", "w"], ["z"])
            file.outputs = ["z"]
            do {
                let network = try ONNXModel(file.data, folder: folder).network()
                return "\(network.parameters["w.value"]?.elements ?? [])"
            } catch {
                return "\(error)"
            }
        }
        #expect(problem("weights.bin") == "[2.0, 2.0, 2.0, 2.0]")
        for location in ["../secret", "/etc/passwd", "link", "a/../../secret", ""] {
            #expect(problem(location).contains("outside the model's folder"), "\(location)")
        }
        #expect(problem("nothing.bin").contains("it should contain the data of"))
        #expect(problem("weights.bin", offset: "20").contains("are not in"))
        #expect(problem("weights.bin", offset: "-1").contains("external data"))
        #expect(problem("weights.bin", length: "9223372036854775807").contains("are not in"))
        #expect(problem("weights.bin", length: "8").contains("requires 4 elements"))
    }
}
