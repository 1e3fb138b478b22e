/// The scope of names inside the body of a function or branch.
///
/// All names become unique in the file: those of the main graph stay as they are, those of a body are prefixed with the caller's name.
final class Scope {
    /// The enclosing nodes, outermost first, as a prefix of names.
    let prefix: String
    /// The functions being inlined; none of them may be called inside.
    let calls: [String]
    /// The operator set versions.
    let opsets: [ProtoOperatorSet]
    /// The attributes of a function call, to which its nodes refer.
    let references: [String: ProtoAttribute]
    private let parent: Scope?
    private var names: [String: String]

    init(opsets: [ProtoOperatorSet]) {
        prefix = ""
        calls = []
        self.opsets = opsets
        references = [:]
        parent = nil
        names = [:]
    }

    private init(
        prefix: String, calls: [String], opsets: [ProtoOperatorSet], references: [String: ProtoAttribute],
        parent: Scope?, names: [String: String]
    ) {
        self.prefix = prefix
        self.calls = calls
        self.opsets = opsets
        self.references = references
        self.parent = parent
        self.names = names
    }

    /// Returns the scope of a branch, which sees all enclosing names.
    func branch(of node: String) -> Scope {
        Scope(
            prefix: node + "/", calls: calls + [""], opsets: opsets, references: references, parent: self, names: [:])
    }

    /// Returns the scope of a function, which sees only its own names.
    static func function(
        _ key: String, calledBy node: String, from scope: Scope, opsets: [ProtoOperatorSet],
        references: [String: ProtoAttribute], inputs: [String: String]
    ) -> Scope {
        Scope(
            prefix: node + "/", calls: scope.calls + [key], opsets: opsets, references: references, parent: nil,
            names: inputs)
    }

    /// Whether this is the scope of the main graph.
    var isRoot: Bool { prefix.isEmpty }

    /// Returns the file-wide name of a value that this body defines.
    func define(_ name: String) -> String {
        if isRoot || name.isEmpty { return name }
        let full = prefix + name
        names[name] = full
        return full
    }

    /// Returns the file-wide name of a value that this body reads.
    func resolve(_ name: String) -> String {
        if name.isEmpty || isRoot { return name }
        if let found = names[name] { return found }
        return parent?.resolve(name) ?? name + " (inside a function)"
    }
}
