import Graphs

/// Rearranges blocks of channels into blocks of cells; ONNX `DepthToSpace`, PyTorch's `pixel_shuffle`.
///
/// `[batch, block² · channel, row, column]` becomes `[batch, channel, block · row, block · column]`.
public struct DepthToSpace: MovementOperator, Hashable {
    /// The ONNX name.
    public static let kind = "DepthToSpace"

    /// The order in which the input's channels enumerate block positions and output channels.
    public enum Mode: Hashable, Sendable {
        /// Block row, block column, channel; ONNX's `DCR`.
        case depthColumnRow
        /// Channel, block row, block column; ONNX's `CRD`, PyTorch's order.
        case columnRowDepth
    }

    /// The block size along each axis.
    public let block: Int
    /// The order of the input's channels.
    public let mode: Mode

    /// Creates a rearrangement.
    public init(block: Int, mode: Mode = .depthColumnRow) {
        self.block = block
        self.mode = mode
    }

    /// `[batch, channel, block · row, block · column]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let map = try MapShape(checking: inputs[0])
        guard block > 0, map.channels % block == 0, map.channels / block % block == 0 else {
            throw ShapeError(
                "the \(map.channels) channels of \(inputs[0]) cannot be split into \(block)x\(block) blocks")
        }
        return [
            map.batch, map.channels / block / block, try Extents.product(map.rows, block),
            try Extents.product(map.columns, block),
        ]
    }

    /// The output as `[batch, channel, row, block row, column, block column]`.
    public func movement(_ input: [Int], _ output: [Int]) -> Movement {
        let map = MapShape(input)
        let channels = map.channels / block / block
        let (channel, blockRow, blockColumn) =
            switch mode {
            case .depthColumnRow: (map.area, block * channels * map.area, channels * map.area)
            case .columnRowDepth: (block * block * map.area, block * map.area, map.area)
            }
        return Movement(
            extents: [map.batch, channels, map.rows, block, map.columns, block],
            steps: [map.channels * map.area, channel, map.columns, blockRow, 1, blockColumn])
    }
}
