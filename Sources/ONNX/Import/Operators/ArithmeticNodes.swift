import Graphs
import Operators
import Tensors

/// Element-wise arithmetic with broadcasting.
extension Importer {
    static let relations: [String: Comparison.Relation] = [
        "Equal": .equal, "Less": .less, "LessOrEqual": .lessOrEqual, "Greater": .greater,
        "GreaterOrEqual": .greaterOrEqual, "And": .and, "Or": .or, "Xor": .xor,
    ]

    static let reductions: [String: Reduction.Function] = [
        "ReduceMean": .mean, "ReduceSum": .sum, "ReduceMax": .max, "ReduceMin": .min, "ReduceProd": .product,
        "ReduceL1": .l1, "ReduceL2": .l2, "ReduceSumSquare": .sumOfSquares, "ReduceLogSum": .logSum,
        "ReduceLogSumExp": .logSumExp,
    ]

    /// Applies a function of two values to all inputs of a node in turn.
    private func chain(_ node: ImportedNode, _ kernel: any Operator) throws(ImportProblem) -> Operand {
        var result = try flow(node, 0)
        guard node.operands.count > 1 else { return .value(result) }
        for index in 1..<node.operands.count {
            let inputs = [result, try flow(node, index)]
            let isLast = index == node.operands.count - 1
            result =
                isLast
                ? try add(node, kernel, inputs, kind: result.kind)
                : try add(part: "\(index)", of: node, kernel, inputs, kind: result.kind)
        }
        return .value(result)
    }

    func sum(_ node: ImportedNode) throws(ImportProblem) -> [Operand] { [try chain(node, Add())] }

    func multiplication(_ node: ImportedNode) throws(ImportProblem) -> [Operand] { [try chain(node, Multiply())] }

    func extremum(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        [try chain(node, Arithmetic(node.kind == "Max" ? .maximum : .minimum))]
    }

    func mean(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        var result = try flow(node, 0)
        for index in node.operands.indices.dropFirst() {
            result = try add(part: "\(index)", of: node, Add(), [result, try flow(node, index)])
        }
        let share = try scalar(1 / Float(node.operands.count), part: "share", of: node)
        return [.value(try add(node, Multiply(), [result, share]))]
    }

    func binary(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let (left, right) = (try flow(node, 0), try flow(node, 1))
        let function: Arithmetic.Function =
            switch node.kind {
            case "Sub": .subtract
            case "Pow": .power
            default: try node.flag("fmod") ? .remainder : .modulo
            }
        return [.value(try add(node, Arithmetic(function), [left, right], kind: left.kind))]
    }

    /// Integer division rounds towards zero.
    func division(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let inputs = [try flow(node, 0), try flow(node, 1)]
        guard inputs[0].kind == .integer else { return [.value(try add(node, Arithmetic(.divide), inputs))] }
        let quotient = try add(part: "quotient", of: node, Arithmetic(.divide), inputs)
        return [.value(try add(node, Activation(.truncate), [quotient], kind: .integer))]
    }

    func comparison(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        guard let relation = Self.relations[node.kind] else { throw .lacking(node.kind) }
        return [.value(try add(node, Comparison(relation), [try flow(node, 0), try flow(node, 1)], kind: .boolean))]
    }

    func choice(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let inputs = [try flow(node, 0), try flow(node, 1), try flow(node, 2)]
        return [.value(try add(node, Where(), inputs, kind: inputs[1].kind))]
    }

    /// The axes are an attribute first and an input later: for sums from opset 13, for other reductions from 18.
    func reduction(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        guard let function = Self.reductions[node.kind] else { throw .lacking(node.kind) }
        let input = try flow(node, 0)
        let given = try node.integers("axes", orInput: 1) ?? []
        if given.isEmpty, try node.flag("noop_with_empty_axes") { return [try unreduced(node, function, input)] }
        let axes = try node.axes(given, rank: input.rank).sorted()
        let keeps = try node.flag("keepdims", default: true)
        let all = axes.isEmpty ? Array(0..<input.rank) : axes
        return [.value(try add(node, Reduction(function, axes: all, keepsAxes: keeps), [input], kind: input.kind))]
    }

