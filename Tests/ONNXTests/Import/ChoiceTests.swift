import Foundation
import Graphs
import ONNX
import OneDNNBackend
import Operators
import Tensors
import TestSupport
import Testing

/// Elements by position and by size, and Einstein sums, against plain loops.
@Suite struct ChoiceTests {
    private static let backends: [any Backend] = [ReferenceBackend(), OneDNNBackend()]

    private func noise(_ shape: [Int], seed: UInt64 = 3) -> Tensor {
        var random = SeededGenerator(seed, shape.count)
        return Tensor(shape, elements: (0..<shape.reduce(1, *)).map { _ in Float(random.uniform(-2, 2)) })
    }

    @Test(arguments: [true, false], backends) func elementsByIndex(isKnown: Bool, backend: any Backend) throws {
        let (x, index): (Tensor, [Int64]) = (noise([2, 3, 4]), [2, -1, 0, 1, 1, -3, 2, 0, 0, 1, 2, -2])
        let file = File { file in
            file.input("x", x.shape)
            if isKnown {
                file.initializers = [integers("i", [2, 2, 3], index)]
            } else {
                file.input("i", [2, 2, 3], .int64)
            }
            file.add("GatherElements", ["x", "i"], ["y"], name: "choose", [("axis", .integer(-2))])
            file.outputs = ["y"]
        }
        var inputs = ["x": x]
        if !isKnown { inputs["i"] = Tensor([2, 2, 3], elements: index.map(Float.init)) }
        let found = try #require(try outputs(file, inputs, backend: backend)["y"])
        for (place, index) in index.enumerated() {
            let (image, column) = (place / 6, place % 3)
            #expect(found.elements[place] == x[image, (Int(index) + 3) % 3, column])
        }
    }

