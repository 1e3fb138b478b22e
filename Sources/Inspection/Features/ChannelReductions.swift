import Tensors

/// The mean over channels: `[channel, row, column]` becomes `[row, column]`.
public func channelMean(_ activation: Tensor) -> Tensor {
    let count = Float(activation.shape[0])
    return activation.reducingChannels(0) {
        $0 + $1
    } finish: {
        $0 / count
    }
}

/// The maximum over channels: `[channel, row, column]` becomes `[row, column]`.
public func channelMaximum(_ activation: Tensor) -> Tensor {
    activation.reducingChannels(-.infinity) {
        max($0, $1)
    } finish: {
        $0
    }
}

/// The Euclidean norm over channels: `[channel, row, column]` becomes `[row, column]`.
public func channelNorm(_ activation: Tensor) -> Tensor {
    activation.reducingChannels(0) {
        $0 + $1 * $1
    } finish: {
        $0.squareRoot()
    }
}

extension Tensor {
    /// - Precondition: three axes, and at least one channel.
    @inline(__always)
    fileprivate func reducingChannels(
        _ start: Float, _ combine: (Float, Float) -> Float, finish: (Float) -> Float
    ) -> Tensor {
        requireActivation()
        let area = shape[1] * shape[2]
        var result = Tensor([shape[1], shape[2]], repeating: start)
        withElements { elements in
            result.withMutableElements { sums in
                for channel in 0..<shape[0] {
                    for cell in 0..<area { sums[cell] = combine(sums[cell], elements[channel * area + cell]) }
                }
                for cell in 0..<area { sums[cell] = finish(sums[cell]) }
            }
        }
        return result
    }

    func requireActivation() {
        precondition(
            shape.count == 3 && shape[0] > 0, "\(shape) is not the shape of an activation [channel, row, column]")
    }
}
