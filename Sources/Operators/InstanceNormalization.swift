import Graphs
import Tensors

/// Normalization of each channel of each image by its own mean and standard deviation (Ulyanov et al., arXiv:1607.08022); ONNX
/// `InstanceNormalization`.
///
///     output = weight[c] · (input - mean) / sqrt(variance + epsilon) + bias[c]
///
/// Input `[batch, channel, …]` with at least one axis after the channels.
public struct InstanceNormalization: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "InstanceNormalization"

    /// Channels of the input.
    public let channels: Int
    /// The constant added to the variance, which avoids division by zero.
    public let epsilon: Float

    /// Creates a normalization.
    public init(channels: Int, epsilon: Float = 1e-5) {
        precondition(channels > 0, "the number of channels must be positive, not \(channels)")
        self.channels = channels
        self.epsilon = epsilon
    }

    private var groups: GroupNormalization {
        GroupNormalization(groups: channels, channels: channels, epsilon: epsilon)
    }

    /// `weight` and `bias`, one number per channel each.
    public var parameters: [ParameterDeclaration] { groups.parameters }

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] { try groups.outputShape(inputs) }

    /// The means, then the reciprocal standard deviations.
    public func savedCount(inputs: [[Int]], output: [Int]) -> Int { groups.savedCount(inputs: inputs, output: output) }

    /// One multiply-add per element.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int { output.reduce(1, *) }

    /// Runs a group normalization with as many groups as channels.
    public func forward(_ call: ForwardCall) { groups.forward(call) }

    /// Runs a group normalization with as many groups as channels.
    public func backward(_ call: BackwardCall) { groups.backward(call) }
}
