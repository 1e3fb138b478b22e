import Graphs
import Tensors
import VectorKernels

/// A convolution on our own kernels: Winograd's minimal filtering, F(4x4, 3x3) or F(2x2, 3x3) (Lavin and Gray, arXiv:1509.09308).
///
/// It supports 3x3 kernels with stride 1. A transposed 4x4 convolution with stride 2 is computed as four of them, one for each parity of
/// row and column of its output: each uses 2x2 of the kernel's weights, padded with zeros to 3x3. One row and one column of such a kernel's
/// transform are zero, so 25 of 36 products remain (9 of 16), and all four share the transformed input.
struct WinogradConvolution {
    let problem: ConvolutionProblem
    let set: KernelSet
    let filtering: WinogradFiltering

    /// The maps' layout.
    func layout(_ shape: [Int]) throws(OneDNNError) -> Layout { try set.layout(shape) }

    /// A pass without memory addresses.
    func pass(_ direction: ConvolutionDirection) -> winograd_pass {
        let phases = problem.isTransposed ? 4 : 1
        let (input, output) = (map(problem.input, phases: 1), map(problem.output, phases: phases))
        let numbers = problem.isTransposed ? 16 : 9
        let (inputs, outputs) = (problem.input[1], problem.output[1])
        // The weights in the parameter store's layout: input channels come first in a transposed convolution.
        let (ofInput, ofOutput) =
            problem.isTransposed ? (outputs * numbers, numbers) : (numbers, inputs * numbers)
        let padding = problem.paddingBefore.map(Int.init)
        var pass = winograd_pass()
        pass.images = problem.input[0]
        switch direction {
        case .forward, .weights:
            (pass.source, pass.target) = (input, output)
            (pass.kernels.input, pass.kernels.output) = (ofInput, ofOutput)
            (pass.kernels.inputs, pass.kernels.outputs) = (inputs, outputs)
            (pass.padding_row, pass.padding_column) = (padding[0], padding[1])
        case .data:
            (pass.source, pass.target) = (output, input)
            (pass.kernels.input, pass.kernels.output) = (ofOutput, ofInput)
            (pass.kernels.inputs, pass.kernels.outputs) = (outputs, inputs)
            pass.factors_by_input = 1
            (pass.padding_row, pass.padding_column) =
                problem.isTransposed ? (1, 1) : (2 - padding[0], 2 - padding[1])
        }
        setTaps(of: &pass, turned: direction == .data)
        // If the last (first) of three taps is zero, so is the last (first) element of their transform.
        pass.skipped =
            !problem.isTransposed ? (-1, -1) : direction == .data ? (0, filtering.side - 1) : (filtering.side - 1, 0)
        pass.tile_rows = (pass.target.rows + filtering.tile - 1) / filtering.tile
        pass.tile_columns = (pass.target.columns + filtering.tile - 1) / filtering.tile
        return pass
    }

    /// A map, or its four phases: the cells with even or odd rows and columns.
    private func map(_ shape: [Int], phases: Int) -> winograd_map {
        var map = winograd_map()
        let side = phases == 4 ? 2 : 1
        let (row, blocks) = (shape[3] * set.lanes, (shape[1] + set.lanes - 1) / set.lanes)
        (map.image, map.block, map.row, map.column) = (
            blocks * shape[2] * row, shape[2] * row, row * side, set.lanes * side
        )
        (map.phase_row, map.phase_column, map.phases) = (row, set.lanes, phases)
        (map.blocks, map.rows, map.columns) = (blocks, shape[2] / side, shape[3] / side)
        return map
    }

    /// Sets which of the weights each phase's taps are; `turned` by 180° for the gradient with respect to the input.
    private func setTaps(of pass: inout winograd_pass, turned: Bool) {
        // Row 2i of a transposed convolution's output depends on input rows i-1 and i, row 2i+1 on rows i and i+1.
        let taps = problem.isTransposed ? [[3, 1, -1], [-1, 2, 0]] : [[0, 1, 2]]
        let side = problem.isTransposed ? 4 : 3
        withUnsafeMutableBytes(of: &pass.kernels.taps) { bytes in
            let places = bytes.bindMemory(to: Int.self)
            for phase in 0..<(problem.isTransposed ? 4 : 1) {
                for tap in 0..<9 {
                    let place = turned ? 8 - tap : tap
                    let row = taps[phase >> 1][place / 3]
                    let column = taps[problem.isTransposed ? phase & 1 : 0][place % 3]
                    places[9 * phase + tap] = row < 0 || column < 0 ? -1 : row * side + column
                }
            }
        }
    }
}

extension winograd_pass {
    /// Tiles of all images.
    var allTiles: Int { images * tile_rows * tile_columns }
    /// Pairs of blocks of output channels, over all phases.
    var allPanels: Int { target.phases * ((target.blocks + 1) / 2) }
    /// Blocks of input channels, over all phases.
    var allBlocks: Int { source.phases * source.blocks }
    /// The number of elements of all transformed kernels.
    func transformedCount(_ convolution: WinogradConvolution) -> Int {
        let (side, lanes) = (convolution.filtering.side, convolution.set.lanes)
        return side * side * allPanels * allBlocks * 2 * lanes * lanes
    }
}
