import Graphs
import Operators

/// Nodes that do nothing at inference, only change the type, or query shapes.
extension Importer {
    func identity(_ node: ImportedNode) throws(ImportProblem) -> [Operand] { [try node.required(0)] }

    /// Returns the input unchanged.
    func dropout(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        try node.requireNothingDropped()
        return [try node.required(0)]
    }

    func cast(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        [.value(try cast(node, to: try node.castKind()))]
    }

    func castLike(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        switch try node.required(1) {
        case .literal(let known): [.value(try cast(node, to: known.literal.kind))]
        case .value(let flow): [.value(try cast(node, to: flow.kind))]
        case .missing: throw node.lacking("of a missing value")
        }
    }

    private func cast(_ node: ImportedNode, to kind: Literal.Kind) throws(ImportProblem) -> Flow {
        let input = try flow(node, 0)
        switch (input.kind, kind) {
        case (.float, .integer): return try add(node, Activation(.truncate), [input], kind: .integer)
        case (.float, .boolean), (.integer, .boolean):
            let isZero = try add(part: "zero", of: node, Activation(.not), [input], kind: .boolean)
            return try add(node, Activation(.not), [isZero], kind: .boolean)
        default: return input.with(kind: kind)
        }
    }

    func shape(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        func extents(_ shape: [Int]) throws(ImportProblem) -> Literal {
            Literal(extents: try node.section(of: shape))
        }
        let other = try input.otherShape.map { shape throws(ImportProblem) in try extents(shape) }
        return [.literal(Known(try extents(input.shape), other: other))]
    }

    func size(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        func count(_ shape: [Int]) -> Literal { Literal([], integers: [Int64(shape.reduce(1, *))]) }
        return [.literal(Known(count(input.shape), other: input.otherShape.map(count)))]
    }

    func constantNode(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        if let tensor = try node.tensor("value") {
            let literal: Literal
            do {
                literal = try self.literal(tensor, place: node.place)
            } catch {
                throw ImportProblem(error)
            }
            return [.literal(try inlined(literal, node))]
        }
        if let values = try node.integers("value_ints") {
            return [.literal(try inlined(Literal(extents: values), node))]
        }
        if let value = try node.integer("value_int") { return [.literal(Literal([], integers: [Int64(value)]))] }
        if let values = try node.floats("value_floats") {
            return [.literal(try inlined(Literal([values.count], floats: values), node))]
        }
        if node.attributes["value_float"] != nil {
            return [.literal(Literal([], floats: [try node.float("value_float", default: 0)]))]
        }
        throw node.lacking("of \(node.attributes.keys.sorted().joined(separator: ", "))")
    }

    /// Charges a constant in a function, which is repeated for each call.
    private func inlined(_ literal: Literal, _ node: ImportedNode) throws(ImportProblem) -> Literal {
        if !node.scope.isRoot { try charge(literal.shape, node) }
        return literal
    }
}

extension ImportedNode {
    /// Returns the kind of the elements produced by `Cast`.
    func castKind() throws(ImportProblem) -> Literal.Kind { try castFormat().kind }

    /// Returns the element type produced by `Cast`.
    func castFormat() throws(ImportProblem) -> ElementFormat {
        let number = Int32(truncatingIfNeeded: try integer("to", default: 1))
        guard let format = ElementFormat(number) else { throw lacking("to \(elementName(number))") }
        return format
    }

    /// Returns the part of a shape produced by `Shape`.
    func section(of shape: [Int]) throws(ImportProblem) -> [Int] {
        func place(_ position: Int) -> Int {
            min(max(0, position < 0 ? position + shape.count : position), shape.count)
        }
        let (start, end) = (place(try integer("start", default: 0)), place(try integer("end", default: shape.count)))
        return start < end ? Array(shape[start..<end]) : []
    }
}
