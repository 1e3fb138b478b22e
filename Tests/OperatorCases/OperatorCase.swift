import Graphs
import Operators
import Tensors

/// An example of an operator, shared by several tests: its gradient against finite differences, a backend against the reference, its speed.
public struct OperatorCase: Sendable, CustomStringConvertible {
    /// What distinguishes the case.
    public let name: String
    /// The operator with its attributes.
    public let `operator`: any Operator
    /// The shape of each input.
    public let inputs: [[Int]]
    /// The modes in which it behaves differently; one for most operators.
    public let modes: [ProgramMode]
    /// Whether finite differences apply; step functions have a gradient by convention, which has its own test.
    public let isDifferentiable: Bool
    /// The values of each input; missing entries mean the usual range.
    public let values: [Values]
    /// How far results may be from what they are compared with.
    public let tolerance: Tolerance

    /// How far results may be from what they are compared with.
    public struct Tolerance: Sendable {
        /// Another backend's values and gradients, as a fraction of the largest value.
        public var backend: Float = 1e-4
        /// A gradient's elements from central differences in float32, plus the same fraction of the difference.
        public var gradient = 8e-3

        /// The tolerances of most operators.
        public init() {}
    }

    /// The distribution of an input's values.
    public enum Values: Sendable {
        /// Evenly spaced in a range, in random order; none is zero, and all differ.
        case range(ClosedRange<Float>)
        /// Zeros and ones in random order.
        case bits
        /// Like the usual range, but at least a tenth away from integers, where an interpolating operator has kinks.
        case betweenCells

        /// The range for most operators.
        public static let usual = range(-1.75...1.75)
    }

    /// Creates a case from its parts.
    public init(
        _ name: String, _ operator: any Operator, _ inputs: [[Int]], modes: [ProgramMode] = [.training],
        isDifferentiable: Bool = true, values: [Values] = [], tolerance: Tolerance = Tolerance()
    ) {
        self.tolerance = tolerance
        self.values = values
        self.name = name
        self.operator = `operator`
        self.inputs = inputs
        self.modes = modes
        self.isDifferentiable = isDifferentiable
    }

    /// The operator's name followed by the case's name.
    public var description: String { "\(`operator`.kind) \(name)" }

    /// A graph of this one operator, with inputs `input0`, `input1`, … and the output `output`.
    public var graph: Graph {
        var graph = Graph()
        let values = inputs.indices.map { graph.input("input\($0)", needsGradientInTraining: true) }
        graph.output("output", graph.add("node", `operator`, values))
        return graph
    }

    /// The shapes for which to compile ``graph``.
    public var inputShapes: [String: [Int]] {
        Dictionary(uniqueKeysWithValues: inputs.enumerated().map { ("input\($0)", $1) })
    }

    /// Returns inputs for ``graph``: evenly spaced values in random order, from -1.75 to 1.75 by default, none of them zero; so no maximum
    /// is tied, and finite differences meet no kink.
    public func randomInputs(seed: UInt64) -> [String: Tensor] {
        Dictionary(
            uniqueKeysWithValues: inputs.enumerated().map { index, shape in
                var random = SeededGenerator(seed, index)
                let count = shape.reduce(1, *)
                func evenly(_ place: Int, in range: ClosedRange<Float>) -> Float {
                    let step = (range.upperBound - range.lowerBound) / Float(count)
                    return range.lowerBound + step * (Float(place) + (count % 2 == 0 ? 0.5 : 0.75))
                }
                let elements = (0..<count).map { place -> Float in
                    switch index < values.count ? values[index] : .usual {
                    case .bits: return Float(place % 2)
                    case .range(let range): return evenly(place, in: range)
                    case .betweenCells:
                        let value = evenly(place, in: -1.75...1.75)
                        let whole = value.rounded(.down)
                        return whole + 0.1 + 0.8 * (value - whole)
                    }
                }
                return ("input\(index)", Tensor(shape, elements: elements.shuffled(using: &random)))
            })
    }
}
