extension Graph {
    /// Returns the part of a graph that computes some values from others. All names stay, so parameters fit unchanged.
    ///
    /// - Parameters:
    ///   - sources: Nodes at which the part begins; they become its inputs. Inputs of the whole graph stay inputs if something still
    ///     depends on them.
    ///   - results: The results of the part: names of outputs of this graph, or of nodes.
    /// - Throws: ``GraphError/unknownNode(_:nearest:)``.
    public func part(from sources: [String] = [], to results: [String]) throws(GraphError) -> Graph {
        var begins = [Bool](repeating: false, count: nodes.count)
        for name in sources { begins[try index(of: name)] = true }
        var ends: [(name: String, index: Int)] = []
        for name in results { ends.append((name, try indexOfResult(name))) }
        let needed = ancestors(of: ends.map(\.index)) { begins[$0] }
        var part = Graph()
        var places = [Value?](repeating: nil, count: nodes.count)
        for (index, node) in nodes.enumerated() where needed[index] {
            guard let kernel = node.operator, !begins[index] else {
                places[index] = part.input(node.name, needsGradientInTraining: node.needsGradientInTraining)
                continue
            }
            places[index] = part.add(node.name, kernel, node.inputs.compactMap { places[$0.index] })
        }
        for alias in aliases { if let value = places[alias.index] { part.alias(alias.name, for: value) } }
        for end in ends { if let value = places[end.index] { part.output(end.name, value) } }
        return part
    }

    /// Returns whether a result (an output or a node) is computed from a node.
    ///
    /// - Throws: ``GraphError/unknownNode(_:nearest:)``.
    public func depends(_ result: String, on name: String) throws(GraphError) -> Bool {
        ancestors(of: [try indexOfResult(result)])[try index(of: name)]
    }

    /// Returns the node of a result: the output of that name if there is one, otherwise the node.
    ///
    /// - Throws: ``GraphError/unknownNode(_:nearest:)``.
    public func indexOfResult(_ name: String) throws(GraphError) -> Int {
        if let output = outputs.first(where: { $0.name == name }) { return output.value.index }
        return try index(of: name)
    }

    /// Returns the nodes that match a pattern, in order: `*` stands for any characters within one dotted part, `**` for any characters.
    ///
    /// - Throws: ``GraphError/unknownNode(_:nearest:)`` when no node matches.
    public func nodes(matching pattern: String) throws(GraphError) -> [String] {
        guard pattern.contains("*") else { return [nodes[try index(of: pattern)].name] }
        let pattern = Array(pattern.utf8)
        let found = nodes.filter { $0.operator != nil && matches(Array($0.name.utf8)[...], pattern[...]) }.map(\.name)
        if found.isEmpty {
            let letters = String(decoding: pattern, as: UTF8.self).filter { $0 != "*" }
            throw .unknownNode(String(decoding: pattern, as: UTF8.self), nearest: nearestNames(to: letters))
        }
        return found
    }

    /// Returns which nodes the results are computed from, themselves included; the search does not go past nodes for which `isEnd` is true.
    private func ancestors(of results: [Int], isEnd: (Int) -> Bool = { _ in false }) -> [Bool] {
        var needed = [Bool](repeating: false, count: nodes.count)
        for index in results { needed[index] = true }
        for index in nodes.indices.reversed() where needed[index] && !isEnd(index) {
            for input in nodes[index].inputs { needed[input.index] = true }
        }
        return needed
    }
}

extension String {
    /// Returns whether this dotted name matches a pattern with `*` and `**`.
    func matches(pattern: String) -> Bool { Graphs.matches(Array(utf8)[...], Array(pattern.utf8)[...]) }
}

private func matches(_ name: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
    let star = UInt8(ascii: "*")
    guard let first = pattern.first else { return name.isEmpty }
    guard first == star else {
        return name.first == first && matches(name.dropFirst(), pattern.dropFirst())
    }
    let crossesParts = pattern.dropFirst().first == star
    let rest = pattern.drop { $0 == star }
    var name = name
    while true {
        if matches(name, rest) { return true }
        guard let next = name.popFirst(), crossesParts || next != UInt8(ascii: ".") else { return false }
    }
}
