import Foundation
import Operators
import Tensors

/// Arithmetic on known tensors. Integers wrap around, as in ONNX; division by zero is an error.
extension FoldedNode {
    mutating func unary() throws(ImportProblem) -> Literal {
        let input = try required(0)
        try reserve(input.shape)
        if node.kind == "Not" {
            return Literal(input.shape, integers: input.floats.map { $0 == 0 ? 1 : 0 }, kind: .boolean)
        }
        if let integers = input.integers, ["Neg", "Abs", "Sign", "Floor", "Ceil", "Round", "Relu"].contains(node.kind) {
            let values = integers.map { value -> Int64 in
                switch node.kind {
                case "Neg": 0 &- value
                case "Abs": value < 0 ? 0 &- value : value
                case "Sign": value.signum()
                case "Relu": max(0, value)
                default: value
                }
            }
            return Literal(input.shape, integers: values)
        }
        let values = input.floats.map { value -> Float in
            switch node.kind {
            case "Neg": -value
            case "Abs": abs(value)
            case "Sqrt": value.squareRoot()
            case "Exp": exp(value)
            case "Log": log(value)
            case "Floor": value.rounded(.down)
            case "Ceil": value.rounded(.up)
            case "Round": value.rounded(.toNearestOrEven)
            case "Reciprocal": 1 / value
            case "Sign": value > 0 ? 1 : value < 0 ? -1 : value
            case "Sin": sin(value)
            case "Cos": cos(value)
            case "Sigmoid": 1 / (1 + exp(-value))
            default: value < 0 ? 0 : value
            }
        }
        return Literal(input.shape, floats: values)
    }

    /// Combines all inputs, one after the other.
    mutating func arithmetic() throws(ImportProblem) -> Literal {
        var result = try required(0)
        for index in inputs.indices.dropFirst() { result = try combine(result, try required(index)) }
        return result
    }

    private mutating func combine(_ left: Literal, _ right: Literal) throws(ImportProblem) -> Literal {
        guard let shape = broadcast(left.shape, right.shape) else {
            throw node.malformed("the shapes \(left.shape) and \(right.shape) cannot be broadcast")
        }
        try reserve(shape)
        let (leftPlaces, rightPlaces) = (
            broadcastPlaces(of: left.shape, in: shape), broadcastPlaces(of: right.shape, in: shape)
        )
        if ["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual", "And", "Or", "Xor"].contains(node.kind) {
            let values: [Int64]
            if let a = left.integers, let b = right.integers {
                values = zip(leftPlaces, rightPlaces).map { holds(a[$0], b[$1]) ? 1 : 0 }
            } else {
                let (a, b) = (left.floats, right.floats)
                values = zip(leftPlaces, rightPlaces).map { holds(a[$0], b[$1]) ? 1 : 0 }
            }
            return Literal(shape, integers: values, kind: .boolean)
        }
        let truncates = try node.flag("fmod")
        if let a = left.integers, let b = right.integers {
            if node.kind == "Div" || node.kind == "Mod", b.contains(0) { throw node.malformed("it divides by zero") }
            let values = zip(leftPlaces, rightPlaces).map { combined(a[$0], b[$1], truncates: truncates) }
            return Literal(shape, integers: values)
        }
        let (a, b) = (left.floats, right.floats)
        if node.kind == "Pow", let bases = left.integers {
            // A power has the type of its base.
            let values = zip(leftPlaces, rightPlaces).map { Int64(clamping: pow(Double(bases[$0]), Double(b[$1]))) }
            return Literal(shape, integers: values)
        }
        return Literal(shape, floats: zip(leftPlaces, rightPlaces).map { combined(a[$0], b[$1], truncates: truncates) })
    }

    private func holds<Number: Comparable & ExpressibleByIntegerLiteral>(_ a: Number, _ b: Number) -> Bool {
        switch node.kind {
        case "Equal": a == b
        case "Less": a < b
        case "LessOrEqual": a <= b
        case "Greater": a > b
        case "GreaterOrEqual": a >= b
        case "And": a != 0 && b != 0
        case "Or": a != 0 || b != 0
        default: (a != 0) != (b != 0)
        }
    }

