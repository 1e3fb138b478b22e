/// What a file needs and Pinpoint does not have, with where it stands.
struct Lacks {
    private struct Lack {
        let what: String
        var nodes: [String] = []
        var reads: [String] = []
        var feeds: [String] = []
    }

    private var lacks: [Lack] = []

    /// Notes that a node needs something.
    ///
    /// - Parameter reads: Names of values that the node reads and that can be had.
    /// - Returns: The number of the lack.
    mutating func note(_ what: String, node: String, reads: [String]) -> Int {
        let index = lacks.firstIndex { $0.what == what } ?? lacks.count
        if index == lacks.count { lacks.append(Lack(what: what)) }
        lacks[index].nodes.append(node)
        for name in reads where lacks[index].reads.count < 4 && !lacks[index].reads.contains(name) {
            lacks[index].reads.append(name)
        }
        return index
    }

    /// Notes that a result depends on some of them.
    mutating func note(_ indices: Set<Int>, feed result: String) {
        for index in indices { lacks[index].feeds.append(result) }
    }

    /// All of them; nil when there are none.
    var error: ONNXError? {
        if lacks.isEmpty { return nil }
        return .unsupported(
            lacks.map { lack in
                var parts = ["\(count(lack.nodes, "node")): \(list(lack.nodes))"]
                if !lack.reads.isEmpty { parts.append("reading \(list(lack.reads))") }
                if !lack.feeds.isEmpty {
                    parts.append("feeding the \(lack.feeds.count == 1 ? "output" : "outputs") \(list(lack.feeds))")
                }
                return "\(lack.what) (\(parts.joined(separator: ", ")))"
            })
    }

    private func count(_ names: [String], _ noun: String) -> String {
        "\(names.count) \(noun)\(names.count == 1 ? "" : "s")"
    }

    private func list(_ names: [String]) -> String {
        let shown = names.prefix(4).map { "'\($0)'" }.joined(separator: ", ")
        return names.count > 4 ? "\(shown) and \(names.count - 4) more" : shown
    }
}