    /// A reduction over no axes: only what it does to each element remains.
    private func unreduced(
        _ node: ImportedNode, _ function: Reduction.Function, _ input: Flow
    ) throws(ImportProblem) -> Operand {
        switch function {
        case .mean, .sum, .max, .min, .product, .logSumExp: .value(input)
        case .l1, .l2: .value(try add(node, Activation(.absolute), [input], kind: input.kind))
        case .sumOfSquares: .value(try add(node, Multiply(), [input, input], kind: input.kind))
        case .logSum: .value(try add(node, Activation(.log), [input]))
        }
    }

    func argumentOfMaximum(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        if try node.flag("select_last_index") { throw node.lacking("with select_last_index") }
        let axis = try node.axis(try node.integer("axis", default: 0), rank: input.rank)
        let kernel = ArgumentOfMaximum(
            axis: axis, keepsAxis: try node.flag("keepdims", default: true), minimum: node.kind == "ArgMin")
        return [.value(try add(node, kernel, [input], kind: .integer))]
    }

    func matrixMultiplication(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        [.value(try add(node, MatrixMultiplication(), [try flow(node, 0), try flow(node, 1)]))]
    }

    /// `alpha · A · B + beta · C`, either matrix optionally transposed. With known `B` and plain factors it becomes a linear layer.
    func generalProduct(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let (alpha, beta) = (try node.float("alpha", default: 1), try node.float("beta", default: 1))
        let (transposesA, transposesB) = (try node.flag("transA"), try node.flag("transB"))
        if alpha == 1, beta == 1, !transposesA, input.rank == 2, let layer = try linear(node, transposesB, input) {
            return [.value(layer)]
        }
        func oriented(_ index: Int, _ transposes: Bool, _ part: String) throws(ImportProblem) -> Flow {
            let flow = try self.flow(node, index)
            guard flow.rank == 2 else { throw node.malformed("its input \(index) has the shape \(flow.shape)") }
            return transposes ? try add(part: part, of: node, Transpose(axes: [1, 0]), [flow]) : flow
        }
        let factors = [try oriented(0, transposesA, "a"), try oriented(1, transposesB, "b")]
        let hasSummand = node.has(2) && beta != 0
        if alpha == 1 && !hasSummand { return [.value(try add(node, MatrixMultiplication(), factors))] }
        var result = try add(part: "product", of: node, MatrixMultiplication(), factors)
        if alpha != 1 {
            let inputs = [result, try scalar(alpha, part: "alpha", of: node)]
            if !hasSummand { return [.value(try add(node, Multiply(), inputs))] }
            result = try add(part: "scaled", of: node, Multiply(), inputs)
        }
        var summand = try flow(node, 2)
        if beta != 1 {
            summand = try add(
                part: "summand", of: node, Multiply(), [summand, try scalar(beta, part: "beta", of: node)])
        }
        return [.value(try add(node, Add(), [result, summand]))]
    }

    private func linear(_ node: ImportedNode, _ transposes: Bool, _ input: Flow) throws(ImportProblem) -> Flow? {
        guard case .literal(let known)? = node.operand(1), known.isSame, known.literal.shape.count == 2,
            known.literal.count > 0
        else { return nil }
        let given = known.literal.shape
        let shape = transposes ? given : [given[1], given[0]]
        let weight =
            transposes
            ? known.literal.tensor
            : known.literal.uniform?.tensor.reshaped(shape)
                ?? known.literal.picking(shape, places(shape, strides: [1, given[1]])).tensor
        var values = ["weight": weight]
        switch node.operand(2) {
        case nil: break
        case .literal(let known)? where known.isSame:
            // One number per output, shared by the whole batch; a scalar applies to all outputs.
            let extents = known.literal.shape
            guard extents.count <= 2, known.literal.count == 1 || extents.last == known.literal.count else {
                return nil
            }
            let elements = known.literal.floats
            guard elements.count == 1 || elements.count == shape[0] else { return nil }
            values["bias"] = Tensor(
                [shape[0]],
                elements: elements.count == 1 ? [Float](repeating: elements[0], count: shape[0]) : elements)
        default: return nil
        }
        let kernel = Linear(inputFeatures: shape[1], outputFeatures: shape[0], bias: values["bias"] != nil)
        return try add(node, kernel, [input], parameters: values)
    }
}
