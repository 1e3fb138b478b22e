/// Where the names inside a function's or a branch's body are looked up.
///
/// Every name of the file gets one that is unique in it: those of the graph itself stay as they are, those of a body have its
/// caller's name before them.
final class Scope {
    /// The nodes whose bodies this one lies in, outermost first, as a prefix of names.
    let prefix: String
    /// The functions that are being put in place: none of them may be called within.
    let calls: [String]
    /// The versions of operators.
    let opsets: [ProtoOperatorSet]
    /// The attributes of a function's call, which its nodes refer to.
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

    /// The scope of a branch, which sees all names around it.
    func branch(of node: String) -> Scope {
        Scope(
            prefix: node + "/", calls: calls + [""], opsets: opsets, references: references, parent: self, names: [:])
    }

    /// The scope of a function, which sees its own names alone.
    static func function(
        _ key: String, calledBy node: String, from scope: Scope, opsets: [ProtoOperatorSet],
        references: [String: ProtoAttribute], inputs: [String: String]
    ) -> Scope {
        Scope(
            prefix: node + "/", calls: scope.calls + [key], opsets: opsets, references: references, parent: nil,
            names: inputs)
    }

    /// Whether this is the file's own graph.
    var isRoot: Bool { prefix.isEmpty }

    /// The name in the whole file of something that this body defines.
    func define(_ name: String) -> String {
        if isRoot || name.isEmpty { return name }
        let full = prefix + name
        names[name] = full
        return full
    }

    /// The name in the whole file of something that this body reads.
    func resolve(_ name: String) -> String {
        if name.isEmpty || isRoot { return name }
        if let found = names[name] { return found }
        return parent?.resolve(name) ?? name + " (inside a function)"
    }
}
