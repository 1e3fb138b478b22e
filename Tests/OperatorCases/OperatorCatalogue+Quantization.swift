import Graphs
import Operators

extension OperatorCatalogue {
    static let quantizingOperators: [any Operator.Type] = [QuantizeLinear.self, DequantizeLinear.self]

    /// With a scale of 1/64, the usual range, up to 1.75, covers the range of bytes and exceeds it. Step functions have no finite
    /// differences; their gradient has its own test.
    static let quantizingCases: [OperatorCase] = [
        OperatorCase(
            "to bytes", QuantizeLinear(.uint8), [[2, 3, 5, 4]], isDifferentiable: false, values: [.range(-4...5)]),
        OperatorCase(
            "to signed bytes", QuantizeLinear(.int8), [[2, 20, 5, 3]], isDifferentiable: false, values: [.range(-4...3)]
        ),
        OperatorCase("a number", QuantizeLinear(.int8), [[]], isDifferentiable: false),
        OperatorCase(
            "channels", QuantizeLinear(.int8, axis: 1, channels: 3), [[2, 3, 5, 4]], isDifferentiable: false,
            values: [.range(-3...3)]),
        OperatorCase(
            "many channels", QuantizeLinear(.uint8, axis: 1, channels: 18), [[1, 18, 5, 3]], isDifferentiable: false,
            values: [.range(-3...5)]),
        OperatorCase("rows", QuantizeLinear(.uint8, axis: 0, channels: 5), [[5, 3]], isDifferentiable: false),
        OperatorCase("one scale", DequantizeLinear(), [[2, 3, 5, 4]]),
        OperatorCase("a number", DequantizeLinear(), [[]]),
        OperatorCase("channels", DequantizeLinear(axis: 1, channels: 20), [[2, 20, 3, 4]]),
        OperatorCase("columns", DequantizeLinear(axis: 2, channels: 4), [[2, 3, 4]]),
    ]
}
