import Tensors

/// Resolving names to nodes: which are needed, in which order, and inlining of functions and branches.
extension Importer {
    /// Registers everything that the file's graph defines.
    func registerFile() throws(ONNXError) {
        let file = model.proto.graph
        for port in ports {
            guard operands[port.name] == nil else {
                throw .malformed(place: "the graph", reason: "two inputs have the name '\(port.name)'")
            }
            let isFloat = ["float", "float16", "double", "bfloat16", "undefined"].contains(port.elementKind)
            addInput(port.name, kind: port.elementKind == "bool" ? .boolean : isFloat ? .float : .integer)
        }
        for function in model.proto.functions {
            functions[key(function.domain, function.name)] = function
        }
        let version = model.operatorSet(model.proto.opsetImport)
        guard ONNXModel.operatorSets.contains(version) else { throw .operatorSet(version) }
        let scope = Scope(opsets: model.proto.opsetImport)
        try registerInitializers(file, scope: scope)
        try register(file.node, scope: scope)
    }

    private func key(_ domain: String, _ name: String) -> String {
        let domain = standardDomain(domain)
        return domain.isEmpty ? name : "\(domain).\(name)"
    }

    private func registerInitializers(_ file: ProtoGraphDefinition, scope: Scope) throws(ONNXError) {
        for tensor in file.initializer {
            let name = scope.define(tensor.name)
            guard initializers.updateValue((tensor, isInlined: !scope.isRoot), forKey: name) == nil else {
                throw .malformed(place: "initializer '\(name)'", reason: "two initializers have this name")
            }
        }
        for sparse in file.sparseInitializer {
            let name = scope.define(sparse.values.name)
            operands[name] = .missing(lacks.note("sparse tensors", node: name, reads: []))
        }
    }

    private func register(_ list: [ProtoNodeDefinition], scope: Scope) throws(ONNXError) {
        if !scope.isRoot { try charge(inlined: list, in: scope) }
        // Within a body, names may be used before they are defined, since the nodes of a branch may be in any order.
        let outputs = list.map { node in node.output.map(scope.define) }
        for (proto, outputs) in zip(list, outputs) {
            let kind = key(proto.domain, proto.opType)
            let wish = proto.name.isEmpty ? outputs.first { !$0.isEmpty } ?? kind : scope.prefix + proto.name
            var attributes: [String: ProtoAttribute] = [:]
            for attribute in proto.attribute {
                if attribute.refAttrName.isEmpty {
                    attributes[attribute.name] = attribute
                } else {
                    attributes[attribute.name] = scope.references[attribute.refAttrName]
                }
            }
            let node = ImportedNode(
                name: unique(wish), kind: kind, inputs: proto.input.map(scope.resolve), outputs: outputs,
                attributes: attributes, opset: model.operatorSet(scope.opsets, domain: standardDomain(proto.domain)),
                scope: scope)
            try register(node)
        }
    }

    /// Bodies may call others many times, so the total size of inlined nodes is limited.
    private func charge(inlined list: [ProtoNodeDefinition], in scope: Scope) throws(ONNXError) {
        var count = 0
        for node in list {
            count += 64 * (1 + node.attribute.count)
            count += node.name.utf8.count + scope.prefix.utf8.count * (1 + node.output.count)
            count += (node.input + node.output).reduce(0) { $0 + 16 + $1.utf8.count }
            if count > inlinedBudget { break }
        }
        try charge(inlined: count, node: String(scope.prefix.dropLast()))
    }

    private func charge(inlined count: Int, node: String) throws(ONNXError) {
        inlinedBudget -= count
        if inlinedBudget < 0 {
            throw .malformed(
                place: "node '\(node)'",
                reason: "functions and branches exceed the limit for a file of this size")
        }
    }

    private func register(_ node: ImportedNode, replacing: Bool = false) throws(ONNXError) {
        for output in node.outputs where !output.isEmpty {
            let isTaken = producers[output] != nil || operands[output] != nil || initializers[output] != nil
            if isTaken && !replacing {
                throw .malformed(place: node.place, reason: "another value also has the name '\(output)'")
            }
            producers[output] = nodes.count
        }
        nodes.append(node)
    }

