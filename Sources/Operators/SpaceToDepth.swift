import Graphs

/// Rearranges blocks of cells into channels; ONNX `SpaceToDepth`, the inverse of ``DepthToSpace``.
///
/// `[batch, channel, block · row, block · column]` becomes `[batch, block² · channel, row, column]`.
public struct SpaceToDepth: MovementOperator, Hashable {
    /// The ONNX name.
    public static let kind = "SpaceToDepth"

    /// The block size along each axis.
    public let block: Int
    /// The order of the output's channels.
    public let mode: DepthToSpace.Mode

    /// Creates a rearrangement.
    public init(block: Int, mode: DepthToSpace.Mode = .depthColumnRow) {
        self.block = block
        self.mode = mode
    }

    /// `[batch, block² · channel, row, column]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let map = try MapShape(checking: inputs[0])
        guard block > 0, map.rows % block == 0, map.columns % block == 0 else {
            throw ShapeError("a map of \(map.rows)x\(map.columns) cannot be split into \(block)x\(block) blocks")
        }
        let channels = try Extents.product(try Extents.product(map.channels, block), block)
        return [map.batch, channels, map.rows / block, map.columns / block]
    }

    /// The output as `[batch, block row, block column, channel, row, column]`, or with the channel before the block row.
    public func movement(_ input: [Int], _ output: [Int]) -> Movement {
        let map = MapShape(input)
        var axes: [(extent: Int, step: Int)] = [(block, map.columns), (block, 1)]
        axes.insert((map.channels, map.area), at: mode == .depthColumnRow ? 2 : 0)
        axes.insert((map.batch, map.channels * map.area), at: 0)
        axes += [(map.rows / block, block * map.columns), (map.columns / block, block)]
        return Movement(extents: axes.map(\.extent), steps: axes.map(\.step))
    }
}
