/// How an operator is imported: what adds its nodes, and the attributes that it has.
///
/// A node with any other attribute is refused: an attribute that is ignored would give other numbers than the file means.
struct ImportedOperator {
    /// Adds its nodes; nil for operators that are only computed at import, from known values.
    let handler: Importer.Handler?
    /// Its attributes; each is either taken into account or cannot change what Pinpoint computes. Nil if every node is refused anyway.
    let attributes: [KnownAttribute]?

    init(_ handler: Importer.Handler?, _ attributes: KnownAttribute...) {
        self.init(handler, attributes)
    }

    init(_ handler: Importer.Handler?, _ attributes: [KnownAttribute]) {
        self.handler = handler
        self.attributes = attributes
    }

    /// An operator whose handler refuses every node.
    init(refusing handler: @escaping Importer.Handler) {
        self.handler = handler
        attributes = nil
    }

    /// A hint of the first opsets about memory that may be overwritten, which no result depends on; some converters still write it.
    private static let hint = "consumed_inputs"

    /// Checks that a node has no attribute that its operator does not have in the node's opset.
    func check(_ node: ImportedNode) throws(ImportProblem) {
        guard let attributes else { return }
        for name in node.attributes.keys.sorted() where name != Self.hint {
            guard let known = attributes.first(where: { $0.name == name }) else {
                throw node.lacking("with the attribute '\(name)', which this operator does not have")
            }
            if let harmless = known.harmless {
                let value = try node.integer(name, default: 0)
                guard harmless.contains(value) else { throw node.lacking("with \(name)=\(value)") }
            } else if !known.opsets.contains(node.opset) {
                throw node.lacking(
                    "with the attribute '\(name)', which this operator does not have in opset \(node.opset)")
            }
        }
    }
}

/// An attribute that the importer knows.
struct KnownAttribute: ExpressibleByStringLiteral {
    let name: String
    /// The versions of the operator set in which the operator has the attribute.
    let opsets: ClosedRange<Int>
    /// The only supported values, which change nothing, and are therefore accepted in all opsets; nil if all values are supported.
    let harmless: [Int]?

    private init(_ name: String, _ opsets: ClosedRange<Int>, harmless: [Int]? = nil) {
        self.name = name
        self.opsets = opsets
        self.harmless = harmless
    }

    /// An attribute of all opsets.
    init(stringLiteral name: String) { self.init(name, 1...Int.max) }

    /// An attribute that a later opset added.
    static func since(_ opset: Int, _ name: String) -> KnownAttribute { KnownAttribute(name, opset...Int.max) }

    /// An attribute that a later opset removed, usually because it became an input.
    static func until(_ opset: Int, _ name: String) -> KnownAttribute { KnownAttribute(name, 1...opset) }

    /// An attribute of which only the values that change nothing are supported.
    static func only(_ values: Int..., name: String) -> KnownAttribute {
        KnownAttribute(name, 1...Int.max, harmless: values)
    }
}
