import Graphs
import Operators
import Tensors

/// Constant folding: a small exact evaluator for what files compute from shapes and weights alone.
struct Folding {
    /// The remaining number of elements that results may have.
    var budget: Int
    /// The remaining number of elements that results with equal elements may have.
    var uniformBudget: Int

    /// The operators that can be evaluated at import.
    static let kinds: Set<String> = [
        "Shape", "Size", "ConstantOfShape", "Range", "NonZero", "Identity", "Dropout", "Cast", "CastLike",
        "Concat", "Slice", "Split", "Gather", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Expand",
        "Tile", "Pad", "Add", "Sub", "Mul", "Div", "Mod", "Pow", "Max", "Min", "Sum", "Equal", "Less", "LessOrEqual",
        "Greater", "GreaterOrEqual", "And", "Or", "Xor", "Not", "Where", "Neg", "Abs", "Sqrt", "Exp", "Log", "Floor",
        "Ceil", "Round", "Reciprocal", "Sign", "Sin", "Cos", "Sigmoid", "Relu", "Clip", "ReduceSum", "ReduceProd",
        "ReduceMax", "ReduceMin", "ReduceMean", "CumSum", "GatherND", "ScatterND", "Trilu", "EyeLike", "QuantizeLinear",
        "DequantizeLinear", "com.microsoft.QuantizeLinear", "com.microsoft.DequantizeLinear", "BatchNormalization",
    ]

    /// Returns the node's results; nil if it must be computed when the graph runs.
    ///
    /// - Throws: ``ImportProblem`` for an inconsistent node or a result with too many elements.
    mutating func results(
        _ node: ImportedNode, _ inputs: [Literal?]
    ) throws(ImportProblem) -> [Literal]? {
        var call = FoldedNode(node: node, inputs: inputs, budget: budget, uniformBudget: uniformBudget)
        try call.reserveUniformInputs()
        let results = try call.results()
        (budget, uniformBudget) = (call.budget, call.uniformBudget)
        return results
    }
}

/// A node with the values of its inputs.
struct FoldedNode {
    let node: ImportedNode
    let inputs: [Literal?]
    var budget: Int
    var uniformBudget: Int

    func input(_ index: Int) -> Literal? { inputs.indices.contains(index) ? inputs[index] : nil }

    /// Returns a list of integers that is an attribute in older opsets and an input in newer ones.
    func integers(_ attribute: String, orInput index: Int) throws(ImportProblem) -> [Int]? {
        if let values = try node.integers(attribute) { return values }
        return try integers(index, attribute)
    }

    func required(_ index: Int) throws(ImportProblem) -> Literal {
        guard let literal = input(index) else { throw node.malformed("its input \(index) is missing") }
        return literal
    }

    func integers(_ index: Int, _ what: String) throws(ImportProblem) -> [Int]? {
        guard let literal = input(index) else { return nil }
        return try node.integers(literal, what)
    }

    /// Checks that a result fits the budget before memory is allocated for it.
    mutating func reserve(_ shape: [Int]) throws(ImportProblem) {
        // Zeros count as 1: an extent of 0 must not hide huge ones, since partial products are computed as well.
        guard shape.count <= 16, shape.allSatisfy({ $0 >= 0 }), let count = product(shape.map { max(1, $0) }),
            count <= budget
        else {
            throw node.malformed(
                "its result \(shape.prefix(16)) is computed at import, but exceeds the remaining limit of \(budget) "
                    + "elements")
        }
        budget -= count
    }

    /// The operators that take over a tensor of equal elements without reading it.
    private static let uniformKinds: Set<String> = [
        "Identity", "Dropout", "Shape", "Size", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose",
    ]

    /// Checks that inputs with equal elements fit the budget, too, before their memory is allocated.
    mutating func reserveUniformInputs() throws(ImportProblem) {
        if Self.uniformKinds.contains(node.kind) { return }
        for case let input? in inputs where input.uniform != nil { try reserve(input.shape) }
    }

