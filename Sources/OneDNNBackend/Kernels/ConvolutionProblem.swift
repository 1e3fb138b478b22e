import CDNNL
import Graphs
import Operators

/// What convolutions have in common, transposed or not.
protocol ConvolutionOperator: AcceleratedOperator {
    /// Whether it scatters where the other gathers.
    static var isTransposed: Bool { get }
    var kernel: Extent { get }
    var stride: Extent { get }
    var padding: Extent { get }
    var dilation: Extent { get }
    var groups: Int { get }
    var bias: Bool { get }
}

/// A convolution's extents, transposed or not, as oneDNN wants them.
struct ConvolutionProblem {
    let isTransposed: Bool
    private(set) var input, output: [Int]
    /// `[output channel, input channel, row, column]`, after the number of groups when there are several.
    let weights: [Int]
    let hasGroups: Bool
    let strides, dilations, paddingBefore, paddingAfter: [Int64]

    init<Kernel: ConvolutionOperator>(_ convolution: Kernel, input: [Int], output: [Int]) {
        let (kernel, stride, padding) = (convolution.kernel, convolution.stride, convolution.padding)
        let (dilation, groups) = (convolution.dilation, convolution.groups)
        let isTransposed = Kernel.isTransposed
        self.isTransposed = isTransposed
        self.input = input
        self.output = output
        hasGroups = groups > 1
        weights =
            (hasGroups ? [groups] : []) + [output[1] / groups, input[1] / groups, kernel.rows, kernel.columns]
        strides = [stride.rows, stride.columns].map(Int64.init)
        // oneDNN counts the cells left out between two kernel elements.
        dilations = [dilation.rows - 1, dilation.columns - 1].map(Int64.init)
        paddingBefore = [padding.rows, padding.columns].map(Int64.init)
        // As much as the last position needs: what a stride leaves over is not seen.
        func after(_ axis: Int, _ kernel: Int, _ stride: Int, _ padding: Int, _ dilation: Int) -> Int64 {
            let (wide, narrow) = isTransposed ? (output[axis], input[axis]) : (input[axis], output[axis])
            return Int64((narrow - 1) * stride + dilation * (kernel - 1) + 1 - wide - padding)
        }
        paddingAfter = [
            after(2, kernel.rows, stride.rows, padding.rows, dilation.rows),
            after(3, kernel.columns, stride.columns, padding.columns, dilation.columns),
        ]
    }

    /// The same convolution of a larger batch.
    func repeated(_ count: Int) -> ConvolutionProblem {
        var problem = self
        problem.input[0] *= count
        problem.output[0] *= count
        return problem
    }

    /// How the weights lie outside: as PyTorch has them, which for a transposed convolution means input channels first.
    var plainWeights: Layout {
        get throws(OneDNNError) {
            isTransposed ? try Layout(weights, hasGroups ? dnnl_acbde : dnnl_bacd) : try .plain(weights)
        }
    }

    /// Every product and sum as the definition has them.
    var directAlgorithm: dnnl_alg_kind_t { isTransposed ? dnnl_deconvolution_direct : dnnl_convolution_direct }

    var plainBias: Layout { get throws(OneDNNError) { try .plain([output[1]]) } }

    /// Whether Winograd's algorithm can compute it at all.
    var admitsWinograd: Bool {
        !isTransposed && !hasGroups && weights.suffix(2) == [3, 3] && strides == [1, 1] && dilations == [0, 0]
    }

    /// Where Winograd's tiles repay their transforms: enough channels to multiply by, and enough cells to share the transformed
    /// weights. Read off the table that `Tools/Benchmarks` makes.
    ///
    /// In inference weights are transformed once; still a deep layer on a small map would have to see several pictures before
    /// that is repaid. In training every pass transforms them again.
    func suitsWinograd(_ direction: ConvolutionDirection, mode: ProgramMode) -> Bool {
        let cells = output[0] * output[2] * output[3]
        let channels = (fewest: min(input[1], output[1]), most: max(input[1], output[1]))
        guard admitsWinograd, channels.fewest >= 32 else { return false }
        if mode == .inference { return cells >= (channels.fewest >= 64 ? max(64, channels.most / 2) : 512) }
        switch direction {
        case .forward, .data: return cells >= (channels.fewest >= 64 ? 512 : 1024)
        case .weights: return cells >= 512
        }
    }
}

/// What a convolution's operation computes.
enum ConvolutionDirection {
    case forward
    /// The gradient with respect to the input.
    case data
    /// The gradient with respect to the weights.
    case weights
}