    private func combined(_ a: Int64, _ b: Int64, truncates: Bool) -> Int64 {
        switch node.kind {
        case "Add", "Sum": return a &+ b
        case "Sub": return a &- b
        case "Mul": return a &* b
        case "Div": return a.dividedReportingOverflow(by: b).partialValue
        case "Mod":
            let rest = a.remainderReportingOverflow(dividingBy: b).partialValue
            return !truncates && rest != 0 && (rest < 0) != (b < 0) ? rest + b : rest
        case "Pow": return power(a, b)
        case "Max": return max(a, b)
        default: return min(a, b)
        }
    }

    private func power(_ base: Int64, _ exponent: Int64) -> Int64 {
        if exponent < 0 { return base == 1 ? 1 : base == -1 ? (exponent % 2 == 0 ? 1 : -1) : 0 }
        var (result, square, rest): (Int64, Int64, Int64) = (1, base, exponent)
        while rest > 0 {
            if rest & 1 == 1 { result = result &* square }
            square = square &* square
            rest >>= 1
        }
        return result
    }

    private func combined(_ a: Float, _ b: Float, truncates: Bool) -> Float {
        switch node.kind {
        case "Add", "Sum": return a + b
        case "Sub": return a - b
        case "Mul": return a * b
        case "Div": return a / b
        case "Mod": return truncates ? fmod(a, b) : Arithmetic.modulo(a, b)
        case "Pow": return pow(a, b)
        case "Max": return a > b || a.isNaN ? a : b
        default: return a < b || a.isNaN ? a : b
        }
    }

    mutating func choice() throws(ImportProblem) -> Literal {
        let (condition, yes, no) = (try required(0), try required(1), try required(2))
        guard let both = broadcast(yes.shape, no.shape), let shape = broadcast(condition.shape, both) else {
            throw node.malformed("the shapes \(condition.shape), \(yes.shape) and \(no.shape) cannot be broadcast")
        }
        try reserve(shape)
        let conditions = condition.floats
        let chosen = broadcastPlaces(of: condition.shape, in: shape).map { conditions[$0] != 0 }
        let (yesPlaces, noPlaces) = (
            broadcastPlaces(of: yes.shape, in: shape), broadcastPlaces(of: no.shape, in: shape)
        )
        if let a = yes.integers, let b = no.integers {
            return Literal(
                shape, integers: chosen.indices.map { chosen[$0] ? a[yesPlaces[$0]] : b[noPlaces[$0]] }, kind: yes.kind)
        }
        let (a, b) = (yes.floats, no.floats)
        return Literal(shape, floats: chosen.indices.map { chosen[$0] ? a[yesPlaces[$0]] : b[noPlaces[$0]] })
    }

    /// Only with bounds as inputs: models with bounds as attributes predate shape computations.
    mutating func clip() throws(ImportProblem) -> Literal? {
        guard node.opset >= 11 else { return nil }
        let input = try required(0)
        try reserve(input.shape)
        let (lowest, highest) = (self.input(1), self.input(2))
        for bound in [lowest, highest].compactMap({ $0 }) where bound.count != 1 {
            throw node.malformed("a bound has \(bound.count) elements")
        }
        if let values = input.integers {
            let (low, high) = (lowest?.integers?.first ?? .min, highest?.integers?.first ?? .max)
            return Literal(input.shape, integers: values.map { min(max($0, low), high) })
        }
        let (low, high) = (lowest?.floats.first ?? -.infinity, highest?.floats.first ?? .infinity)
        return Literal(input.shape, floats: input.floats.map { min(max($0, low), high) })
    }

    mutating func cast() throws(ImportProblem) -> Literal {
        let input = try required(0)
        let isLike = node.kind == "CastLike"
        let kind = isLike ? try required(1).kind : try node.castKind()
        let byteKind = isLike ? try required(1).byteKind : try node.castFormat().byteKind
        if input.kind == kind {
            return byteKind == input.byteKind
                ? input : Literal(input.shape, integers: input.integers ?? [], byteKind: byteKind)
        }
        try reserve(input.shape)
        switch kind {
        case .float: return Literal(input.tensor)
        case .boolean: return Literal(input.shape, integers: input.floats.map { $0 == 0 ? 0 : 1 }, kind: .boolean)
        case .integer:
            let values = input.integers ?? input.floats.map { Int64(clamping: Double($0)) }
            return Literal(input.shape, integers: values, byteKind: byteKind)
        }
    }
}

extension Int64 {
    /// Truncates a number, clamped to the range of integers; NaN becomes 0.
    fileprivate init(clamping value: Double) {
        self = value.isNaN ? 0 : value >= 0x1p63 ? .max : value <= -0x1p63 ? .min : Int64(value)
    }
}
