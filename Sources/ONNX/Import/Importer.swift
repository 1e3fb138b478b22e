import Graphs
import Operators
import Tensors

/// The state of an import: the meaning of the file's names, and the nodes, parameters and aliases so far.
final class Importer {
    /// The maximum number of elements of a value; larger values do not fit in memory.
    static let elementLimit = 1 << 31
    /// The maximum number of axes of a value in the graph.
    static let rankLimit = 6
    let model: ONNXModel
    /// The inputs that the results are computed from; others do not become inputs of the graph.
    let ports: [ONNXModel.Port]
    let shapes: [String: [Int]]
    var graph = Graph()
    var nodes: [ImportedNode] = []
    var producers: [String: Int] = [:]
    var operands: [String: Operand] = [:]
    /// Initializers by name; those of branches are read again for each call of a function that contains them.
    var initializers: [String: (tensor: ProtoTensorDefinition, isInlined: Bool)] = [:]
    var lacks = Lacks()
    /// The remaining number of elements that may be computed at import or held by parameters.
    var foldBudget: Int
    /// The remaining number of elements of tensors whose elements are all equal, each counted when it is made and whenever a parameter
    /// holds it.
    var uniformBudget = ONNXModel.uniformElements
    /// The tensors of this kind.
    var uniforms: [UniformTensor] = []
    /// The remaining number of bytes that inlined functions and branches may add: the bytes of names, plus 16 per name and 64 per node,
    /// attribute and argument.
    var inlinedBudget: Int
    /// Whether a branch was chosen that could be another one for inputs of other shapes.
    var choosesByShape = false
    let files: ExternalFiles
    var table: [String: ImportedOperator] = [:]
    var functions: [String: ProtoFunctionDefinition] = [:]
    private var constants: [String: Flow] = [:]
    private var parameters: [String: Tensor] = [:]
    /// The integer forms of tensors that the file stores as integers, by their buffer; the buffers are retained, so that identifiers stay
    /// unique.
    private var forms: [ObjectIdentifier: (buffer: FloatBuffer, form: QuantizedForm)] = [:]
    private var aliases: [(name: String, value: Graph.Value)] = []
    private var names: Set<String> = []
    private var nextSuffix: [String: Int] = [:]

    /// Imports a node and returns its results.
    typealias Handler = (Importer) -> (ImportedNode) throws(ImportProblem) -> [Operand]

    /// - Parameter results: The values to be computed; nil for the file's outputs, with all of its inputs.
    init(_ model: ONNXModel, shapes given: [String: [Int]], results: [String]?) throws(ONNXError) {
        self.model = model
        ports = results == nil ? model.inputs : model.inputs(for: results)
        files = ExternalFiles(folder: model.folder)
        inlinedBudget = (1 << 20) + 4 * model.byteCount
        foldBudget = ONNXModel.freeElements + ONNXModel.foldedElements * model.byteCount
        var shapes: [String: [Int]] = [:]
        for name in given.keys.sorted() where !model.inputs.contains(where: { $0.name == name }) {
            let known = model.inputs.map { "'\($0.name)'" }.joined(separator: ", ")
            throw .input(name: name, reason: "the file has no input of this name, only \(known)")
        }
        for port in ports { shapes[port.name] = try model.shape(of: port, given: given[port.name]) }
        self.shapes = shapes
        table = Self.table
        try registerFile()
    }

    /// Imports the results and returns the network.
    func network(results: [String]?) throws(ONNXError) -> ImportedNetwork {
        let wanted =
            try results?.map { name throws(ONNXError) in (name, try tensorName(of: name)) }
            ?? model.outputs.map { ($0.name, $0.name) }
        try importNodes(for: wanted.map(\.1))
        for (name, tensor) in wanted {
            if case .missing(let culprits)? = operands[tensor] { lacks.note(culprits, feed: name) }
        }
        if let error = lacks.error { throw error }
        var isFree = !choosesByShape
        for (name, tensor) in wanted {
            guard !graph.outputs.contains(where: { $0.name == name }) else {
                throw .malformed(place: "the graph", reason: "two outputs have the name '\(name)'")
            }
            guard let flow = try flow(named: tensor) else { continue }
            graph.output(name, flow.value)
            isFree = isFree && flow.otherShape != nil
        }
        for alias in aliases { graph.alias(alias.name, for: alias.value) }
        return ImportedNetwork(
            graph: graph, parameters: makeStore(), inputShapes: shapes, takesOtherBatchSizes: isFree)
    }

