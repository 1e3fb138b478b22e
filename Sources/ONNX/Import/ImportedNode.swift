import Foundation

/// A node of the file, or of an inlined function or branch.
struct ImportedNode {
    /// The node's name in the graph.
    let name: String
    /// The operator, prefixed with its domain if that is not the ONNX domain.
    let kind: String
    /// The names of its inputs, unique in the whole file; empty for a missing input.
    let inputs: [String]
    /// The names of its outputs.
    let outputs: [String]
    /// Its attributes.
    let attributes: [String: ProtoAttribute]
    /// The opset version.
    let opset: Int
    /// The scope for names inside its bodies.
    let scope: Scope
    /// The values of its inputs.
    var operands: [Operand?] = []

    /// The node's description in errors.
    var place: String { "node '\(name)' (\(kind))" }

    /// Returns an error: the file is inconsistent at this node.
    func malformed(_ reason: String) -> ImportProblem { .failed(.malformed(place: place, reason: reason)) }

    /// Returns an error: Pinpoint does not support this form of the operator.
    func lacking(_ form: String) -> ImportProblem { .lacking("\(kind) \(form)") }

    /// Returns an input; nil if it is missing.
    func operand(_ index: Int) -> Operand? { operands.indices.contains(index) ? operands[index] : nil }

    /// Returns whether an input is given.
    func has(_ index: Int) -> Bool { operand(index) != nil }

    /// Returns a required input.
    func required(_ index: Int) throws(ImportProblem) -> Operand {
        guard let operand = operand(index) else { throw malformed("its input \(index) is missing") }
        return operand
    }

    /// Returns an input that must be known at import; nil if it is missing.
    func known(_ index: Int, _ what: String) throws(ImportProblem) -> Known? {
        switch operand(index) {
        case .literal(let known)?: return known
        case nil: return nil
        case .value?, .missing?: throw lacking("with computed \(what)")
        }
    }

    /// Returns a list of integers that is an attribute in older opsets and an input in newer ones.
    func integers(_ attribute: String, orInput index: Int) throws(ImportProblem) -> [Int]? {
        if let values = try integers(attribute) { return values }
        return try knownIntegers(index, attribute)
    }

    /// Returns an input's elements, which must be integers and known at import.
    func knownIntegers(_ index: Int, _ what: String) throws(ImportProblem) -> [Int]? {
        guard let known = try known(index, what) else { return nil }
        return try integers(known.literal, what)
    }

    /// Returns a literal's elements, which must be integers.
    func integers(_ literal: Literal, _ what: String) throws(ImportProblem) -> [Int] {
        guard let integers = literal.integers else { throw malformed("its \(what) must be integers") }
        return integers.map(Int.init)
    }
}

/// Attributes by name and type; the earliest files leave the type out.
extension ImportedNode {
    func integer(_ name: String) throws(ImportProblem) -> Int? {
        try attribute(name, .int).map { Int($0.i) }
    }

    func integer(_ name: String, default value: Int) throws(ImportProblem) -> Int { try integer(name) ?? value }

    func flag(_ name: String, default value: Bool = false) throws(ImportProblem) -> Bool {
        try integer(name).map { $0 != 0 } ?? value
    }

    func integers(_ name: String) throws(ImportProblem) -> [Int]? {
        try attribute(name, .ints).map { $0.ints.map(Int.init) }
    }

    func float(_ name: String, default value: Float) throws(ImportProblem) -> Float {
        try attribute(name, .float).map(\.f) ?? value
    }

    func floats(_ name: String) throws(ImportProblem) -> [Float]? { try attribute(name, .floats).map(\.floats) }

    func string(_ name: String, default value: String) throws(ImportProblem) -> String {
        try attribute(name, .string).map { String(decoding: $0.s, as: UTF8.self) } ?? value
    }

    func tensor(_ name: String) throws(ImportProblem) -> ProtoTensorDefinition? { try attribute(name, .tensor)?.t }

    func graph(_ name: String) throws(ImportProblem) -> ProtoGraphDefinition? { try attribute(name, .graph)?.g }

    private func attribute(
        _ name: String, _ kind: ProtoAttribute.Kind
    ) throws(ImportProblem) -> ProtoAttribute? {
        guard let attribute = attributes[name] else { return nil }
        guard attribute.type == kind || attribute.type == .undefined else {
            throw malformed("its attribute '\(name)' has type \(attribute.type), not \(kind)")
        }
        return attribute
    }

    /// Returns an axis counted from the front, for a value of the given rank.
    func axis(_ axis: Int, rank: Int) throws(ImportProblem) -> Int {
        guard axis >= -rank, axis < rank else {
            throw malformed("there is no axis \(axis) in a value with \(rank) axes")
        }
        return axis < 0 ? axis + rank : axis
    }

    /// Returns axes counted from the front, without duplicates.
    func axes(_ axes: [Int], rank: Int) throws(ImportProblem) -> [Int] {
        guard rank <= 64, axes.count <= rank else {
            throw malformed("it lists \(axes.count) axes of a value with \(rank)")
        }
        var result: [Int] = []
        for axis in axes {
            let axis = try self.axis(axis, rank: rank)
            if result.contains(axis) { throw malformed("the axis \(axis) is listed twice") }
            result.append(axis)
        }
        return result
    }

    /// Returns the values if all are in range.
    func bounded(_ values: [Int], in range: ClosedRange<Int>, _ what: String) throws(ImportProblem) -> [Int] {
        for value in values where !range.contains(value) { throw malformed("invalid \(what): \(values.prefix(16))") }
        return values
    }
}
