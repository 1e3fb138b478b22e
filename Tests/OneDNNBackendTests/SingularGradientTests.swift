import Graphs
import OneDNNBackend
import Operators
import Tensors
import TestSupport
import Testing

/// Gradients where a slope is infinite or not defined: both backends give the same, zeros, infinities and NaN included.
@Suite struct SingularGradientTests {
    private func gradients(
        _ graph: Graph, _ inputs: [String: Tensor], _ backend: any Backend, _ mode: ProgramMode
    ) throws -> [String: [Float]] {
        let store = ParameterStore(for: graph, seed: 1)
        // Kernels of ones without a bias keep zeros.
        for entry in store.entries where entry.name.hasPrefix("conv") {
            for place in entry.value.elements.indices {
                entry.value.elements[place] = entry.name.hasSuffix("bias") ? 0 : 1
            }
        }
        store.markChanged()
        let program = try backend.compile(
            graph, parameters: store, inputs: inputs.mapValues(\.shape), mode: mode, taps: .everything)
        let output = try #require(try program.forward(inputs)["y"])
        try program.backward(["y": Tensor(output.shape, elements: output.elements.indices.map { Float($0 % 3) - 1 })])
        return try inputs.keys.reduce(into: [:]) { $0[$1] = try program.gradient($1).elements.map { $0 } }
    }

    private func expectSame(_ graph: Graph, _ inputs: [String: Tensor], _ what: String) throws -> [String: [Float]] {
        var last: [String: [Float]] = [:]
        for mode in [ProgramMode.inspection, .training] {
            let expected = try gradients(graph, inputs, ReferenceBackend(), mode)
            let found = try gradients(graph, inputs, OneDNNBackend(), mode)
            for (name, numbers) in expected {
                let isSame = zip(numbers, found[name] ?? []).allSatisfy { a, b in
                    a.isNaN ? b.isNaN : a == b || abs(a - b) <= 1e-4 * max(1, abs(a))
                }
                #expect(
                    isSame && numbers.count == found[name]?.count,
                    "\(what) in \(mode), \(name): \(numbers) and \(found)")
            }
            last = expected
        }
        return last
    }

    /// Zeros, negative and positive numbers, and the kinks of functions, in one map of 16 channels.
    private let map = Tensor(
        [1, 16, 2, 3], elements: (0..<96).map { [0, -1, 1, 0, -3, 3, 0.5, 0, 6, -0.5, 2, 0][$0 % 12] })

    private static let flat: [any Operator] = [
        ReLU(), Activation(.clip(lowest: 0, highest: 6)), Activation(.hardSwish), Activation(.leakyReLU(slope: 0)),
        Activation(.hardSigmoid(slope: 0.2, shift: 0)), Activation(.thresholdedReLU(threshold: 0.5)),
    ]
    private static let singular: [Activation.Function] = [.sqrt, .log, .reciprocal, .asin, .acos]

    /// `d sqrt(relu(x)) / d x` is zero where the ReLU is flat, as in PyTorch, although the square root's slope is infinite there.
    @Test(arguments: flat.indices) func flatPiecesPassNothing(index: Int) throws {
        for function in Self.singular {
            for layers in 0..<4 {
                var graph = Graph()
                let x = graph.input("x", needsGradientInTraining: true)
                var value = x
                switch layers {
                case 0: break
                case 1:
                    value = graph.add(
                        "conv", Convolution(inputChannels: 16, outputChannels: 16, kernel: 1, groups: 16), x)
                case 2: value = graph.add("sum", Add(), x, graph.add("zero", Activation(.sign), x))
                default: value = graph.add("bn", BatchNormalization(channels: 16), x)
                }
                value = graph.add("flat", Self.flat[index], value)
                graph.output("y", graph.add("root", Activation(function), value))
                let found = try expectSame(graph, ["x": map], "\(Self.flat[index]) \(function) after \(layers)")
                if index == 0, layers < 2 {
                    let isZero = zip(map.elements, found["x"] ?? []).allSatisfy { $0 > 0 || $1 == 0 }
                    #expect(isZero)
                }
            }
        }
    }

    @Test func kinksAndTies() throws {
        let functions: [any Operator] = [
            Activation(.absolute), Activation(.hardSwish), Activation(.elu(alpha: 0.7)),
            Activation(.clip(lowest: -1, highest: 1)),
            Activation(.leakyReLU(slope: 0.1)), Activation(.sign), Reduction(.l2, axes: [1], keepsAxes: true),
            Reduction(.logSum, axes: [1], keepsAxes: true), Reduction(.max, axes: [2], keepsAxes: true),
            MaxPooling(kernel: 2, stride: 1), MaxPooling(kernel: 3, stride: 2, padding: 1),
        ]
        for function in functions {
            for values in [map, Tensor(map.shape)] {
                var graph = Graph()
                let x = graph.input("x", needsGradientInTraining: true)
                graph.output("y", graph.add("node", function, x))
                _ = try expectSame(graph, ["x": values], "\(function)")
            }
        }
    }

    @Test(arguments: Arithmetic.Function.allCases) func functionsOfTwo(function: Arithmetic.Function) throws {
        for (right, isConstant) in [([0, 1], false), ([0.5, 0], false), ([2, 1], true)] as [([Float], Bool)] {
            var graph = Graph()
            let x = graph.input("x", needsGradientInTraining: true)
            let relu = graph.add("relu", ReLU(), graph.add("sum", Add(), x, x))
            let exponents =
                isConstant
                ? graph.add("constant", Constant(shape: [1]), []) : graph.input("e", needsGradientInTraining: true)
            graph.output("y", graph.add("node", Arithmetic(function), relu, exponents))
            var inputs = ["x": map]
            if !isConstant { inputs["e"] = Tensor(map.shape, elements: (0..<map.count).map { right[$0 % 2] }) }
            _ = try expectSame(graph, inputs, "\(function) \(right)")
        }
    }
}