    /// Returns a tensor of equal floats if it is large and fits the budget for such tensors; nil if it is to be computed as any other.
    mutating func uniform(_ shape: [Int], _ value: Float) -> Literal? {
        guard let count = product(shape), count > Self.smallCount, count <= uniformBudget, shape.count <= 16 else {
            return nil
        }
        uniformBudget -= count
        return Literal(uniform: UniformTensor(shape, value: value))
    }

    /// The elements of a tensor that is not worth distinguishing.
    static let smallCount = 1 << 12

    mutating func results() throws(ImportProblem) -> [Literal]? {
        switch node.kind {
        case "Identity": return [try required(0)]
        case "Dropout":
            try node.requireNothingDropped()
            return [try required(0)]
        case "BatchNormalization": return try normalize()
        case "Shape": return [Literal(extents: try node.section(of: try required(0).shape))]
        case "Size": return [Literal([], integers: [Int64(try required(0).count)])]
        case "Cast", "CastLike": return [try cast()]
        case "ConstantOfShape": return [try constantOfShape()]
        case "Range": return [try range()]
        case "NonZero": return [try nonZero()]
        case "EyeLike": return [try eye()]
        case "Trilu": return [try triangle()]
        case "Concat": return [try concatenation()]
        case "Slice": return [try slice()]
        case "Split": return try split()
        case "Gather": return [try gather()]
        case "GatherND": return [try gatherRows()]
        case "ScatterND": return [try scatterRows()]
        case "Reshape", "Flatten", "Squeeze", "Unsqueeze": return [try reshape()]
        case "Transpose": return [try transpose()]
        case "Expand": return [try expand()]
        case "Tile": return [try tile()]
        case "Pad": return try pad().map { [$0] }
        case "Where": return [try choice()]
        case "ReduceSum", "ReduceProd", "ReduceMax", "ReduceMin", "ReduceMean": return [try reduce()]
        case "QuantizeLinear", "com.microsoft.QuantizeLinear": return [try quantize()]
        case "DequantizeLinear", "com.microsoft.DequantizeLinear": return [try dequantize()]
        case "CumSum": return [try runningSum()]
        case "Neg", "Abs", "Sqrt", "Exp", "Log", "Floor", "Ceil", "Round", "Reciprocal", "Sign", "Sin", "Cos",
            "Sigmoid", "Relu", "Not":
            return [try unary()]
        case "Clip": return try clip().map { [$0] }
        case "Add", "Sub", "Mul", "Div", "Mod", "Pow", "Max", "Min", "Sum", "Equal", "Less", "LessOrEqual", "Greater",
            "GreaterOrEqual", "And", "Or", "Xor":
            return [try arithmetic()]
        default: return nil
        }
    }
}

extension Importer {
    /// Returns the results of a node whose inputs are all known, for both batch sizes; nil if the graph computes it.
    func folded(_ node: ImportedNode) throws(ImportProblem) -> [Known]? {
        guard Folding.kinds.contains(node.kind) else { return nil }
        var inputs: [Literal?] = []
        var others: [Literal?]? = []
        var isSame = true
        for operand in node.operands {
            switch operand {
            case nil:
                inputs.append(nil)
                others?.append(nil)
            case .literal(let known)?:
                inputs.append(known.literal)
                if let other = known.otherLiteral { others?.append(other) } else { others = nil }
                isSame = isSame && known.isSame
            default: return nil
            }
        }
        var folding = Folding(budget: foldBudget, uniformBudget: uniformBudget)
        guard let results = try folding.results(node, inputs) else { return nil }
        (foldBudget, uniformBudget) = (folding.budget, folding.uniformBudget)
        for result in results {
            if let form = result.form { note(form, of: result.tensor) }
            if let uniform = result.uniform { uniforms.append(uniform) }
        }
        if isSame { return results.map { Known($0) } }
        guard let others, let alternatives = try? folding.results(node, others), alternatives.count == results.count
        else { return results.map { Known($0, other: Known.Other.none) } }
        (foldBudget, uniformBudget) = (folding.budget, folding.uniformBudget)
        return zip(results, alternatives).map { Known($0, other: $1) }
    }
}
