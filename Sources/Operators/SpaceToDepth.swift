import Graphs

/// Rearranges blocks of cells into channels; ONNX `SpaceToDepth`, the inverse of ``DepthToSpace`` in its first mode.
///
/// `[batch, channel, block · row, block · column]` becomes `[batch, block² · channel, row, column]`, with the channels ordered by block
/// row, block column and channel.
public struct SpaceToDepth: MovementOperator, Hashable {
    /// The ONNX name.
    public static let kind = "SpaceToDepth"

    /// The block size along each axis.
    public let block: Int

    /// Creates a rearrangement.
    public init(block: Int) { self.block = block }

    /// `[batch, block² · channel, row, column]`.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        let map = try MapShape(checking: inputs[0])
        guard block > 0, map.rows % block == 0, map.columns % block == 0 else {
            throw ShapeError("a map of \(map.rows)x\(map.columns) cannot be split into \(block)x\(block) blocks")
        }
        let channels = try Extents.product(try Extents.product(map.channels, block), block)
        return [map.batch, channels, map.rows / block, map.columns / block]
    }

    /// The output as `[batch, block row, block column, channel, row, column]`.
    public func movement(_ input: [Int], _ output: [Int]) -> Movement {
        let map = MapShape(input)
        return Movement(
            extents: [map.batch, block, block, map.channels, map.rows / block, map.columns / block],
            steps: [map.channels * map.area, map.columns, 1, map.area, block * map.columns, block])
    }
}