    /// Returns the tensor with a name, or the first output of the node with that name.
    private func tensorName(of name: String) throws(ONNXError) -> String {
        if operands[name] != nil || producers[name] != nil || initializers[name] != nil { return name }
        if let node = nodes.first(where: { $0.name == name }), let output = node.outputs.first(where: { !$0.isEmpty }) {
            return output
        }
        let near = nearestNames(
            to: name,
            among: (Array(producers.keys) + nodes.map(\.name)).filter { $0.utf8.count <= 2 * name.utf8.count + 8 })
        let hint = near.isEmpty ? "" : "; the nearest are \(near.joined(separator: ", "))"
        throw .malformed(place: "the graph", reason: "it has no tensor or node called '\(name)'\(hint)")
    }

    private func makeStore() -> ParameterStore {
        var taken: Set<ObjectIdentifier> = []
        let store = ParameterStore(for: graph) { name, _ in
            guard let buffer = parameters[name]?.buffer else { return nil }
            // A file may use one tensor several times; the resulting parameters must be independent.
            return taken.insert(ObjectIdentifier(buffer)).inserted ? buffer : buffer.copy()
        }
        for entry in store.entries where entry.declaration.role != .statistic {
            guard let buffer = parameters[entry.name]?.buffer, let form = forms[ObjectIdentifier(buffer)]?.form,
                form.fits(entry.declaration.shape)
            else { continue }
            store.setQuantizedForm(form, of: entry.name)
        }
        return store
    }
}

/// Building blocks for handlers.
extension Importer {
    /// Returns a name that is not in use.
    func unique(_ wish: String) -> String {
        if names.insert(wish).inserted { return wish }
        while true {
            let suffix = nextSuffix[wish, default: 1]
            nextSuffix[wish] = suffix + 1
            let name = "\(wish)_\(suffix)"
            if names.insert(name).inserted { return name }
        }
    }

    /// Declares an input of the graph.
    func addInput(_ name: String, kind: Literal.Kind) {
        let shape = shapes[name] ?? []
        let other = shape.isEmpty ? shape : [2 * shape[0] + 1] + shape.dropFirst()
        names.insert(name)
        operands[name] = .value(Flow(value: graph.input(name), shape: shape, otherShape: other, kind: kind))
    }

    /// Adds an alias for a value; aliases are assigned after all nodes have their names.
    func alias(_ name: String, for flow: Flow) {
        if !name.isEmpty { aliases.append((name, flow.value)) }
    }

    /// Adds the last step of a node, which gets the node's name.
    func add(
        _ node: ImportedNode, _ kernel: any Operator, _ inputs: [Flow], kind: Literal.Kind = .float,
        parameters: [String: Tensor] = [:]
    ) throws(ImportProblem) -> Flow {
        try append(node.name, node, kernel, inputs, kind: kind, parameters: parameters, isLast: true)
    }

    /// Adds an intermediate step of a node, called `NODE/part`.
    func add(
        part: String, of node: ImportedNode, _ kernel: any Operator, _ inputs: [Flow], kind: Literal.Kind = .float,
        parameters: [String: Tensor] = [:]
    ) throws(ImportProblem) -> Flow {
        try append(unique("\(node.name)/\(part)"), node, kernel, inputs, kind: kind, parameters: parameters)
    }

    private func append(
        _ name: String, _ node: ImportedNode, _ kernel: any Operator, _ inputs: [Flow], kind: Literal.Kind,
        parameters: [String: Tensor], isLast: Bool = false
    ) throws(ImportProblem) -> Flow {
        let shape: [Int]
        do {
            shape = try kernel.outputShape(inputs.map(\.shape))
        } catch {
            throw .failed(.shape(node: node.name, kind: node.kind, reason: error.description))
        }
        guard shape.count <= Self.rankLimit else { throw node.lacking("with \(shape.count) axes") }
        let others = inputs.compactMap(\.otherShape)
        var other = others.count == inputs.count ? try? kernel.outputShape(others) : nil
        if shape.contains(0), let count = product(shape.map { max(1, $0) }), count <= Self.elementLimit {
            // A value without elements is known.
            guard isLast else { throw node.lacking("of values without elements") }
            throw .empty(shape, kind: kind, otherShape: other)
        }
        guard shape.allSatisfy({ $0 > 0 }), let count = product(shape), count <= Self.elementLimit else {
            throw .failed(
                .shape(node: node.name, kind: node.kind, reason: "its result would have the invalid shape \(shape)"))
        }
        // With the other batch size, the value must not become too large for kernels either.
        if let extents = other, (product(extents) ?? .max) > Self.elementLimit { other = nil }
        for declaration in kernel.parameters {
            try charge(declaration.shape, node, isUniform: parameters[declaration.name].map(isUniform) ?? false)
            self.parameters["\(name).\(declaration.name)"] = parameters[declaration.name]
        }
        let value = graph.add(name, kernel, inputs)
        return Flow(value: value, shape: shape, otherShape: other, kind: kind)
    }

