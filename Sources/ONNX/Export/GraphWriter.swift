import Operators

/// A file's graph in the making: it sees to it that no two values have one name.
final class GraphWriter {
    private(set) var graph = ProtoGraphDefinition()
    /// The functions that nodes call.
    private(set) var functions: [ProtoFunctionDefinition] = []
    /// Booleans by the names of the values that hold them as numbers.
    private var booleans: [String: String] = [:]
    /// Bytes by the names of the values that hold them as floats.
    private var integers: [String: (name: String, kind: IntegerKind)] = [:]
    private var taken: Set<String> = []

    /// Keeps a name for what comes later, so that no part of a node takes it.
    ///
    /// - Throws: ``ONNXError/notExportable(node:reason:)`` when it is kept already.
    func reserve(_ name: String) throws(ONNXError) {
        guard taken.insert(name).inserted else {
            throw .notExportable(node: name, reason: "two values would have this name")
        }
    }

    /// The name, or one like it that is free; it is kept.
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

    /// Remembers that a value's zeros and ones stand in the file as booleans, too.
    func add(boolean: String, of value: String) { booleans[value] = boolean }

    /// The booleans behind a value's zeros and ones, where the file has them.
    func boolean(of value: String) -> String? { booleans[value] }

    /// Remembers that a value's whole numbers stand in the file as bytes.
    func add(integers: String, _ kind: IntegerKind, of value: String) { self.integers[value] = (integers, kind) }

    /// The bytes behind a value's whole numbers, where the file has them.
    func integers(of value: String) -> (name: String, kind: IntegerKind)? { integers[value] }

    func add(input: ProtoValueInformation) { graph.input.append(input) }

    func add(output: ProtoValueInformation) { graph.output.append(output) }

    func add(value: ProtoValueInformation) { graph.valueInfo.append(value) }

    /// The bytes of all numbers.
    var numberBytes: Int { graph.initializer.reduce(0) { $0 + $1.rawData.count } }
}
