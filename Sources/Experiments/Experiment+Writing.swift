import JSON

extension Experiment {
    /// The complete experiment: every setting that applies, with its value.
    public var json: JSONValue {
        Self.tree(Self.settings.filter { $0.applies(self) }.map { ($0.path[...], $0.write(self)) })
    }

    private static func tree(_ leaves: [(path: ArraySlice<String>, value: JSONValue)]) -> JSONValue {
        var object = JSONObject()
        for leaf in leaves {
            guard let key = leaf.path.first, object[key] == nil else { continue }
            let below = leaves.filter { $0.path.first == key }
            object[key] = leaf.path.count == 1 ? leaf.value : tree(below.map { ($0.path.dropFirst(), $0.value) })
        }
        return .object(object)
    }
}
