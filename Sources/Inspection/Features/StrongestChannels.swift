import Tensors

/// One channel of a layer.
public struct ChannelPlane: Sendable {
    /// Its index in the layer.
    public let index: Int
    /// The mean magnitude of its values.
    public let strength: Float
    /// Its values, `[row, column]`.
    public let plane: Tensor
}

/// Returns the channels of `[channel, row, column]` with the largest mean magnitude, strongest first; equal ones keep their order.
///
/// - Parameter count: The maximum number of channels.
public func strongestChannels(_ activation: Tensor, count: Int) -> [ChannelPlane] {
    activation.requireActivation()
    let (rows, columns) = (activation.shape[1], activation.shape[2])
    let area = rows * columns
    return activation.withElements { elements in
        let strengths = (0..<activation.shape[0]).map { channel in
            let sum = elements[channel * area..<(channel + 1) * area].reduce(0) { $0 + Double(abs($1)) }
            // A channel with NaN has no strength.
            return sum.isNaN || area == 0 ? 0 : Float(sum / Double(area))
        }
        let order = strengths.indices.sorted { (strengths[$1], $0) < (strengths[$0], $1) }
        return order.prefix(max(0, count)).map { channel in
            ChannelPlane(
                index: channel, strength: strengths[channel],
                plane: Tensor([rows, columns], elements: elements[channel * area..<(channel + 1) * area]))
        }
    }
}
