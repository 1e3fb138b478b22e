import Graphs

/// What a name of the file stands for, once the node that makes it was imported.
enum Operand {
    /// Known at import.
    case literal(Known)
    /// Computed by the graph.
    case value(Flow)
    /// Not to be had: it depends on these of the parts that Pinpoint lacks.
    case missing(Lacks.Set)

    static func literal(_ literal: Literal) -> Operand { .literal(Known(literal)) }
}

/// A value of the graph, with what import knows about it.
struct Flow {
    let value: Graph.Value
    /// Its shape for the given inputs.
    let shape: [Int]
    /// Its shape for another extent of the inputs' first axes; nil when the graph is not right for such.
    let otherShape: [Int]?
    /// What its elements are to ONNX's arithmetic; the graph's own numbers are always floats.
    let kind: Literal.Kind

    var rank: Int { shape.count }

    /// The same value for other arithmetic.
    func with(kind: Literal.Kind) -> Flow {
        Flow(value: value, shape: shape, otherShape: otherShape, kind: kind)
    }

    /// The same value, which from here on belongs to the given batch size alone.
    var withoutOtherShape: Flow { Flow(value: value, shape: shape, otherShape: nil, kind: kind) }
}

/// A literal, and what it would be for another batch size.
///
/// Everything that is computed at import is computed for two batch sizes side by side. What comes out equal does not
/// depend on the batch; where it differs, the graph can often say "as the input" instead of a number.
struct Known {
    enum Other {
        case same
        case different(Literal)
        /// Not to be had: what it depends on belongs to one batch size.
        case none
    }

    let literal: Literal
    let other: Other

    init(_ literal: Literal, other: Other = .same) {
        self.literal = literal
        self.other = other
    }

    /// A literal that belongs with another one.
    init(_ literal: Literal, other: Literal?) {
        self.literal = literal
        self.other = other.map { $0 == literal ? .same : .different($0) } ?? .none
    }

    /// What it would be for the other batch size; nil when that is not to be had.
    var otherLiteral: Literal? {
        switch other {
        case .same: literal
        case .different(let literal): literal
        case .none: nil
        }
    }

    var isSame: Bool { if case .same = other { true } else { false } }
}

/// Why a node cannot be imported.
enum ImportProblem: Error {
    /// Pinpoint does not have this; what else is missing is worth knowing, too.
    case lacking(String)
    /// The file cannot be used.
    case failed(ONNXError)

    /// What a tensor of a node has that cannot be read.
    init(_ error: ONNXError) {
        if case .unsupported(let what) = error, let first = what.first {
            self = .lacking(first)
        } else {
            self = .failed(error)
        }
    }
}
