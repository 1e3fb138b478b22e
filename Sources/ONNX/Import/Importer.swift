import Graphs
import Operators
import Tensors

/// A graph in the making: what the file's names stand for, and the nodes, parameters and second names so far.
final class Importer {
    /// How many elements a value may have; more than that does not fit in the memory of a machine that runs this program.
    static let elementLimit = 1 << 31
    /// How many axes a value may have in the graph.
    static let rankLimit = 6
    let model: ONNXModel
    let shapes: [String: [Int]]
    var graph = Graph()
    var nodes: [ImportedNode] = []
    var producers: [String: Int] = [:]
    var operands: [String: Operand] = [:]
    /// Those of branches are read again for each call of a function that has them.
    var initializers: [String: (tensor: ProtoTensorDefinition, isInlined: Bool)] = [:]
    var lacks = Lacks()
    /// How many elements may yet be computed at import, or held by parameters.
    var foldBudget: Int
    /// How many bytes functions and branches may yet add: those of names, 16 for each of them, 64 for each node,
    /// attribute and argument.
    var inlinedBudget: Int
    /// Whether a branch was chosen that might be another one for inputs of other shapes.
    var choosesByShape = false
    let files: ExternalFiles
    var handlers: [String: Handler] = [:]
    var functions: [String: ProtoFunctionDefinition] = [:]
    private var constants: [String: Flow] = [:]
    private var parameters: [String: Tensor] = [:]
    /// What tensors were made of that stand in the file as integers, by their memory, which is kept: no other gets its place.
    private var forms: [ObjectIdentifier: (buffer: FloatBuffer, form: QuantizedForm)] = [:]
    private var aliases: [(name: String, value: Graph.Value)] = []
    private var names: Set<String> = []
    private var nextSuffix: [String: Int] = [:]

    /// What makes the results of a node.
    typealias Handler = (Importer) -> (ImportedNode) throws(ImportProblem) -> [Operand]

    init(_ model: ONNXModel, shapes given: [String: [Int]]) throws(ONNXError) {
        self.model = model
        files = ExternalFiles(folder: model.folder)
        inlinedBudget = (1 << 20) + 4 * model.byteCount
        foldBudget = ONNXModel.freeElements + ONNXModel.foldedElements * model.byteCount
        var shapes: [String: [Int]] = [:]
        for name in given.keys.sorted() where !model.inputs.contains(where: { $0.name == name }) {
            let known = model.inputs.map { "'\($0.name)'" }.joined(separator: ", ")
            throw .input(name: name, reason: "the file has none of this name; it has \(known)")
        }
        for port in model.inputs { shapes[port.name] = try model.shape(of: port, given: given[port.name]) }
        self.shapes = shapes
        handlers = Self.table
        try registerFile()
    }

    /// The graph's results under their names, then everything that can be said of them.
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
                throw .malformed(place: "the graph", reason: "two outputs are called '\(name)'")
            }
            guard let flow = try flow(named: tensor) else { continue }
            graph.output(name, flow.value)
            isFree = isFree && flow.otherShape != nil
        }
        for alias in aliases { graph.alias(alias.name, for: alias.value) }
        return ImportedNetwork(
            graph: graph, parameters: makeStore(), inputShapes: shapes, takesOtherBatchSizes: isFree)
    }

    /// The tensor that is meant by a name: its own, or that of the node that makes it.
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
            // A file may use one tensor several times; the parameters that come of it are changed one by one.
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

/// What handlers build with.
extension Importer {
    /// A name that nothing has yet.
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

    /// A second name for a value, given when all nodes have theirs.
    func alias(_ name: String, for flow: Flow) {
        if !name.isEmpty { aliases.append((name, flow.value)) }
    }

    /// The last step of a node; it has the node's name.
    func add(
        _ node: ImportedNode, _ kernel: any Operator, _ inputs: [Flow], kind: Literal.Kind = .float,
        parameters: [String: Tensor] = [:]
    ) throws(ImportProblem) -> Flow {
        try append(node.name, node, kernel, inputs, kind: kind, parameters: parameters)
    }

