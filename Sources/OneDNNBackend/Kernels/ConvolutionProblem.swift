import CDNNL
import Graphs
import Operators

/// A convolution or transposed convolution, which oneDNN computes.
protocol AcceleratedConvolution: AcceleratedOperator, ConvolutionOperator {
    /// Whether it is a transposed convolution.
    static var isTransposed: Bool { get }
}

extension AcceleratedConvolution {
    /// The convolution for the given shapes.
    func problem(input: [Int], output: [Int]) -> ConvolutionProblem {
        ConvolutionProblem(self, input: input, output: output)
    }
}

/// The shapes and settings of a convolution, transposed or not, in oneDNN's conventions.
struct ConvolutionProblem {
    let isTransposed: Bool
    private(set) var input, output: [Int]
    /// `[output channel, input channel, row, column]`, preceded by the number of groups if there are several.
    let weights: [Int]
    let hasGroups: Bool
    let strides, dilations, paddingBefore, paddingAfter: [Int64]

    init<Kernel: AcceleratedConvolution>(_ convolution: Kernel, input: [Int], output: [Int]) {
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
        // oneDNN counts the cells skipped between two kernel elements.
        dilations = [dilation.rows - 1, dilation.columns - 1].map(Int64.init)
        paddingBefore = [padding.rows, padding.columns].map(Int64.init)
        // As much as the last position needs: cells left over by the stride are not read.
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

    /// The layout of the weights in the parameter store: PyTorch's, which for a transposed convolution puts input channels first.
    var plainWeights: Layout {
        get throws(OneDNNError) {
            isTransposed ? try Layout(weights, hasGroups ? dnnl_acbde : dnnl_bacd) : try .plain(weights)
        }
    }

    /// The algorithm that computes every product and sum of the definition.
    var directAlgorithm: dnnl_alg_kind_t { isTransposed ? dnnl_deconvolution_direct : dnnl_convolution_direct }

    var plainBias: Layout { get throws(OneDNNError) { try .plain([output[1]]) } }

    /// Whether our Winograd kernels support it at all: see ``WinogradConvolution``.
    var admitsWinograd: Bool {
        guard !hasGroups, dilations == [0, 0], input.count == 4, !input.contains(0), !output.contains(0) else {
            return false
        }
        if !isTransposed { return weights.suffix(2) == [3, 3] && strides == [1, 1] }
        return weights.suffix(2) == [4, 4] && strides == [2, 2] && paddingBefore == [1, 1]
            && output.suffix(2) == input.suffix(2).map { 2 * $0 }
    }

    /// The filtering with which our Winograd kernels compute a pass; nil if there is none, or other kernels are faster.
    func filtering(_ direction: ConvolutionDirection, in compiler: Compiler) -> WinogradFiltering? {
        guard let set = compiler.kernelSet, admitsWinograd, compiler.algorithm != .direct else { return nil }
        let choices = set.filterings(direction).map { ($0, winogradCycles($0, mode: compiler.mode)) }
        guard let (fastest, cycles) = choices.min(by: { $0.1 < $1.1 }) else { return nil }
        return compiler.algorithm == .winograd || cycles < directCycles(set) ? fastest : nil
    }

    /// The cost of a pass on our Winograd kernels, estimated from the shapes alone: in cycles of a core for a pair of an input and an
    /// output channel, with the rates that `Tools/Benchmarks` measures.
    func winogradCycles(_ filtering: WinogradFiltering, mode: ProgramMode) -> Double {
        let grid = isTransposed ? input : output
        func tiles(_ cells: Int) -> Int { (cells + filtering.tile - 1) / filtering.tile }
        let count = Double(grid[0] * tiles(grid[2]) * tiles(grid[3]))
        let phases: Double = isTransposed ? 4 : 1
        let (inputs, outputs) = (Self.padded(input[1], 8), phases * Self.padded(output[1], 16))
        let elements = Double(filtering.side * filtering.side)
        let kept = isTransposed ? Double((filtering.side - 1) * (filtering.side - 1)) : elements
        let size = Double(filtering.valueSize)
        // Sixteen products per cycle in float32, twice as many in bfloat16, of which our kernels reach five sixths.
        let multiplied = count * kept * inputs * outputs / (16 * 0.83 * 4 / size)
        // A tile of 36 numbers of a channel is transformed in some 25 cycles.
        let transformed = elements / 36 * 25 * count * (inputs + outputs)
        // Transformed kernels are read once if they are kept, and recomputed if they are trained.
        let pairs = elements / 36 * inputs * outputs
        let weighed = pairs * (mode == .training ? 60 : size / 4 * (36 * size * pairs > Self.cacheByteCount ? 50 : 15))
        return multiplied + transformed + weighed
    }

    /// The cost of oneDNN's direct kernels, in the same unit.
    func directCycles(_ set: KernelSet) -> Double {
        let grid = isTransposed ? input : output
        let cells = Double(grid[0] * grid[2] * grid[3])
        let products = Double(weights.suffix(2).reduce(1, *))
        return cells * products * Self.padded(input[1], 8) * Self.padded(output[1], 8)
            / (16 * 0.66 * Double(4 / set.cellSize))
    }

    private static func padded(_ channels: Int, _ block: Int) -> Double {
        Double((channels + block - 1) / block * block)
    }

    /// The size of the cache in which kernels stay between passes.
    private static let cacheByteCount = Double(6 << 20)
}

/// The result that a convolution's operation computes.
enum ConvolutionDirection {
    case forward
    /// The gradient with respect to the input.
    case data
    /// The gradient with respect to the weights.
    case weights
}
