import Graphs
import Tensors

/// One use of an operator, stated once and used several times: its gradient against finite differences, a backend against the
/// reference, its speed.
public struct OperatorCase: Sendable, CustomStringConvertible {
    /// What is special about it.
    public let name: String
    /// The operator with its attributes.
    public let `operator`: any Operator
    /// A shape for each input.
    public let inputs: [[Int]]
    /// The modes in which it behaves differently; one for most operators.
    public let modes: [ProgramMode]

    /// A case from its parts.
    public init(_ name: String, _ operator: any Operator, _ inputs: [[Int]], modes: [ProgramMode] = [.training]) {
        self.name = name
        self.operator = `operator`
        self.inputs = inputs
        self.modes = modes
    }

    /// The operator's name and the case's.
    public var description: String { "\(`operator`.kind) \(name)" }

    /// A graph of this one operator, with inputs `input0`, `input1`, … and the output `output`.
    public var graph: Graph {
        var graph = Graph()
        let values = inputs.indices.map { graph.input("input\($0)", wantsGradientInTraining: true) }
        graph.output("output", graph.add("node", `operator`, values))
        return graph
    }

    /// The shapes to compile ``graph`` for.
    public var inputShapes: [String: [Int]] {
        Dictionary(uniqueKeysWithValues: inputs.enumerated().map { ("input\($0)", $1) })
    }

    /// Inputs for ``graph``: evenly spaced values in random order, from about -1.75 to 1.75, none of them zero; so no maximum is
    /// tied, and a finite difference meets no kink.
    public func randomInputs(seed: UInt64) -> [String: Tensor] {
        Dictionary(
            uniqueKeysWithValues: inputs.enumerated().map { index, shape in
                var random = SeededGenerator(seed, index)
                let count = shape.reduce(1, *)
                let values = (0..<count).map { 3.5 * (Float($0) + (count % 2 == 0 ? 0.5 : 0.75)) / Float(count) - 1.75 }
                return ("input\(index)", Tensor(shape, elements: values.shuffled(using: &random)))
            })
    }
}
