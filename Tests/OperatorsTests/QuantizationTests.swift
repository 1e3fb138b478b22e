import Foundation
import Graphs
import Operators
import Tensors
import Testing

/// Quantization and dequantization against their definition, element by element, and their properties.
@Suite struct QuantizationTests {
    /// Runs an operator with these scales and zero points.
    private func run(
        _ kernel: any Operator, _ input: Tensor, scale: Tensor, zero: Tensor
    ) throws -> (program: any Program, output: Tensor) {
        var graph = Graph()
        graph.output("output", graph.add("node", kernel, graph.input("input", needsGradientInTraining: true)))
        let store = ParameterStore(for: graph)
        try store.assign("node.scale", scale)
        try store.assign("node.zero_point", zero)
        let program = try ReferenceBackend().compile(
            graph, parameters: store, inputs: ["input": input.shape], mode: .inspection)
        return (program, try #require(try program.forward(["input": input])["output"]))
    }

    private func number(_ value: Float) -> Tensor { Tensor([], elements: [value]) }

    /// Computes `saturate(round(x / scale) + zero)` in double precision.
    private func expected(_ x: Float, _ scale: Float, _ zero: Float, _ kind: IntegerKind) -> Float {
        let moved = Double(x / scale).rounded(.toNearestOrEven) + Double(zero)
        return Float(min(max(moved, Double(kind.range.lowerBound)), Double(kind.range.upperBound)))
    }

    @Test(arguments: IntegerKind.allCases, [(0.5, 3), (0.013, 0), (7, 100), (1e-6, 5)] as [(Float, Float)])
    func everyNumberIsRoundedAndKeptInRange(kind: IntegerKind, form: (scale: Float, zero: Float)) throws {
        var random = SeededGenerator(3, 0)
        // Halves and quarters of steps, far beyond both ends, and numbers of all magnitudes.
        var elements = (-1200...1200).map { Float($0) * form.scale / 4 }
        elements += (0..<500).map { _ in Float(random.normal()) * 300 * form.scale }
        elements += [0, -0.0, 1e30, -1e30, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude]
        let input = Tensor([elements.count], elements: elements)
        let output = try run(
            QuantizeLinear(kind), input, scale: number(form.scale), zero: number(form.zero)
        ).output
        for (x, y) in zip(elements, output.elements) {
            #expect(y == expected(x, form.scale, form.zero, kind), "\(x)")
        }
    }

    @Test func halvesGoToTheEvenNeighbour() throws {
        let input = Tensor([6], elements: [0.5, 1.5, 2.5, -0.5, -1.5, -2.5])
        let output = try run(QuantizeLinear(.int8), input, scale: number(1), zero: number(0)).output
        #expect(output.elements == [0, 2, 2, 0, -2, -2])
    }

    @Test func whatIsNoNumberStaysNone() throws {
        let output = try run(
            QuantizeLinear(.uint8), Tensor([2], elements: [.nan, 1]), scale: number(1), zero: number(0)
        ).output
        #expect(output.elements[0].isNaN && output.elements[1] == 1)
    }

    @Test(arguments: [0, 1, 2]) func everyPlaceOfAnAxisHasItsOwn(axis: Int) throws {
        let shape = [3, 4, 5]
        let count = shape[axis]
        let scales = (0..<count).map { 0.1 + 0.05 * Float($0) }
        let zeros = (0..<count).map { Float(10 * $0) }
        var random = SeededGenerator(7, axis)
        let input = Tensor(shape, elements: (0..<60).map { _ in Float(random.normal()) * 9 })
        let (scale, zero) = (Tensor([count], elements: scales), Tensor([count], elements: zeros))
        let integers = try run(
            QuantizeLinear(.uint8, axis: axis, channels: count), input, scale: scale, zero: zero
        ).output
        let back = try run(
            DequantizeLinear(axis: axis, channels: count), integers, scale: scale, zero: zero
        ).output
        for i in 0..<3 {
            for j in 0..<4 {
                for k in 0..<5 {
                    let place = [i, j, k][axis]
                    let integer = expected(input[i, j, k], scales[place], zeros[place], .uint8)
                    #expect(integers[i, j, k] == integer)
                    #expect(back[i, j, k] == (integer - zeros[place]) * scales[place])
                }
            }
        }
    }

    /// Every integer is restored exactly for any scale, so values that are only moved between two roundings stay unchanged.
    @Test func roundingTwiceIsRoundingOnce() throws {
        let integers = Tensor([256], elements: (0..<256).map(Float.init))
        for exponent in stride(from: -20.0, through: 20, by: 0.37) {
            let scale = number(Float(exp2(exponent)))
            let real = try run(DequantizeLinear(), integers, scale: scale, zero: number(77)).output
            let again = try run(QuantizeLinear(.uint8), real, scale: scale, zero: number(77)).output
            #expect(again == integers, "scale 2^\(exponent)")
        }
    }

    /// Within the range, the gradient of both operators together equals the output's gradient; outside it is zero.
    @Test(arguments: IntegerKind.allCases) func gradientsGoStraightThrough(kind: IntegerKind) throws {
        let elements = (-300...300).map { Float($0) * 0.24 }
        let input = Tensor([elements.count], elements: elements)
        var random = SeededGenerator(9, 0)
        let slope = Tensor([elements.count], elements: elements.map { _ in Float(random.normal()) })
        let (scale, zero): (Float, Float) = (0.25, 20)
        let (program, _) = try run(QuantizeLinear(kind), input, scale: number(scale), zero: number(zero))
        try program.backward(["output": slope])
        let gradient = try program.gradient("input")
        for (place, x) in elements.enumerated() {
            let integer = Int((x / scale).rounded(.toNearestOrEven) + zero)
            let passes = kind.range.contains(integer)
            #expect(gradient.elements[place] == (passes ? slope.elements[place] / scale : 0), "\(x)")
        }
        #expect(gradient.elements.contains(0) && gradient.elements.contains { $0 != 0 })
    }

    @Test func scalesThatDoNotFitAreRefused() {
        let kernel = QuantizeLinear(.int8, axis: 1, channels: 3)
        #expect(throws: ShapeError.self) { try kernel.outputShape([[2, 4, 5]]) }
        #expect(throws: ShapeError.self) { try kernel.outputShape([[3]]) }
        #expect(throws: ShapeError.self) { try DequantizeLinear(axis: 0, channels: 2).outputShape([[]]) }
    }
}