    /// Imports everything that some tensors are computed from, in the file's order where that is a valid order.
    func importNodes(for tensors: [String]) throws(ONNXError) {
        var needed = [Bool](repeating: false, count: nodes.count)
        var waiting = tensors
        while let name = waiting.popLast() {
            guard let index = producers[name], !needed[index] else { continue }
            needed[index] = true
            waiting += nodes[index].inputs
        }
        for index in needed.indices where needed[index] {
            for output in nodes[index].outputs.prefix(1) { try resolve(output, reader: nodes[index].place) }
        }
        for name in tensors { try resolve(name, reader: "the graph's outputs") }
    }

    /// Imports everything that one name is computed from, without recursion, since a file may be a chain of any length.
    private func resolve(_ name: String, reader: String) throws(ONNXError) {
        var stack = [(name: name, reader: reader)]
        var entered: Set<Int> = []
        while let (name, reader) = stack.last {
            if name.isEmpty || operands[name] != nil {
                stack.removeLast()
                continue
            }
            if let (tensor, isInlined) = initializers[name] {
                operands[name] = try operand(tensor, name: name, isInlined: isInlined)
                continue
            }
            guard let index = producers[name] else {
                throw .malformed(place: reader, reason: "there is no value named '\(name)'")
            }
            let node = nodes[index]
            let waiting = node.inputs.filter { !$0.isEmpty && operands[$0] == nil }
            if waiting.isEmpty {
                try run(index)
            } else if entered.insert(index).inserted {
                stack += waiting.reversed().map { ($0, node.place) }
            } else {
                throw .malformed(place: node.place, reason: "it depends on its own result '\(name)'")
            }
        }
    }

    private func operand(
        _ tensor: ProtoTensorDefinition, name: String, isInlined: Bool
    ) throws(ONNXError) -> Operand {
        let place = "initializer '\(name)'"
        do {
            let literal = try literal(tensor, place: place)
            if isInlined { try charge(literal.shape, place: place) }
            return .literal(literal)
        } catch .unsupported(let what) {
            return .missing(lacks.note(what[0], node: name, reads: []))
        }
    }

    /// Imports one node whose inputs have been imported.
    private func run(_ index: Int) throws(ONNXError) {
        var node = nodes[index]
        node.operands = node.inputs.map { $0.isEmpty ? nil : operands[$0] }
        if table[node.kind]?.handler == nil, let function = functions[node.kind] {
            let version = function.opsetImport.first { standardDomain($0.domain).isEmpty }?.version
            guard let version, !ONNXModel.operatorSets.contains(Int(version)) else {
                return try expand(function, call: node)
            }
            let lack = lacks.note("\(node.kind), a function for opset \(version)", node: node.name, reads: [])
            set(node, [Operand](repeating: .missing(missing(in: node).union(lack)), count: node.outputs.count))
            return
        }
        do throws(ImportProblem) {
            guard let known = table[node.kind] else { throw ImportProblem.lacking(node.kind) }
            try known.check(node)
            if let body = IntegerOperators.body(node) {
                do {
                    try expand(body, call: node)
                    return
                } catch {
                    throw ImportProblem.failed(error)
                }
            }
            if node.kind == "If" {
                try choose(node)
                return
            }
            let culprits = missing(in: node)
            guard culprits.isEmpty else {
                set(node, [Operand](repeating: .missing(culprits), count: node.outputs.count))
                return
            }
            set(node, try results(of: node))
        } catch {
            switch error {
            case .failed(let error): throw error
            case .empty(let shape, let kind, _):
                set(node, [.literal(Known(empty: shape, kind: kind, otherShape: nil))])
            case .lacking(let what):
                let reads = node.inputs.filter { if case .value? = operands[$0] { true } else { false } }
                let culprits = missing(in: node).union(lacks.note(what, node: node.name, reads: reads))
                set(node, [Operand](repeating: .missing(culprits), count: node.outputs.count))
            }
        }
    }

    private func missing(in node: ImportedNode) -> Lacks.Set {
        node.operands.reduce(into: []) { set, operand in
            if case .missing(let culprits)? = operand { set.formUnion(culprits) }
        }
    }

    /// Returns a node's results: known values are computed now, everything else becomes nodes.
    private func results(of node: ImportedNode) throws(ImportProblem) -> [Operand] {
        if let known = try folded(node) { return known.map(Operand.literal) }
        guard let handler = table[node.kind]?.handler else { throw node.lacking("of computed values") }
        return try handler(self)(node)
    }

