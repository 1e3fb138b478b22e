import Operators

/// A graph being written to a file; ensures that names are unique.
final class GraphWriter {
    private(set) var graph = ProtoGraphDefinition()
    /// The functions called by nodes.
    private(set) var functions: [ProtoFunctionDefinition] = []
    /// The names of boolean values, by the names of their float versions.
    private var booleans: [String: String] = [:]
    /// The names of byte values, by the names of their float versions.
    private var integers: [String: (name: String, kind: IntegerKind)] = [:]
    private var taken: Set<String> = []

    /// Reserves a name for later use, so that no part of a node takes it.
    ///
    /// - Throws: ``ONNXError/notExportable(node:reason:)`` when the name is taken.
    func reserve(_ name: String) throws(ONNXError) {
        guard taken.insert(name).inserted else {
            throw .notExportable(node: name, reason: "two values would have this name")
        }
    }

    /// Returns the name, or a similar one that is free, and reserves it.
    func unique(_ name: String) -> String {
        if taken.insert(name).inserted { return name }
        var number = 2
        while !taken.insert("\(name)_\(number)").inserted { number += 1 }
        return "\(name)_\(number)"
    }

    func add(_ node: ProtoNodeDefinition) { graph.node.append(node) }

    func add(_ initializer: ProtoTensorDefinition) { graph.initializer.append(initializer) }

    func add(_ function: LocalFunction) {
        if !functions.contains(where: { $0.name == function.name }) { functions.append(function.definition) }
    }

    /// Records that the file also has a value's zeros and ones as booleans.
    func add(boolean: String, of value: String) { booleans[value] = boolean }

    /// Returns the boolean version of a value, if the file has one.
    func boolean(of value: String) -> String? { booleans[value] }

    /// Records that the file also has a value's integers as bytes.
    func add(integers: String, _ kind: IntegerKind, of value: String) { self.integers[value] = (integers, kind) }

    /// Returns the byte version of a value, if the file has one.
    func integers(of value: String) -> (name: String, kind: IntegerKind)? { integers[value] }

    func add(input: ProtoValueInformation) { graph.input.append(input) }

    func add(output: ProtoValueInformation) { graph.output.append(output) }

    func add(value: ProtoValueInformation) { graph.valueInfo.append(value) }

    /// The number of bytes of all initializers.
    var numberBytes: Int { graph.initializer.reduce(0) { $0 + $1.rawData.count } }
}
