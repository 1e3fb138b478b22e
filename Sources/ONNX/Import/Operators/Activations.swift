import Graphs
import Operators
import Tensors

/// Element-wise functions of one input, and softmax.
extension Importer {
    /// The functions and their attributes.
    static let activationAttributes: [String: [KnownAttribute]] = {
        var table: [String: [KnownAttribute]] = [
            "LeakyRelu": ["alpha"], "HardSigmoid": ["alpha", "beta"], "Elu": ["alpha"], "Selu": ["alpha", "gamma"],
            "Celu": ["alpha"], "Gelu": ["approximate"], "Swish": ["alpha"], "ThresholdedRelu": ["alpha"],
        ]
        for kind in [
            "HardSwish", "Softplus", "Softsign", "Tanh", "Mish", "Exp", "Log", "Sqrt", "Reciprocal", "Abs", "Neg",
            "Sign", "Floor", "Ceil", "Round", "Erf", "Sin", "Cos", "Tan", "Asin", "Acos", "Atan", "Sinh", "Cosh", "Not",
        ] {
            table[kind] = []
        }
        return table
    }()

    func activation(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let keepsIntegers = ["Abs", "Neg", "Sign", "Floor", "Ceil", "Round"].contains(node.kind)
        let kind: Literal.Kind = node.kind == "Not" ? .boolean : keepsIntegers ? input.kind : .float
        return [.value(try add(node, Activation(try function(of: node)), [input], kind: kind))]
    }

    private func function(of node: ImportedNode) throws(ImportProblem) -> Activation.Function {
        func number(_ name: String, _ value: Float) throws(ImportProblem) -> Float {
            try node.float(name, default: value)
        }
        switch node.kind {
        case "LeakyRelu": return .leakyReLU(slope: try number("alpha", 0.01))
        case "HardSigmoid": return .hardSigmoid(slope: try number("alpha", 0.2), shift: try number("beta", 0.5))
        case "HardSwish": return .hardSwish
        case "Elu": return .elu(alpha: try number("alpha", 1))
        case "Selu": return .selu(alpha: try number("alpha", 1.6732632), gamma: try number("gamma", 1.0507009))
        case "Celu": return .celu(alpha: try number("alpha", 1))
        case "Softplus": return .softplus
        case "Softsign": return .softsign
        case "Tanh": return .tanh
        case "Mish": return .mish
        case "Gelu":
            switch try node.string("approximate", default: "none") {
            case "none": return .gelu(approximated: false)
            case "tanh": return .gelu(approximated: true)
            case let other: throw node.malformed("invalid approximate '\(other)'")
            }
        case "Swish":
            guard try number("alpha", 1) == 1 else { throw node.lacking("with an alpha other than 1") }
            return .silu
        case "ThresholdedRelu": return .thresholdedReLU(threshold: try number("alpha", 1))
        case "Exp": return .exp
        case "Log": return .log
        case "Sqrt": return .sqrt
        case "Reciprocal": return .reciprocal
        case "Abs": return .absolute
        case "Neg": return .negate
        case "Sign": return .sign
        case "Floor": return .floor
        case "Ceil": return .ceil
        case "Round": return .round
        case "Erf": return .erf
        case "Sin": return .sin
        case "Cos": return .cos
        case "Tan": return .tan
        case "Asin": return .asin
        case "Acos": return .acos
        case "Atan": return .atan
        case "Sinh": return .sinh
        case "Cosh": return .cosh
        case "Not": return .not
        default: throw .lacking(node.kind)
        }
    }

    func rectifier(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        return [.value(try add(node, ReLU(), [input], kind: input.kind))]
    }

    func sigmoid(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        [.value(try add(node, Sigmoid(), [try flow(node, 0)]))]
    }

    /// The bounds are attributes before opset 11 and inputs after; either may be missing or computed.
    func clip(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        var (lowest, highest) = (-Float.infinity, Float.infinity)
        if node.opset < 11 {
            (lowest, highest) = (try node.float("min", default: lowest), try node.float("max", default: highest))
        }
        var isComputed = [false, false]
        for (position, index) in [1, 2].enumerated() {
            switch node.operand(index) {
            case .literal(let known)? where known.isSame && known.literal.count == 1:
                let bound = known.literal.floats[0]
                if index == 1 { lowest = bound } else { highest = bound }
            case nil: break
            default: isComputed[position] = true
            }
        }
        if isComputed == [false, false] {
            let kernel = Activation(.clip(lowest: lowest, highest: highest))
            return [.value(try add(node, kernel, [input], kind: input.kind))]
        }
        // The lower bound comes first: where it is above the upper one, the result is the upper one.
        let hasHighest = isComputed[1] || highest < .infinity
        var flow = input
        if isComputed[0] {
            let inputs = [flow, try self.flow(node, 1)]
            if !hasHighest { return [.value(try add(node, Arithmetic(.maximum), inputs, kind: input.kind))] }
            flow = try add(part: "lowest", of: node, Arithmetic(.maximum), inputs, kind: input.kind)
        } else if lowest > -.infinity {
            let kernel = Activation(.clip(lowest: lowest, highest: .infinity))
            flow = try add(part: "lowest", of: node, kernel, [flow], kind: input.kind)
        }
        if isComputed[1] {
            let inputs = [flow, try self.flow(node, 2)]
            return [.value(try add(node, Arithmetic(.minimum), inputs, kind: input.kind))]
        }
        let kernel = Activation(.clip(lowest: -.infinity, highest: highest))
        return [.value(try add(node, kernel, [flow], kind: input.kind))]
    }

    /// A computed slope gives `max(x, 0) + slope · min(x, 0)`.
    func parametricRectifier(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        if case .literal(let known)? = node.operand(1), known.isSame, known.literal.count > 0 {
            let slope = known.literal.tensor
            return [.value(try add(node, PReLU(slopeShape: slope.shape), [input], parameters: ["weight": slope]))]
        }
        let slope = try flow(node, 1)
        let above = try add(part: "above", of: node, ReLU(), [input])
        let below = try add(
            part: "below", of: node, Activation(.clip(lowest: -.infinity, highest: 0)), [input])
        let sloped = try add(part: "sloped", of: node, Multiply(), [below, slope])
        return [.value(try add(node, Add(), [above, sloped]))]
    }

    /// Before opset 13, all axes from the given one on are treated as one.
    func softmax(_ node: ImportedNode) throws(ImportProblem) -> [Operand] {
        let input = try flow(node, 0)
        let isOld = node.opset < 13
        guard input.rank > 0 else { throw node.malformed("its input has no axes") }
        let axis = try node.axis(try node.integer("axis", default: isOld ? 1 : -1), rank: input.rank)
        func kernel(_ axis: Int) -> any Operator {
            node.kind == "Softmax" ? Softmax(axis: axis) : LogSoftmax(axis: axis)
        }
        if !isOld || input.shape[(axis + 1)...].allSatisfy({ $0 == 1 }) {
            return [.value(try add(node, kernel(axis), [input]))]
        }
        let kept: [ReshapeExtent] = input.shape[..<axis].enumerated().map { $0 == 0 ? .same : .fixed($1) }
        let count = input.shape[axis...].reduce(1, *)
        let flat = try add(
            part: "flat", of: node, Reshape(kept + [axis == 0 ? .inferred : .fixed(count)]), [input])
        let normalized = try add(part: "normalized", of: node, kernel(axis), [flat])
        let back = kept + input.shape[axis...].enumerated().map { axis == 0 && $0 == 0 ? .inferred : .fixed($1) }
        return [.value(try add(node, Reshape(back), [normalized]))]
    }
}
