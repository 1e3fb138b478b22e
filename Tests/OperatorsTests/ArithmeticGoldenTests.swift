import Foundation
import Graphs
import JSON
import OperatorCases
import Operators
import Tensors
import TestSupport
import Testing

/// Functions, reductions, products and normalizations against PyTorch and ONNX Runtime, with inputs that include extreme and non-finite
/// values.
@Suite struct ArithmeticGoldenTests {
    @Test func everyEntryAgrees() throws {
        let entries = try Golden.load("operators-arithmetic")["entries"].array()
        #expect(entries.count > 190)
        for entry in entries {
            let words = try entry["name"].string().split(separator: " ").map(String.init)
            guard let kernel = Self.kernel(words, parameters: try entry["parameters"].array().map { try shape($0) })
            else {
                Issue.record("\(words) is not an operator")
                continue
            }
            try check(entry, words.joined(separator: " "), kernel)
        }
    }

    private func check(_ entry: JSONValue, _ name: String, _ kernel: any Operator) throws {
        let inputs = try entry["inputs"].array().map(tensor)
        let example = OperatorCase(name, kernel, inputs.map(\.shape))
        let store = ParameterStore(for: example.graph, seed: 0)
        for (slot, value) in zip(store.entries, try entry["parameters"].array()) {
            slot.value.assign(try tensor(value))
        }
        let program = try ReferenceBackend().compile(
            example.graph, parameters: store, inputs: example.inputShapes, mode: .training)
        let given = Dictionary(uniqueKeysWithValues: inputs.enumerated().map { ("input\($0)", $1) })
        let output = try #require(try program.forward(given)["output"])
        let expected = try tensor(entry["output"])
        #expect(close(output, expected), "\(name): \(output.elements) instead of \(expected.elements)")
        guard let slope = entry.optional("slope") else { return }
        try program.backward(["output": try tensor(slope).reshaped(output.shape)])
        try #require(entry["inputGradients"].array().count == inputs.count, "\(name)")
        try #require(entry["parameterGradients"].array().count == store.entries.count, "\(name)")
        for (index, value) in try entry["inputGradients"].array().enumerated() {
            let (gradient, expected) = (try program.gradient("input\(index)"), try tensor(value))
            #expect(close(gradient, expected), "\(name) \(index): \(gradient.elements) instead of \(expected.elements)")
        }
        for (slot, value) in zip(store.entries, try entry["parameterGradients"].array()) {
            let gradient = Tensor(copying: try #require(slot.gradient))
            #expect(close(gradient, try tensor(value)), "\(name), \(slot.name)")
        }
    }

    /// Equal up to rounding; NaN and infinity must match exactly.
    private func close(_ actual: Tensor, _ expected: Tensor) -> Bool {
        guard actual.shape == expected.shape else { return false }
        let scale = expected.elements.filter(\.isFinite).map(abs).max() ?? 0
        return zip(actual.elements, expected.elements).allSatisfy { actual, expected in
            if !expected.isFinite || !actual.isFinite {
                return actual.isNaN && expected.isNaN || actual == expected
            }
            return abs(actual - expected) <= 3e-6 * abs(expected) + 1e-6 * min(scale, 1)
        }
    }

    private func shape(_ value: JSONValue) throws -> [Int] { try value["shape"].integers() }

    private func tensor(_ value: JSONValue) throws -> Tensor {
        let elements = try value["data"].array().map { number -> Float in
            if let word = try? number.string() { return word == "nan" ? .nan : word == "inf" ? .infinity : -.infinity }
            return Float(try number.number())
        }
        return Tensor(try shape(value), elements: elements)
    }

    /// Returns the operator of an entry.
    private static func kernel(_ words: [String], parameters: [[Int]]) -> (any Operator)? {
        let axes = words.last.flatMap { $0.allSatisfy(\.isNumber) ? $0.compactMap(\.wholeNumberValue) : nil } ?? []
        let axis = words.dropFirst().first.flatMap(Int.init) ?? 0
        switch words[0] {
        case "activation": return functions[words[words.count - 1]].map(Activation.init)
        case "add": return Add()
        case "multiply": return Multiply()
        case "subtract": return Arithmetic(.subtract)
        case "divide": return Arithmetic(.divide)
        case "power": return Arithmetic(.power)
        case "maximum": return Arithmetic(.maximum)
        case "minimum": return Arithmetic(.minimum)
        case "modulo": return Arithmetic(.modulo)
        case "remainder": return Arithmetic(.remainder)
        case "where": return Where()
        case "softmax": return Softmax(axis: axis)
        case "logSoftmax": return LogSoftmax(axis: axis)
        case "reduce":
            return reductions[words[1]].map { Reduction($0, axes: words.count > 3 ? [1] : axes, keepsAxes: true) }
        case "argmax": return ArgumentOfMaximum(axis: 1, keepsAxis: true)
        case "argmin": return ArgumentOfMaximum(axis: 1, keepsAxis: true, minimum: true)
        case "matmul": return MatrixMultiplication()
        case "correlation":
            switch words[1] {
            case "groups": return Correlation(stride: Extent(2, 1), dilation: Extent(1, 2), groups: 2)
            case "channels": return Correlation(groups: 3)
            default: return Correlation(padding: 1)
            }
        case "instance": return InstanceNormalization(channels: parameters[0][0], epsilon: 1e-3)
        case "group": return GroupNormalization(groups: 2, channels: parameters[0][0], epsilon: 1e-3)
        case "layer": return LayerNormalization(shape: parameters[0], epsilon: 1e-3)
        case "prelu": return PReLU(slopeShape: parameters[0])
        case "lrn":
            return axis == 3
                ? LocalResponseNormalization(size: 3, alpha: 0.3, beta: 0.75, bias: 1.5)
                : LocalResponseNormalization(size: 4, alpha: 0.5, beta: 0.6, bias: 2)
        default: return nil
        }
    }

    private static let reductions: [String: Reduction.Function] = [
        "mean": .mean, "sum": .sum, "max": .max, "min": .min, "product": .product, "l1": .l1, "l2": .l2,
        "sumOfSquares": .sumOfSquares, "logSum": .logSum, "logSumExp": .logSumExp,
    ]

    private static let functions: [String: Activation.Function] = [
        "leakyReLU": .leakyReLU(slope: 0.1), "hardSigmoid": .hardSigmoid(slope: 1 / 6, shift: 0.5),
        "hardSwish": .hardSwish, "elu": .elu(alpha: 0.7), "selu": .selu(alpha: 1.6732632, gamma: 1.050701),
        "celu": .celu(alpha: 1.3), "softplus": .softplus, "softsign": .softsign, "tanh": .tanh, "mish": .mish,
        "gelu": .gelu(approximated: false), "geluTanh": .gelu(approximated: true), "silu": .silu,
        "clip": .clip(lowest: -0.4, highest: 6), "thresholdedReLU": .thresholdedReLU(threshold: 0.5), "exp": .exp,
        "log": .log, "sqrt": .sqrt, "reciprocal": .reciprocal, "absolute": .absolute, "negate": .negate,
        "sign": .sign, "floor": .floor, "ceil": .ceil, "round": .round, "truncate": .truncate, "erf": .erf,
        "sin": .sin, "cos": .cos, "tan": .tan, "asin": .asin, "acos": .acos, "atan": .atan, "sinh": .sinh,
        "cosh": .cosh,
    ]
}
