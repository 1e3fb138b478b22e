import Graphs
import Tensors

/// Normalization of each channel of each image by its own mean and deviation (Ulyanov et al., arXiv:1607.08022); ONNX
/// `InstanceNormalization`.
///
///     output = weight[c] · (input - mean) / sqrt(variance + epsilon) + bias[c]
///
/// Input `[batch, channel, …]` with one axis or more behind the channels.
public struct InstanceNormalization: Operator, Hashable {
    /// ONNX's name.
    public static let kind = "InstanceNormalization"

    /// Channels of the input.
    public let channels: Int
    /// What keeps the division safe.
    public let epsilon: Float

    /// A normalization.
    public init(channels: Int, epsilon: Float = 1e-5) {
        precondition(channels > 0, "\(channels) channels")
        self.channels = channels
        self.epsilon = epsilon
    }

    private var groups: GroupNormalization {
        GroupNormalization(groups: channels, channels: channels, epsilon: epsilon)
    }

    /// `weight` and `bias`, a number for each channel.
    public var parameters: [ParameterDeclaration] { groups.parameters }

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { try groups.outputShape(inputs) }

    /// The means, then the reciprocal standard deviations.
    public func savedCount(inputs: [[Int]], output: [Int]) -> Int { groups.savedCount(inputs: inputs, output: output) }

    /// One for each element.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int { output.reduce(1, *) }

    /// As many groups as channels.
    public func forward(_ call: ForwardCall) { groups.forward(call) }

    /// As many groups as channels.
    public func backward(_ call: BackwardCall) { groups.backward(call) }
}
