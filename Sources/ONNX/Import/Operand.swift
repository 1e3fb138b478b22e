import Graphs

/// The meaning of a name in the file, after the node that computes it was imported.
enum Operand {
    /// Known at import.
    case literal(Known)
    /// Computed by the graph.
    case value(Flow)
    /// Not available: it depends on these unsupported features.
    case missing(Lacks.Set)

    static func literal(_ literal: Literal) -> Operand { .literal(Known(literal)) }
}

/// A value of the graph, with what is known about it at import.
struct Flow {
    let value: Graph.Value
    /// Its shape for the given inputs.
    let shape: [Int]
    /// The shape for another batch size; nil when the graph is not valid for others.
    let otherShape: [Int]?
    /// The kind of arithmetic that ONNX uses for the elements; the graph always computes in floats.
    let kind: Literal.Kind

    var rank: Int { shape.count }

    /// Returns the same value with another kind of arithmetic.
    func with(kind: Literal.Kind) -> Flow {
        Flow(value: value, shape: shape, otherShape: otherShape, kind: kind)
    }

    /// The same value, valid only for the given batch size.
    var withoutOtherShape: Flow { Flow(value: value, shape: shape, otherShape: nil, kind: kind) }
}

/// A literal, and its value for another batch size.
///
/// Everything computed at import is computed for two batch sizes in parallel. Values that agree do not depend on the batch size; where they
/// differ, the graph can often use the input's extent instead of a number.
struct Known {
    enum Other {
        case same
        case different(Literal)
        /// Not available: it depends on something that is valid for only one batch size.
        case none
    }

    let literal: Literal
    let other: Other

    init(_ literal: Literal, other: Other = .same) {
        self.literal = literal
        self.other = other
    }

    /// Creates a literal with its value for the other batch size.
    init(_ literal: Literal, other: Literal?) {
        self.literal = literal
        self.other = other.map { $0 == literal ? .same : .different($0) } ?? .none
    }

    /// The value for the other batch size; nil if not available.
    var otherLiteral: Literal? {
        switch other {
        case .same: literal
        case .different(let literal): literal
        case .none: nil
        }
    }

    /// Creates a value without elements.
    ///
    /// - Parameter otherShape: Its shape for the other batch size; nil if not available.
    init(empty shape: [Int], kind: Literal.Kind, otherShape: [Int]?) {
        let hasNone = otherShape?.contains(0) ?? false
        self.init(
            Literal(empty: shape, kind: kind),
            other: hasNone ? otherShape.map { Literal(empty: $0, kind: kind) } : nil)
    }

    var isSame: Bool { if case .same = other { true } else { false } }
}

/// A reason why a node cannot be imported.
enum ImportProblem: Error {
    /// Pinpoint does not support a feature; the import continues, to report all of them.
    case lacking(String)
    /// The node's result has no elements, and is therefore known.
    case empty([Int], kind: Literal.Kind, otherShape: [Int]?)
    /// The file cannot be used.
    case failed(ONNXError)

    /// Converts an error in reading a tensor of a node.
    init(_ error: ONNXError) {
        if case .unsupported(let what) = error, let first = what.first {
            self = .lacking(first)
        } else {
            self = .failed(error)
        }
    }
}
