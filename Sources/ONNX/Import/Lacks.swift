/// The features that a file needs and Pinpoint does not support, with the nodes that need them.
struct Lacks {
    /// A set of unsupported features; if there are too many, the last bit stands for all others.
    struct Set: OptionSet {
        let rawValue: UInt64
    }

    private struct Lack {
        let what: String
        var nodes: [String] = []
        var reads: [String] = []
        var feeds: [String] = []
    }

    private static let limit = 64
    private var lacks: [Lack] = []
    private var indices: [String: Int] = [:]

    /// Records that a node needs an unsupported feature.
    ///
    /// - Parameter reads: Names of available values that the node reads.
    mutating func note(_ what: String, node: String, reads: [String]) -> Set {
        let index = index(of: what)
        lacks[index].nodes.append(node)
        for name in reads where lacks[index].reads.count < 4 && !lacks[index].reads.contains(name) {
            lacks[index].reads.append(name)
        }
        return Set(rawValue: 1 << UInt64(index))
    }

    private mutating func index(of what: String) -> Int {
        if let index = indices[what] { return index }
        if lacks.count == Self.limit { return Self.limit - 1 }
        lacks.append(Lack(what: lacks.count == Self.limit - 1 ? "and others" : what))
        indices[what] = lacks.count - 1
        return lacks.count - 1
    }

    /// Records that a result depends on some of the features.
    mutating func note(_ set: Set, feed result: String) {
        for index in lacks.indices where set.contains(Set(rawValue: 1 << UInt64(index))) {
            lacks[index].feeds.append(result)
        }
    }

    /// The error that lists all features on which results depend; nil if there are none.
    var error: ONNXError? {
        let lacks = lacks.filter { !$0.feeds.isEmpty }
        if lacks.isEmpty { return nil }
        return .unsupported(
            lacks.map { lack in
                var parts = ["\(lack.nodes.count) \(lack.nodes.count == 1 ? "node" : "nodes"): \(list(lack.nodes))"]
                if !lack.reads.isEmpty { parts.append("reading \(list(lack.reads))") }
                parts.append("feeding the \(lack.feeds.count == 1 ? "output" : "outputs") \(list(lack.feeds))")
                return "\(lack.what) (\(parts.joined(separator: ", ")))"
            })
    }

    private func list(_ names: [String]) -> String {
        let shown = names.prefix(4).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
    }
}