    @Test func indicesStayInside() throws {
        let file = File { file in
            file.input("x", [3])
            file.constant("i", [3])
            file.add("GatherElements", ["x", "i"], ["y"], name: "choose")
            file.outputs = ["y"]
        }
        let error = #expect(throws: ONNXError.self) { try ONNXModel(file.data).network() }
        #expect("\(error.map { "\($0)" } ?? "")".contains("node 'choose' (GatherElements): invalid indices"))
        // Computed indices cannot be refused.
        var graph = Graph()
        graph.output("y", graph.add("choose", GatherElements(axis: 0), graph.input("x"), graph.input("i")))
        let program = try ReferenceBackend().compile(
            graph, parameters: ParameterStore(for: graph), inputs: ["x": [2], "i": [5]], mode: .inspection)
        let y = try #require(
            try program.forward(["x": ramp([2], from: 1), "i": Tensor([5], elements: [-2, 2, .nan, -3, 1])])["y"])
        #expect(y.elements[0] == 1 && y.elements[1...3].allSatisfy(\.isNaN) && y.elements[4] == 2)
        try program.backward(["y": Tensor([5], repeating: 1)])
        #expect(try program.gradient("x").elements == [1, 1])
    }

    @Test(arguments: [1, 0], backends) func largestAndSmallest(largest: Int, backend: any Backend) throws {
        var x = noise([2, 7, 3])
        // Equal numbers: the first ones come first.
        for place in 0..<6 { x[0, place, 1] = Float(place % 2) }
        let file = File { file in
            file.input("x", x.shape)
            file.constant("k", [4])
            file.add(
                "TopK", ["x", "k"], ["v", "i"], name: "top", [("axis", .integer(1)), ("largest", .integer(largest))])
            file.outputs = ["v", "i"]
        }
        let found = try outputs(file, ["x": x], backend: backend)
        let (values, positions) = (try #require(found["v"]), try #require(found["i"]))
        #expect(values.shape == [2, 4, 3] && positions.shape == [2, 4, 3])
        for image in 0..<2 {
            for column in 0..<3 {
                let order = (0..<7).sorted { left, right in
                    let (a, b) = (x[image, left, column], x[image, right, column])
                    return a == b ? left < right : (largest == 1) == (a > b)
                }
                for rank in 0..<4 {
                    #expect(Int(positions[image, rank, column]) == order[rank])
                    #expect(values[image, rank, column] == x[image, order[rank], column])
                }
            }
        }
    }

    @Test func numbersThatAreNoneAreLargest() throws {
        var graph = Graph()
        let x = graph.input("x")
        for (name, smallest) in [("largest", false), ("smallest", true)] {
            graph.output(name, graph.add("\(name)_node", TopK(.positions, axis: 0, count: 4, smallest: smallest), x))
        }
        let program = try ReferenceBackend().compile(
            graph, parameters: ParameterStore(for: graph), inputs: ["x": [4]], mode: .inference)
        let found = try program.forward(["x": Tensor([4], elements: [1, .nan, .infinity, .nan])])
        #expect(found["largest"]?.elements == [1, 3, 2, 0])
        #expect(found["smallest"]?.elements == [0, 2, 1, 3])
    }

    @Test func moreThanThereAre() {
        let file = File { file in
            file.input("x", [3])
            file.constant("k", [4])
            file.add("TopK", ["x", "k"], ["v", "i"], name: "top")
            file.outputs = ["v"]
        }
        let error = #expect(throws: ONNXError.self) { try ONNXModel(file.data).network() }
        #expect("\(error.map { "\($0)" } ?? "")".contains("its k is 4, but axis 0 has 3 positions"))
    }

    @Test(arguments: [[0, 1, 1, 2, -1, -3], [1, 0, 0, 0, 0, 1]]) func rowsByIndex(index: [Int64]) throws {
        let x = noise([2, 3, 4, 2])
        let file = File { file in
            file.input("x", [nil, 3, 4, 2])
            file.initializers = [integers("i", [3, 1, 2], index)]
            file.add("GatherND", ["x", "i"], ["y"], name: "rows")
            file.outputs = ["y"]
        }
        let network = try ONNXModel(file.data).network(inputs: ["x": x.shape])
        // The last row of a batch depends on its size.
        #expect(network.takesOtherBatchSizes == index.allSatisfy { $0 >= 0 })
        let found = try #require(try outputs(file, ["x": x])["y"])
        #expect(found.shape == [3, 1, 4, 2])
        for row in 0..<3 {
            let (image, channel) = ((Int(index[2 * row]) + 2) % 2, (Int(index[2 * row + 1]) + 3) % 3)
            for place in 0..<8 {
                #expect(found.elements[8 * row + place] == x[image, channel, place / 2, place % 2])
            }
        }
    }

    private static let equations: [(String, [[Int]])] = [
        ("ij,jk->ik", [[2, 3], [3, 4]]), ("ij,kj->ki", [[2, 3], [4, 3]]),
        ("bhid,bhjd->bhij", [[2, 2, 3, 4], [2, 2, 5, 4]]),
        ("B G I D, B G J D -> B G I J", [[2, 2, 3, 2], [2, 2, 4, 2]]), ("bchw,cd->bdhw", [[2, 3, 2, 2], [3, 4]]),
        ("i,j->ij", [[3], [4]]), ("i,i->", [[5], [5]]), ("ij->ji", [[2, 3]]), ("ijk->j", [[2, 3, 4]]),
        ("ij", [[2, 3]]),
        ("ba", [[2, 3]]), ("ij,ij->ij", [[2, 3], [2, 3]]), ("ij,k->i", [[2, 3], [4]]), ("ij,jk", [[2, 3], [3, 4]]),
        ("ij,jk,kl->il", [[2, 3], [3, 4], [4, 2]]), ("abc,abd,ab->acd", [[2, 3, 2], [2, 3, 4], [2, 3]]),
        ("...ij,...jk->...ik", [[2, 3, 2, 4], [2, 3, 4, 3]]), ("...ij,jk->...ik", [[2, 2, 3], [3, 2]]),
        ("nkctv,kvw->nctw", [[2, 3, 2, 2, 3], [3, 3, 2]]),
    ]

    /// Every assignment of positions to letters adds the product of the elements there.
    private func sum(_ equation: String, _ inputs: [Tensor]) -> Tensor {
        let sides = equation.filter { $0 != " " }.components(separatedBy: "->")
        var terms = sides[0].split(separator: ",").map(String.init)
        var output = sides.count > 1 ? sides[1] : nil
        for (place, tensor) in inputs.enumerated() {
            let hidden = String("zyx".prefix(tensor.shape.count - terms[place].count(where: \.isLetter)))
            terms[place] = terms[place].replacing("...", with: hidden)
            if let found = output, found.contains("..."), !hidden.isEmpty {
                output = found.replacing("...", with: hidden)
            }
        }
        let all = terms.joined()
        let result = output ?? String(Set(all).filter { letter in all.count { $0 == letter } == 1 }.sorted())
        var extents: [Character: Int] = [:]
        for (term, tensor) in zip(terms, inputs) {
            for (letter, extent) in zip(term, tensor.shape) { extents[letter] = extent }
        }
        let letters = Array(result) + Set(all).subtracting(result).sorted()
        func place(_ term: some Sequence<Character>, _ at: [Character: Int]) -> Int {
            term.reduce(0) { $0 * (extents[$1] ?? 1) + (at[$1] ?? 0) }
        }
        var sums = Tensor(result.map { extents[$0] ?? 1 })
        var elements = [Double](repeating: 0, count: sums.count)
        for index in 0..<letters.reduce(1, { $0 * (extents[$1] ?? 1) }) {
            var (rest, at): (Int, [Character: Int]) = (index, [:])
            for letter in letters.reversed() {
                at[letter] = rest % (extents[letter] ?? 1)
                rest /= extents[letter] ?? 1
            }
            elements[place(result, at)] += zip(terms, inputs).reduce(1.0) {
                $0 * Double($1.1.elements[place($1.0, at)])
            }
        }
        sums = Tensor(sums.shape, elements: elements.map { Float($0) })
        return sums
    }

    @Test(arguments: equations) func einsteinSums(equation: String, shapes: [[Int]]) throws {
        let names = shapes.indices.map { "x\($0)" }
        let file = File { file in
            for (name, shape) in zip(names, shapes) { file.input(name, shape) }
            file.add("Einsum", names, ["y"], name: "sum", [("equation", .text(equation))])
            file.outputs = ["y"]
        }
        let values = shapes.enumerated().map { noise($1, seed: UInt64($0)) }
        let expected = sum(equation, values)
        for backend in Self.backends {
            let found = try #require(
                try outputs(file, Dictionary(uniqueKeysWithValues: zip(names, values)), backend: backend)["y"])
            #expect(relativeDifference(found, expected) < 1e-5, "\(backend.name)")
        }
        #expect(try ONNXModel(file.data).network().graph.index(of: "sum") >= names.count || equation == "ij")
    }

    /// Attention of any number of images is one graph.
    @Test func einsteinSumsLeaveTheBatchFree() throws {
        let file = File { file in
            file.input("q", [nil, 2, 3, 4])
            file.input("k", [nil, 2, 5, 4])
            file.initializers = [tensor("w", [4, 3], [Float](repeating: 0.5, count: 12))]
            file.add("Einsum", ["q", "k"], ["a"], [("equation", .text("bhid,bhjd->bhij"))])
            file.add("Einsum", ["q", "w"], ["p"], [("equation", .text("bhid,dc->bcih"))])
            file.outputs = ["a", "p"]
        }
        let network = try ONNXModel(file.data).network()
        #expect(network.takesOtherBatchSizes)
        let shapes = try network.graph.inferShapes(["q": [6, 2, 3, 4], "k": [6, 2, 5, 4]])
        #expect(network.graph.outputs.map { shapes[$0.value.index] } == [[6, 2, 3, 5], [6, 3, 3, 2]])
    }

    @Test(arguments: ["ii->i", "ij->ijk", "ij,jk->ik", "i", "i->j", "i1->i", "ij->ji->ij", "...i...->i"])
    func equationsThatAreRefused(equation: String) {
        let file = File { file in
            file.input("x", [3, 3])
            file.add("Einsum", ["x"], ["y"], name: "here", [("equation", .text(equation))])
            file.outputs = ["y"]
        }
        let error = #expect(throws: ONNXError.self) { try ONNXModel(file.data).network() }
        #expect("\(error.map { "\($0)" } ?? "")".contains("here"))
    }
}
