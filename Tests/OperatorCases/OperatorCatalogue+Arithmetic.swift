import Graphs
import Operators

extension OperatorCatalogue {
    /// Element-wise functions of one, two or three values, reductions, matrix products and normalizations.
    static let arithmeticOperators: [any Operator.Type] = [
        Arithmetic.self, Comparison.self, Where.self, Activation.self, PReLU.self, Softmax.self, LogSoftmax.self,
        Reduction.self, ArgumentOfMaximum.self, MatrixMultiplication.self, InstanceNormalization.self,
        GroupNormalization.self, LayerNormalization.self, LocalResponseNormalization.self, Correlation.self,
    ]

    static let arithmeticCases: [OperatorCase] =
        broadcasting + functionsOfTwo + activations + reductions + products + normalizations

    /// All ways in which two shapes can broadcast.
    private static let meetings: [(name: String, left: [Int], right: [Int])] = [
        ("one number", [], []),
        ("a number on the right", [3, 5], []),
        ("a number on the left", [1], [2, 3, 5]),
        ("channels", [2, 3, 5, 4], [3, 1, 1]),
        ("channels of each image", [2, 3, 5, 4], [2, 3, 1, 1]),
        ("images on the left", [2, 1, 1, 1], [2, 3, 3, 2]),
        ("rows and columns", [3, 1], [1, 4]),
        ("columns", [2, 3, 5], [5]),
        ("alternating axes", [2, 1, 3, 1, 2], [1, 3, 1, 2, 1]),
        ("nothing", [2, 0, 3], [1, 3]),
        ("six axes", [2, 1, 2, 1, 1, 3], [1, 3, 2, 1, 2, 3]),
    ]

    private static let broadcasting: [OperatorCase] =
        meetings.flatMap { name, left, right in
            [OperatorCase(name, Add(), [left, right]), OperatorCase(name, Multiply(), [left, right])]
        } + [
            OperatorCase("equal shapes", Where(), [[2, 3, 5], [2, 3, 5], [2, 3, 5]], values: [.bits]),
            OperatorCase("broadcasting", Where(), [[3, 1], [2, 1, 5], [3, 5]], values: [.bits]),
            OperatorCase("a number", Where(), [[2, 3, 5, 1], [], [1, 1, 4]], values: [.bits]),
            OperatorCase("one condition", Where(), [[1], [2, 3], [2, 3]], values: [.bits]),
        ]

    private static let functionsOfTwo: [OperatorCase] =
        Arithmetic.Function.allCases.flatMap { function -> [OperatorCase] in
            // Away from zero for divisors, and without ties.
            let values: [OperatorCase.Values]
            switch function {
            case .divide: values = [.usual, .range(0.5...2)]
            case .power: values = [.range(0.4...2), .range(-1.5...2.4)]
            case .modulo, .remainder: values = [.range(-4.3...4.3), .range(2.99...3.01)]
            default: values = [.usual, .range(-1.63...1.69)]
            }
            return [
                OperatorCase("", Arithmetic(function), [[2, 3, 5, 4], [2, 3, 5, 4]], values: values),
                OperatorCase("broadcasting", Arithmetic(function), [[2, 3, 1, 4], [5, 1]], values: values),
                OperatorCase("numbers", Arithmetic(function), [[], []], values: values),
            ]
        }
        + Comparison.Relation.allCases.flatMap { relation -> [OperatorCase] in
            let values: [OperatorCase.Values]
            switch relation {
            case .and, .or, .xor: values = [.bits, .bits]
            default: values = [.usual, .range(-1.63...1.69)]
            }
            return [
                OperatorCase("", Comparison(relation), [[3, 5], [3, 5]], values: values),
                OperatorCase("broadcasting", Comparison(relation), [[2, 3, 5, 4], [3, 1, 1]], values: values),
            ]
        }

    private static let activations: [OperatorCase] =
        functions.flatMap { function, values in
            [
                OperatorCase("\(function)", Activation(function), [[2, 3, 5, 3]], values: [values]),
                OperatorCase("\(function), a number", Activation(function), [[]], values: [values]),
            ]
        } + [
            OperatorCase("channels", PReLU(slopeShape: [3, 1, 1]), [[2, 3, 5, 4]]),
            OperatorCase("one slope", PReLU(slopeShape: [1]), [[3, 7]]),
            OperatorCase("every number", PReLU(slopeShape: [5, 3]), [[2, 5, 3]]),
            OperatorCase("nothing", Activation(.tanh), [[2, 0]]),
            OperatorCase("nothing", PReLU(slopeShape: [1]), [[0, 3]]),
            OperatorCase("columns", PReLU(slopeShape: [4]), [[2, 3, 4]]),
            OperatorCase("one number", PReLU(slopeShape: []), [[]]),
            OperatorCase("channels", Softmax(axis: 1), [[2, 7, 3, 5]]),
            OperatorCase("columns", Softmax(axis: 3), [[2, 3, 2, 9]]),
            OperatorCase("the first of six axes", Softmax(axis: 0), [[3, 1, 2, 1, 2, 3]]),
            OperatorCase("one axis", Softmax(axis: 0), [[11]]),
            OperatorCase("channels", LogSoftmax(axis: 1), [[2, 7, 3, 5]]),
            OperatorCase("columns", LogSoftmax(axis: 1), [[3, 9]]),
            OperatorCase("rows", LogSoftmax(axis: 0), [[5, 3]]),
        ]

