/// A network as data: named nodes in topological order.
///
/// Names are dotted as in PyTorch (`backbone.layer1.0.conv1`); a parameter's name is its node's name followed by its own
/// (`backbone.layer1.0.conv1.weight`), so weights are matched by name and any layer can be tapped by name.
public struct Graph: Sendable {
    /// A value in a graph: an input or the output of a node. Valid only for the graph that made it.
    public struct Value: Hashable, Sendable {
        /// Position in ``Graph/nodes``.
        public let index: Int
    }

    /// One node of the network.
    public struct Node: Sendable {
        /// The dotted name, unique in the graph.
        public let name: String
        /// The operator that computes the value; nil for an input of the graph.
        public let `operator`: (any Operator)?
        /// The node's inputs, all earlier in the list.
        public let inputs: [Value]
        /// Whether training keeps the gradient with respect to it: always, except for inputs of the graph that do not ask for it.
        public let needsGradientInTraining: Bool

        /// Returns the full name of one of the node's parameters.
        public func parameterName(_ declaration: ParameterDeclaration) -> String { "\(name).\(declaration.name)" }
    }

    /// A value that `forward` returns.
    public struct Output: Hashable, Sendable {
        /// The name under which it is returned.
        public let name: String
        /// The returned value.
        public let value: Value
    }

    /// All nodes, including the graph's inputs, each after the nodes that it reads.
    public private(set) var nodes: [Node] = []
    /// The results of `forward`, in the order of declaration.
    public private(set) var outputs: [Output] = []
    private var indices: [String: Int] = [:]

    /// An empty graph.
    public init() {}

    /// Declares an input. In training, its gradient is needed only if something is trained with it; the inspector always gets it.
    public mutating func input(_ name: String, needsGradientInTraining: Bool = false) -> Value {
        append(Node(name: name, operator: nil, inputs: [], needsGradientInTraining: needsGradientInTraining))
    }

    /// Adds a node and returns its output.
    public mutating func add(_ name: String, _ `operator`: some Operator, _ inputs: Value...) -> Value {
        add(name, `operator`, inputs)
    }

    /// Adds a node and returns its output.
    public mutating func add(_ name: String, _ `operator`: some Operator, _ inputs: [Value]) -> Value {
        precondition(
            `operator`.inputCount.contains(inputs.count),
            "\(name): \(`operator`.kind) takes \(`operator`.inputCount) inputs, not \(inputs.count)")
        precondition(inputs.allSatisfy { nodes.indices.contains($0.index) }, "\(name) reads a value of another graph")
        return append(Node(name: name, operator: `operator`, inputs: inputs, needsGradientInTraining: true))
    }

    /// Makes a value one of the results of `forward`.
    public mutating func output(_ name: String, _ value: Value) {
        precondition(!outputs.contains { $0.name == name }, "two outputs are called \(name)")
        outputs.append(Output(name: name, value: value))
    }

    /// Adds a second name for a value: imported graphs name both nodes and their outputs, and no-op nodes are left out of the graph. A name
    /// that is already taken keeps its meaning.
    public mutating func alias(_ name: String, for value: Value) {
        if indices[name] == nil { indices[name] = value.index }
    }

    /// The aliases, each with the index of its node.
    package var aliases: [(name: String, index: Int)] {
        indices.filter { nodes[$0.value].name != $0.key }.map { ($0.key, $0.value) }
    }

    /// The value with this name or alias, nil when there is none.
    public func value(named name: String) -> Value? { indices[name].map(Value.init(index:)) }

    /// The inputs of the graph, in the order of declaration.
    public var inputNames: [String] { nodes.filter { $0.operator == nil }.map(\.name) }

    /// Every parameter with its full name, in node order: the order in which weights files list them.
    public var parameters: [(name: String, declaration: ParameterDeclaration)] {
        nodes.flatMap { node in
            (node.operator?.parameters ?? []).map { (node.parameterName($0), $0) }
        }
    }