    /// A step on the way to a node's result, called `NODE/part`.
    func add(
        part: String, of node: ImportedNode, _ kernel: any Operator, _ inputs: [Flow], kind: Literal.Kind = .float,
        parameters: [String: Tensor] = [:]
    ) throws(ImportProblem) -> Flow {
        try append(unique("\(node.name)/\(part)"), node, kernel, inputs, kind: kind, parameters: parameters)
    }

    private func append(
        _ name: String, _ node: ImportedNode, _ kernel: any Operator, _ inputs: [Flow], kind: Literal.Kind,
        parameters: [String: Tensor]
    ) throws(ImportProblem) -> Flow {
        let shape: [Int]
        do {
            shape = try kernel.outputShape(inputs.map(\.shape))
        } catch {
            throw .failed(.shape(node: node.name, kind: node.kind, reason: error.description))
        }
        guard shape.count <= Self.rankLimit else { throw node.lacking("with \(shape.count) axes") }
        guard shape.allSatisfy({ $0 > 0 }), let count = product(shape), count <= Self.elementLimit else {
            throw .failed(.shape(node: node.name, kind: node.kind, reason: "its result would have the shape \(shape)"))
        }
        let others = inputs.compactMap(\.otherShape)
        var other = others.count == inputs.count ? try? kernel.outputShape(others) : nil
        // It may grow where the shape does not, and must stay one that kernels can count with.
        if let extents = other, (product(extents) ?? .max) > Self.elementLimit { other = nil }
        for declaration in kernel.parameters {
            try charge(declaration.shape, node)
            self.parameters["\(name).\(declaration.name)"] = parameters[declaration.name]
        }
        let value = graph.add(name, kernel, inputs)
        return Flow(value: value, shape: shape, otherShape: other, kind: kind)
    }

    /// Sees to it that what a node holds stays within what a file of this size may hold: one tensor may be used many times.
    func charge(_ shape: [Int], _ node: ImportedNode) throws(ImportProblem) {
        do {
            try charge(shape, place: node.place)
        } catch {
            throw .failed(error)
        }
    }

    func charge(_ shape: [Int], place: String) throws(ONNXError) {
        guard let count = product(shape), count <= foldBudget else {
            throw .malformed(
                place: place, reason: "its parameters \(shape) are more than a file of this size may hold")
        }
        foldBudget -= count
    }

    /// A tensor of the file. What lies beside the model counts towards its size as soon as it was read.
    func literal(_ tensor: ProtoTensorDefinition, place: String) throws(ONNXError) -> Literal {
        let before = files.byteCount
        let literal = try Literal(tensor, place: place, files: files)
        foldBudget += ONNXModel.foldedElements * (files.byteCount - before)
        return literal
    }

    /// An input as a value of the graph: a literal becomes a constant node.
    func flow(_ node: ImportedNode, _ index: Int) throws(ImportProblem) -> Flow {
        switch try node.required(index) {
        case .value(let flow): return flow
        case .literal(let known): return try constant(known, name: node.inputs[index], at: node)
        case .missing: preconditionFailure("\(node.place) was imported without its inputs")
        }
    }

    /// A literal as a value of the graph.
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
        try charge(literal.shape, node)
        let nodeName = unique(name)
        parameters["\(nodeName).value"] = literal.tensor
        let value = graph.add(nodeName, Constant(shape: literal.shape), [])
        return Flow(
            value: value, shape: literal.shape, otherShape: known.isSame ? literal.shape : nil, kind: literal.kind)
    }

    /// Remembers what a tensor was made of, for the parameter that it may become.
    func note(_ form: QuantizedForm, of tensor: Tensor) {
        forms[ObjectIdentifier(tensor.buffer)] = (tensor.buffer, form)
    }

    /// A number as a value of the graph, called `NODE/part`; a tensor of the file may be called so, too, and is another.
    func scalar(_ value: Float, part: String, of node: ImportedNode) throws(ImportProblem) -> Flow {
        try newConstant(Known(Literal([], floats: [value])), name: "\(node.name)/\(part)", at: node)
    }

    /// A result of the whole graph.
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
