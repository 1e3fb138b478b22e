import Tensors

/// Every channel of a picture shifted by its mean and divided by its deviation: what a network takes.
///
/// - Parameters:
///   - tensor: `[channel, row, column]`, or `[batch, channel, row, column]`.
///   - mean: One number a channel.
///   - standardDeviation: One number a channel, none of them 0.
public func normalized(_ tensor: Tensor, mean: [Float], standardDeviation: [Float]) -> Tensor {
    let channels = mean.count
    precondition(
        (3...4).contains(tensor.shape.count) && tensor.shape[tensor.shape.count - 3] == channels
            && standardDeviation.count == channels,
        "\(channels) means and \(standardDeviation.count) deviations do not fit a picture of shape \(tensor.shape)")
    let area = tensor.shape.suffix(2).reduce(1, *)
    var result = tensor
    result.withMutableElements { elements in
        for plane in 0..<(area == 0 ? 0 : elements.count / area) {
            let (shift, factor) = (mean[plane % channels], 1 / standardDeviation[plane % channels])
            for index in plane * area..<(plane + 1) * area { elements[index] = (elements[index] - shift) * factor }
        }
    }
    return result
}