    private func set(_ node: ImportedNode, _ results: [Operand]) {
        for (position, output) in node.outputs.enumerated() where !output.isEmpty {
            guard results.indices.contains(position) else {
                // The output may be unused; if it is used, the problem is reported.
                let lack = lacks.note("\(node.kind) with \(position + 1) outputs", node: node.name, reads: [])
                operands[output] = .missing(lack)
                continue
            }
            operands[output] = results[position]
            if case .value(let flow) = results[position] {
                alias(output, for: flow)
                if position == 0 { alias(node.name, for: flow) }
            }
        }
    }
}

/// Inlining of functions and branches.
extension Importer {
    private func expand(_ function: ProtoFunctionDefinition, call: ImportedNode) throws(ONNXError) {
        let key = call.kind
        guard !call.scope.calls.contains(key), call.scope.calls.count < 32 else {
            throw .malformed(place: call.place, reason: "the function calls itself or is nested too deeply")
        }
        try charge(inlined: 64 * (function.attributeProto.count + function.input.count), node: call.name)
        var references = call.attributes
        for attribute in function.attributeProto where references[attribute.name] == nil {
            references[attribute.name] = attribute
        }
        var inputs: [String: String] = [:]
        for (position, name) in function.input.enumerated() {
            inputs[name] = position < call.inputs.count ? call.inputs[position] : ""
        }
        let scope = Scope.function(
            key, calledBy: call.name, from: call.scope, opsets: function.opsetImport, references: references,
            inputs: inputs)
        try register(function.node, scope: scope)
        try forward(function.output.map(scope.resolve), to: call)
    }

    /// Inlines the branch that a known condition selects. If the condition is not known, unsupported nodes of both branches are reported.
    private func choose(_ node: ImportedNode) throws(ImportProblem) {
        guard case .literal(let condition) = try node.required(0) else {
            var culprits = missing(in: node)
            if culprits.isEmpty {
                culprits = lacks.note("If with a computed condition", node: node.name, reads: [node.inputs[0]])
            }
            culprits.formUnion(try lacksOfBranches(node))
            set(node, [Operand](repeating: .missing(culprits), count: node.outputs.count))
            return
        }
        if isComputedFromShapes(node.inputs[0]) { choosesByShape = true }
        let isTrue = condition.literal.floats.first.map { $0 != 0 } ?? false
        guard let branch = try node.graph(isTrue ? "then_branch" : "else_branch") else {
            throw node.malformed("it has no branch for its condition")
        }
        guard node.scope.calls.count < 32 else { throw node.malformed("branches are nested too deeply") }
        let scope = node.scope.branch(of: node.name)
        do {
            try registerInitializers(branch, scope: scope)
            try register(branch.node, scope: scope)
            try forward(branch.output.map { scope.resolve($0.name) }, to: node)
        } catch {
            throw .failed(error)
        }
    }

    /// Returns whether a known value depends on a shape.
    private func isComputedFromShapes(_ name: String) -> Bool {
        var seen: Set<Int> = []
        var waiting = [name]
        while let name = waiting.popLast() {
            guard let index = producers[name], seen.insert(index).inserted else { continue }
            if ["Shape", "Size"].contains(nodes[index].kind) { return true }
            waiting += nodes[index].inputs
        }
        return false
    }

    /// Returns the unsupported operators in the branches of an unknown condition: the branches are not inlined, but everything unsupported
    /// is to be reported at once.
    private func lacksOfBranches(_ node: ImportedNode) throws(ImportProblem) -> Lacks.Set {
        var found: Lacks.Set = []
        for branch in [try node.graph("then_branch"), try node.graph("else_branch")].compactMap({ $0 }) {
            for inner in branch.node {
                let kind = key(inner.domain, inner.opType)
                if table[kind] == nil, functions[kind] == nil {
                    found.formUnion(lacks.note(kind, node: node.name + "/" + inner.name, reads: []))
                }
            }
        }
        return found
    }

    /// Makes the body's results the outputs of the caller.
    private func forward(_ results: [String], to call: ImportedNode) throws(ONNXError) {
        guard results.count >= call.outputs.count else {
            throw .malformed(place: call.place, reason: "its body has \(results.count) outputs")
        }
        for (result, output) in zip(results, call.outputs) where !output.isEmpty {
            let identity = ImportedNode(
                name: call.name, kind: "Identity", inputs: [result], outputs: [output], attributes: [:],
                opset: call.opset, scope: call.scope)
            try register(identity, replacing: true)
        }
    }
}
