import Foundation

/// A node of the file, or of a function's or a branch's body that was put in its place.
struct ImportedNode {
    /// What it is called in the graph.
    let name: String
    /// Its operator; with the domain before it where that is not ONNX's own.
    let kind: String
    /// The names of what it reads, unique in the whole file; empty where an input is left out.
    let inputs: [String]
    /// The names of what it makes.
    let outputs: [String]
    /// Its settings.
    let attributes: [String: ProtoAttribute]
    /// The version of the operators that it means.
    let opset: Int
    /// Where names inside its bodies are looked up.
    let scope: Scope
    /// What it reads.
    var operands: [Operand?] = []

    /// What errors call it.
    var place: String { "node '\(name)' (\(kind))" }

    /// The file contradicts itself here.
    func malformed(_ reason: String) -> ImportProblem { .failed(.malformed(place: place, reason: reason)) }

    /// Pinpoint does not have this form of the operator.
    func lacking(_ form: String) -> ImportProblem { .lacking("\(kind) \(form)") }

    /// An input; nil where it is left out.
    func operand(_ index: Int) -> Operand? { operands.indices.contains(index) ? operands[index] : nil }

    /// Whether an input is given.
    func has(_ index: Int) -> Bool { operand(index) != nil }

    /// An input that must be there.
    func required(_ index: Int) throws(ImportProblem) -> Operand {
        guard let operand = operand(index) else { throw malformed("its input \(index) is missing") }
        return operand
    }

    /// An input that must be known at import; nil where it is left out.
    func known(_ index: Int, _ what: String) throws(ImportProblem) -> Known? {
        switch operand(index) {
        case .literal(let known)?: return known
        case nil: return nil
        case .value?, .missing?: throw lacking("with computed \(what)")
        }
    }

    /// A list of integers that stands in an attribute of older opsets, in an input of newer ones.
    func integers(_ attribute: String, orInput index: Int) throws(ImportProblem) -> [Int]? {
        if let values = try integers(attribute) { return values }
        return try knownIntegers(index, attribute)
    }

    /// An input's elements, which must be integers and known at import.
    func knownIntegers(_ index: Int, _ what: String) throws(ImportProblem) -> [Int]? {
        guard let known = try known(index, what) else { return nil }
        return try integers(known.literal, what)
    }

    /// A literal's elements, which must be integers.
    func integers(_ literal: Literal, _ what: String) throws(ImportProblem) -> [Int] {
        guard let integers = literal.integers else { throw malformed("its \(what) are no integers") }
        return integers.map(Int.init)
    }
}

/// Attributes by name and kind; files of the first versions leave the kind out.
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
            throw malformed("its attribute '\(name)' is of the kind \(attribute.type), not \(kind)")
        }
        return attribute
    }

    /// An axis counted from the front, of a value with so many of them.
    func axis(_ axis: Int, rank: Int) throws(ImportProblem) -> Int {
        guard axis >= -rank, axis < rank else { throw malformed("there is no axis \(axis) among \(rank)") }
        return axis < 0 ? axis + rank : axis
    }

    /// Axes counted from the front, each once.
    func axes(_ axes: [Int], rank: Int) throws(ImportProblem) -> [Int] {
        guard rank <= 64, axes.count <= rank else { throw malformed("it names \(axes.count) of \(rank) axes") }
        var result: [Int] = []
        for axis in axes {
            let axis = try self.axis(axis, rank: rank)
            if result.contains(axis) { throw malformed("the axis \(axis) is named twice") }
            result.append(axis)
        }
        return result
    }

    /// Extents that kernels can count with.
    func bounded(_ values: [Int], in range: ClosedRange<Int>, _ what: String) throws(ImportProblem) -> [Int] {
        for value in values where !range.contains(value) { throw malformed("its \(what) are \(values.prefix(16))") }
        return values
    }
}
