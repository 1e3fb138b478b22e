import Graphs
import Tensors

/// Batch normalization over each channel of `[batch, channel, row, column]` (Ioffe and Szegedy, 2015); ONNX
/// `BatchNormalization`.
///
///     output = weight[c] · (input - mean[c]) / sqrt(variance[c] + epsilon) + bias[c]
///
/// In training, mean and variance are the batch's own (the variance divided by the number of values), and the running statistics move
/// towards them by `momentum` (with the variance divided by one less, as in PyTorch). Otherwise the running statistics are used.
public struct BatchNormalization: Operator, Hashable {
    /// The ONNX name.
    public static let kind = "BatchNormalization"

    /// Channels of the input and the output.
    public let channels: Int
    /// The constant added to the variance, which avoids division by zero.
    public let epsilon: Float
    /// The weight of the batch's statistics when the running ones are updated.
    public let momentum: Float
    /// Whether training normalizes by the running statistics and does not update them.
    public let keepsStatistics: Bool
    private let scale: Float

    /// Creates a normalization; `scale` is the initial `weight` (zero makes a residual block start as the identity).
    public init(
        channels: Int, epsilon: Float = 1e-5, momentum: Float = 0.1, scale: Float = 1, keepsStatistics: Bool = false
    ) {
        self.channels = channels
        self.epsilon = epsilon
        self.momentum = momentum
        self.keepsStatistics = keepsStatistics
        self.scale = scale
    }

    /// The same normalization with fixed running statistics.
    public var frozen: any Operator {
        BatchNormalization(
            channels: channels, epsilon: epsilon, momentum: momentum, scale: scale, keepsStatistics: true)
    }

    /// Returns whether a pass uses the batch's own statistics.
    public func usesBatchStatistics(_ mode: ProgramMode) -> Bool { mode.usesBatchStatistics && !keepsStatistics }

    /// `weight`, `bias`, `running_mean`, `running_var`.
    public var parameters: [ParameterDeclaration] {
        [
            ParameterDeclaration("weight", [channels], .bias, .constant(scale)),
            ParameterDeclaration("bias", [channels], .bias, .constant(0)),
            ParameterDeclaration("running_mean", [channels], .statistic, .constant(0)),
            ParameterDeclaration("running_var", [channels], .statistic, .constant(1)),
        ]
    }

    /// The input's shape.
    public func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        _ = try MapShape(checking: inputs[0], channels: channels)
        return inputs[0]
    }

    /// The means, then the reciprocal standard deviations.
    public func savedCount(inputs: [[Int]], output: [Int]) -> Int { 2 * channels }

    /// One multiply-add per element.
    public func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int { output.reduce(1, *) }

    /// Channel by channel: statistics in two passes, then one factor and one offset.
    public func forward(_ call: ForwardCall) {
        let shape = MapShape(call.output.shape)
        let (input, output, saved) = (call.inputs[0].pointer, call.output.pointer, call.saved.pointer)
        let (weight, bias) = (call.parameters[0].pointer, call.parameters[1].pointer)
        let (runningMean, runningVariance) = (call.parameters[2].pointer, call.parameters[3].pointer)
        Parallel.forEach(channels) { channel, _ in
            var mean = runningMean[channel]
            var variance = runningVariance[channel]
            if usesBatchStatistics(call.mode) {
                (mean, variance) = statistics(input, shape, channel)
                let count = Float(shape.batch * shape.area)
                runningMean[channel] += momentum * (mean - runningMean[channel])
                let unbiased = variance * (count / max(count - 1, 1))
                runningVariance[channel] += momentum * (unbiased - runningVariance[channel])
            }
            let reciprocal = 1 / (variance + epsilon).squareRoot()
            saved[channel] = mean
            saved[channels + channel] = reciprocal
            let factor = weight[channel] * reciprocal
            let summand = bias[channel] - mean * factor
            for image in 0..<shape.batch {
                let start = (image * channels + channel) * shape.area
                for index in start..<start + shape.area { output[index] = input[index] * factor + summand }
            }
        }
    }

    /// With x' the normalized input and the sums over the m values of a channel,
    ///
    ///     d weight = Σ d output · x'      d bias = Σ d output
    ///     d input  = weight / sqrt(variance + epsilon) · (d output - (d bias + x' · d weight) / m)
    ///
    /// and without the last two terms where the statistics do not depend on the input.
    public func backward(_ call: BackwardCall) {
        let shape = MapShape(call.outputGradient.shape)
        let (input, slope) = (call.forward.inputs[0].pointer, call.outputGradient.pointer)
        let (saved, weight) = (call.forward.saved.pointer, call.forward.parameters[0].pointer)
        let dependent = usesBatchStatistics(call.forward.mode)
        Parallel.forEach(channels) { channel, _ in
            let (mean, reciprocal) = (saved[channel], saved[channels + channel])
            var slopeSum = 0.0
            var productSum = 0.0
            for image in 0..<shape.batch {
                let start = (image * channels + channel) * shape.area
                slopeSum += Double(Planes.sum(slope + start, count: shape.area))
                productSum += Double(
                    Planes.dotCentered(slope + start, input + start, center: mean, count: shape.area))
            }
            let weightGradient = Float(productSum) * reciprocal
            call.parameterGradients[0]?.pointer[channel] += weightGradient
            call.parameterGradients[1]?.pointer[channel] += Float(slopeSum)
            guard let gradient = call.inputGradients[0]?.pointer else { return }
            let factor = weight[channel] * reciprocal
            let count = Float(shape.batch * shape.area)
            let common = dependent ? Float(slopeSum) / count : 0
            let perUnit = dependent ? weightGradient * reciprocal / count : 0
            for image in 0..<shape.batch {
                let start = (image * channels + channel) * shape.area
                for index in start..<start + shape.area {
                    gradient[index] += factor * (slope[index] - common - (input[index] - mean) * perUnit)
                }
            }
        }
    }

    private func statistics(
        _ input: UnsafeMutablePointer<Float>, _ shape: MapShape, _ channel: Int
    ) -> (mean: Float, variance: Float) {
        let count = Double(shape.batch * shape.area)
        var sum = 0.0
        for image in 0..<shape.batch {
            sum += Double(Planes.sum(input + (image * channels + channel) * shape.area, count: shape.area))
        }
        let mean = Float(sum / count)
        var squares = 0.0
        for image in 0..<shape.batch {
            squares += Double(
                Planes.squaredDistance(
                    input + (image * channels + channel) * shape.area, from: mean, count: shape.area))
        }
        return (mean, Float(squares / count))
    }
}