    /// The values avoid kinks and steps.
    private static let functions: [(Activation.Function, OperatorCase.Values)] = [
        (.leakyReLU(slope: 0.1), .usual), (.hardSigmoid(slope: 0.5, shift: 0.4), .usual),
        (.hardSwish, .range(-4.1...4.2)), (.elu(alpha: 0.7), .usual), (.selu(alpha: 1.6733, gamma: 1.0507), .usual),
        (.celu(alpha: 1.3), .usual), (.softplus, .usual), (.softsign, .usual), (.tanh, .usual), (.mish, .usual),
        (.gelu(approximated: false), .usual), (.gelu(approximated: true), .usual), (.silu, .usual),
        (.clip(lowest: -0.6, highest: 0.9), .usual), (.thresholdedReLU(threshold: 0.5), .usual),
        (.exp, .usual), (.log, .range(0.2...2)), (.sqrt, .range(0.2...2)), (.reciprocal, .range(0.4...2)),
        (.absolute, .usual), (.negate, .usual), (.sign, .usual), (.floor, .usual), (.ceil, .usual),
        (.round, .usual), (.truncate, .usual), (.erf, .usual), (.sin, .usual), (.cos, .usual),
        (.tan, .range(-1.1...1.1)), (.asin, .range(-0.8...0.8)), (.acos, .range(-0.8...0.8)), (.atan, .usual),
        (.sinh, .usual), (.cosh, .usual), (.not, .bits),
    ]

    private static let reductions: [OperatorCase] =
        Reduction.Function.allCases.flatMap { function -> [OperatorCase] in
            let values: [OperatorCase.Values] = function == .logSum ? [.range(0.2...2)] : []
            func example(_ name: String, _ axes: [Int], _ keepsAxes: Bool, _ shape: [Int]) -> OperatorCase {
                OperatorCase(
                    name, Reduction(function, axes: axes, keepsAxes: keepsAxes), [shape], values: values)
            }
            return [
                example("everything", [], false, [2, 3, 5]), example("maps", [2, 3], true, [2, 3, 3, 5]),
                example("channels", [1], false, [2, 3, 2, 5]), example("batch and rows", [0, 2], true, [2, 3, 3, 2]),
                example("alternating axes", [0, 2, 4], false, [2, 1, 2, 3, 2, 2]),
                example("one number", [], true, []),
            ]
        } + [
            OperatorCase("channels", ArgumentOfMaximum(axis: 1, keepsAxis: true), [[2, 5, 3, 4]]),
            OperatorCase("columns", ArgumentOfMaximum(axis: 1, keepsAxis: false), [[3, 7]]),
            OperatorCase("channels", ArgumentOfMaximum(axis: 1, keepsAxis: false, minimum: true), [[2, 5, 3, 4]]),
        ]

    private static let products: [OperatorCase] = [
        OperatorCase("matrices", MatrixMultiplication(), [[3, 5], [5, 4]]),
        OperatorCase("batches", MatrixMultiplication(), [[2, 3, 4, 5], [2, 3, 5, 3]]),
        OperatorCase("one matrix for all", MatrixMultiplication(), [[2, 3, 4, 5], [5, 3]]),
        OperatorCase("one matrix on the left", MatrixMultiplication(), [[4, 5], [2, 5, 3]]),
        OperatorCase("broadcasting", MatrixMultiplication(), [[2, 1, 4, 3], [3, 3, 2]]),
        OperatorCase("six axes", MatrixMultiplication(), [[2, 1, 1, 2, 3, 2], [1, 2, 1, 2, 2, 1]]),
        OperatorCase("a row", MatrixMultiplication(), [[5], [2, 5, 3]]),
        OperatorCase("a column", MatrixMultiplication(), [[2, 3, 5], [5]]),
        OperatorCase("a row and a column", MatrixMultiplication(), [[7], [7]]),
        OperatorCase("padded", Correlation(padding: 1), [[2, 3, 5, 7], [4, 3, 3, 3]]),
        OperatorCase(
            "groups, stride and bias", Correlation(stride: Extent(2, 1), groups: 2),
            [[2, 4, 7, 5], [6, 2, 3, 2], [6]]),
        OperatorCase("channel by channel", Correlation(groups: 5), [[1, 5, 7, 6], [5, 1, 4, 3]]),
        OperatorCase("dilation", Correlation(padding: 2, dilation: 2), [[1, 2, 5, 6], [3, 2, 3, 3], [3]]),
    ]

    private static let normalizations: [OperatorCase] = [
        OperatorCase("", InstanceNormalization(channels: 3), [[2, 3, 5, 4]]),
        OperatorCase("signals", InstanceNormalization(channels: 2), [[3, 2, 7]]),
        OperatorCase("", GroupNormalization(groups: 2, channels: 6), [[2, 6, 3, 5]]),
        OperatorCase("one group", GroupNormalization(groups: 1, channels: 3), [[3, 3, 4]]),
        OperatorCase("", LayerNormalization(shape: [7]), [[2, 3, 7]]),
        OperatorCase("maps without bias", LayerNormalization(shape: [3, 5], bias: false), [[2, 2, 3, 5]]),
        OperatorCase("everything", LayerNormalization(shape: [3, 4]), [[3, 4]]),
        OperatorCase("", LocalResponseNormalization(size: 3, alpha: 0.3, beta: 0.75, bias: 1.1), [[2, 5, 3, 4]]),
        OperatorCase("even size", LocalResponseNormalization(size: 4, alpha: 0.5, beta: 0.6, bias: 2), [[1, 7, 5]]),
    ]
}
