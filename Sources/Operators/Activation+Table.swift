import Foundation
import Graphs

extension Activation {
    /// Calls a reader with the function's entry in the table: its name, its value at `x`, and its derivative, where the value is `y`. At a
    /// kink, the derivative is PyTorch's; at the ends of a clip, it is zero, as for PyTorch's `hardtanh`.
    @inline(__always)
    func look<Reader: ActivationReader>(_ line: Reader) -> Reader.Result {
        switch function {
        case .leakyReLU(let slope): line("LeakyRelu", { $0 < 0 ? slope * $0 : $0 }, { x, _ in x > 0 ? 1 : slope })
        case .hardSigmoid(let slope, let shift):
            line(
                "HardSigmoid", { clipped(slope * $0 + shift, 0, 1) },
                { x, _ in
                    let line = slope * x + shift
                    return line > 0 && line < 1 ? slope : 0
                })
        case .hardSwish:
            line(
                "HardSwish", { $0 * clipped($0 / 6 + 0.5, 0, 1) },
                { x, _ in x <= -3 ? 0 : x < 3 ? x / 3 + 0.5 : 1 })
        case .elu(let alpha):
            line("Elu", { $0 < 0 ? alpha * expm1($0) : $0 }, { x, y in x > 0 ? 1 : y + alpha })
        case .selu(let alpha, let gamma):
            line(
                "Selu", { gamma * ($0 < 0 ? alpha * expm1($0) : $0) },
                { x, y in x > 0 ? gamma : y + gamma * alpha })
        case .celu(let alpha):
            line("Celu", { $0 < 0 ? alpha * expm1($0 / alpha) : $0 }, { x, _ in x > 0 ? 1 : exp(x / alpha) })
        case .softplus: line("Softplus", { softplus($0) }, { x, _ in logistic(x) })
        case .softsign: line("Softsign", { $0 / (1 + abs($0)) }, { x, _ in 1 / ((1 + abs(x)) * (1 + abs(x))) })
        case .tanh: line("Tanh", { tanh($0) }, { _, y in 1 - y * y })
        case .mish:
            line(
                "Mish", { $0 * tanh(softplus($0)) },
                { x, _ in
                    let gate = tanh(softplus(x))
                    return gate + x * (1 - gate * gate) * logistic(x)
                })
        case .gelu(approximated: false):
            line(
                "Gelu", { 0.5 * $0 * erfc(-$0 * Float(0.5).squareRoot()) },
                { x, _ in
                    let density = exp(-0.5 * x * x) / (2 * Float.pi).squareRoot()
                    return 0.5 * erfc(-x * Float(0.5).squareRoot()) + x * density
                })
        case .gelu(approximated: true):
            line(
                "Gelu", { 0.5 * $0 * (1 + tanh(cubic($0))) },
                { x, _ in
                    let gate = tanh(cubic(x))
                    let inner = (2 / Float.pi).squareRoot() * (1 + 3 * 0.044715 * x * x)
                    return 0.5 * (1 + gate) + 0.5 * x * (1 - gate * gate) * inner
                })
        case .silu:
            line(
                "Swish", { $0 * logistic($0) },
                { x, _ in
                    let gate = logistic(x)
                    return gate + x * gate * (1 - gate)
                })
        case .clip(let lowest, let highest):
            line("Clip", { clipped($0, lowest, highest) }, { x, _ in x > lowest && x < highest ? 1 : 0 })
        case .thresholdedReLU(let threshold):
            line("ThresholdedRelu", { $0 <= threshold ? 0 : $0 }, { x, _ in x > threshold ? 1 : 0 })
        case .exp: line("Exp", { exp($0) }, { _, y in y })
        case .log: line("Log", { log($0) }, { x, _ in 1 / x })
        case .sqrt: line("Sqrt", { $0.squareRoot() }, { _, y in 0.5 / y })
        case .reciprocal: line("Reciprocal", { 1 / $0 }, { _, y in -y * y })
        case .absolute: line("Abs", { abs($0) }, { x, _ in x > 0 ? 1 : x < 0 ? -1 : 0 })
        case .negate: line("Neg", { -$0 }, { _, _ in -1 })
        case .sign: line("Sign", { $0 > 0 ? 1 : $0 < 0 ? -1 : $0 }, { _, _ in 0 })
        case .floor: line("Floor", { $0.rounded(.down) }, { _, _ in 0 })
        case .ceil: line("Ceil", { $0.rounded(.up) }, { _, _ in 0 })
        case .round: line("Round", { $0.rounded(.toNearestOrEven) }, { _, _ in 0 })
        case .truncate: line("Trunc", { $0.rounded(.towardZero) }, { _, _ in 0 })
        case .erf: line("Erf", { erf($0) }, { x, _ in 2 / Float.pi.squareRoot() * exp(-x * x) })
        case .sin: line("Sin", { sin($0) }, { x, _ in cos(x) })
        case .cos: line("Cos", { cos($0) }, { x, _ in -sin(x) })
        case .tan: line("Tan", { tan($0) }, { _, y in 1 + y * y })
        case .asin: line("Asin", { asin($0) }, { x, _ in 1 / (1 - x * x).squareRoot() })
        case .acos: line("Acos", { acos($0) }, { x, _ in -1 / (1 - x * x).squareRoot() })
        case .atan: line("Atan", { atan($0) }, { x, _ in 1 / (1 + x * x) })
        case .sinh: line("Sinh", { sinh($0) }, { x, _ in cosh(x) })
        case .cosh: line("Cosh", { cosh($0) }, { x, _ in sinh(x) })
        case .not: line("Not", { $0 == 0 ? 1 : 0 }, { _, _ in 0 })
        }
    }
}

@inline(__always)
private func clipped(_ x: Float, _ lowest: Float, _ highest: Float) -> Float {
    let raised = x < lowest ? lowest : x
    return raised > highest ? highest : raised
}

private func logistic(_ x: Float) -> Float { 1 / (1 + exp(-x)) }

/// Computed in the form that does not overflow.
private func softplus(_ x: Float) -> Float { x > 0 ? x + log1p(exp(-x)) : log1p(exp(x)) }

/// The argument of the hyperbolic tangent in the approximated GELU.
private func cubic(_ x: Float) -> Float { (2 / Float.pi).squareRoot() * (x + 0.044715 * x * x * x) }