    /// Charges a node's values to the budget for a file of this size, since one tensor may be used many times.
    ///
    /// - Parameter isUniform: Whether all elements are equal, so that they count towards the limit for such values.
    func charge(_ shape: [Int], _ node: ImportedNode, isUniform: Bool = false) throws(ImportProblem) {
        if isUniform, let count = product(shape), count <= uniformBudget {
            uniformBudget -= count
            return
        }
        do {
            try charge(shape, place: node.place)
        } catch {
            throw .failed(error)
        }
    }

    /// Returns whether a parameter's values are a tensor of equal elements.
    private func isUniform(_ tensor: Tensor) -> Bool {
        tensor.count > FoldedNode.smallCount
            && uniforms.contains { $0.isMade && $0.tensor.buffer === tensor.buffer }
    }

    func charge(_ shape: [Int], place: String) throws(ONNXError) {
        guard let count = product(shape), count <= foldBudget else {
            throw .malformed(
                place: place, reason: "its parameters \(shape) exceed the limit for a file of this size")
        }
        foldBudget -= count
    }

    /// Reads a tensor of the file. External data count towards the file's size once they are read.
    func literal(_ tensor: ProtoTensorDefinition, place: String) throws(ONNXError) -> Literal {
        let before = files.byteCount
        let literal = try Literal(tensor, place: place, files: files)
        foldBudget += ONNXModel.foldedElements * (files.byteCount - before)
        return literal
    }

    /// Returns an input as a value of the graph; a literal becomes a constant node.
    func flow(_ node: ImportedNode, _ index: Int) throws(ImportProblem) -> Flow {
        switch try node.required(index) {
        case .value(let flow): return flow
        case .literal(let known): return try constant(known, name: node.inputs[index], at: node)
        case .missing: preconditionFailure("\(node.place) was imported without its inputs")
        }
    }

    /// Returns a literal as a value of the graph.
    func constant(_ known: Known, name: String, at node: ImportedNode) throws(ImportProblem) -> Flow {
        if let flow = constants[name] { return flow }
        let flow = try newConstant(known, name: name.isEmpty ? "\(node.name)/constant" : name, at: node)
        if !name.isEmpty { constants[name] = flow }
        return flow
    }

    private func newConstant(_ known: Known, name: String, at node: ImportedNode) throws(ImportProblem) -> Flow {
        let literal = known.literal
        guard literal.count > 0 else { throw node.lacking("of values without elements") }
        guard literal.shape.count <= Self.rankLimit else { throw node.lacking("with \(literal.shape.count) axes") }
        try charge(literal.shape, node, isUniform: literal.uniform != nil)
        let nodeName = unique(name)
        parameters["\(nodeName).value"] = literal.tensor
        let value = graph.add(nodeName, Constant(shape: literal.shape), [])
        return Flow(
            value: value, shape: literal.shape, otherShape: known.isSame ? literal.shape : nil, kind: literal.kind)
    }

    /// Records the integer form of a tensor, for the parameter that it may become.
    func note(_ form: QuantizedForm, of tensor: Tensor) {
        forms[ObjectIdentifier(tensor.buffer)] = (tensor.buffer, form)
    }

    /// Returns a number as a value of the graph, called `NODE/part`; a tensor of the file with that name is independent of it.
    func scalar(_ value: Float, part: String, of node: ImportedNode) throws(ImportProblem) -> Flow {
        try newConstant(Known(Literal([], floats: [value])), name: "\(node.name)/\(part)", at: node)
    }

    /// Returns a result of the whole graph.
    private func flow(named tensor: String) throws(ONNXError) -> Flow? {
        switch operands[tensor] {
        case .value(let flow)?: return flow
        case .literal(let known)?:
            let node = ImportedNode(
                name: tensor, kind: "Constant", inputs: [], outputs: [tensor], attributes: [:], opset: 13,
                scope: Scope(opsets: []))
            do {
                return try constant(known, name: tensor, at: node)
            } catch {
                if case .failed(let error) = error { throw error }
                throw .unsupported(["the output '\(tensor)', which has no elements or too many axes"])
            }
        case .missing?, nil: return nil
        }
    }
}

extension Graph {
    mutating func add(_ name: String, _ kernel: any Operator, _ inputs: [Flow]) -> Value {
        add(name, kernel, inputs.map(\.value))
    }
}