    /// The number of learned values (statistics are not learned).
    public var learnedParameterCount: Int {
        parameters.filter { $0.declaration.role != .statistic }.reduce(0) { $0 + $1.declaration.shape.reduce(1, *) }
    }

    /// Returns the same graph with some operators, or the gradients that training keeps, replaced.
    func replacing(_ change: (_ index: Int, _ node: Node) -> Node) -> Graph {
        var graph = self
        for index in nodes.indices {
            graph.nodes[index] = change(index, nodes[index])
            precondition(graph.nodes[index].name == nodes[index].name, "a replaced node must keep its name")
        }
        return graph
    }

    private mutating func append(_ node: Node) -> Value {
        precondition(indices[node.name] == nil, "two nodes have the name \(node.name)")
        indices[node.name] = nodes.count
        nodes.append(node)
        return Value(index: nodes.count - 1)
    }
}

extension Graph {
    /// Returns the shape of every value, by node order, for inputs of the given shapes.
    ///
    /// - Throws: ``GraphError`` that names the node whose operator cannot take its inputs' shapes, an input without a shape, or a value
    ///   that is too large.
    public func inferShapes(_ inputs: [String: [Int]]) throws(GraphError) -> [[Int]] {
        var shapes: [[Int]] = []
        for node in nodes {
            guard let op = node.operator else {
                guard let shape = inputs[node.name] else { throw .missingInput(node.name) }
                do {
                    try requireSize(shape)
                } catch {
                    throw .shape(node: node.name, kind: "input", reason: error.description)
                }
                shapes.append(shape)
                continue
            }
            do {
                let shape = try op.outputShape(node.inputs.map { shapes[$0.index] })
                try requireSize(shape)
                shapes.append(shape)
            } catch {
                throw .shape(node: node.name, kind: op.kind, reason: error.description)
            }
        }
        return shapes
    }
}

/// An error in a graph, or in what a graph or program was given.
public enum GraphError: Error, Equatable, CustomStringConvertible {
    /// An input of the graph is missing.
    case missingInput(String)
    /// A tensor was given that is not an input of the graph, or whose shape differs from the one the program was compiled for.
    case unexpectedInput(name: String, shape: [Int], expected: [Int]?)
    /// A node cannot take the shapes of its inputs.
    case shape(node: String, kind: String, reason: String)
    /// There is no node of that name; the nearest ones are listed.
    case unknownNode(String, nearest: [String])
    /// A parameter is missing or has another shape.
    case parameter(name: String, expected: [Int], found: [Int]?)
    /// `backward` before `forward`, or in a mode without gradients.
    case noGradients(String)
    /// The program does not keep the requested value or gradient.
    case notTapped(String)
    /// The processor or the graph does not support the requested precision; the message says which.
    case precision(String)

    /// The error message for the terminal.
    public var description: String {
        switch self {
        case .missingInput(let name): "the input '\(name)' is missing"
        case .unexpectedInput(let name, let shape, let expected?):
            "'\(name)' has the shape \(shape) where \(expected) was expected"
        case .unexpectedInput(let name, _, nil): "the network has no input or output called '\(name)'"
        case .shape(let node, let kind, let reason): "\(node) (\(kind)): \(reason)"
        case .unknownNode(let name, let nearest):
            nearest.isEmpty
                ? "there is no layer called '\(name)'"
                : "there is no layer called '\(name)'; the nearest are \(nearest.joined(separator: ", "))"
        case .parameter(let name, let expected, let found?):
            "the parameter '\(name)' has the shape \(found) where \(expected) was expected"
        case .parameter(let name, _, nil): "the parameter '\(name)' is missing"
        case .noGradients(let reason), .precision(let reason): reason
        case .notTapped(let name):
            "the memory of '\(name)' has been reused; compile for inspection and tap it to keep it"
        }
    }
}
