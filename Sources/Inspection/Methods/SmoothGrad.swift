import Tensors

/// SmoothGrad: the input gradient's map (see ``inputGradientMap(gradient:)``) of the mean gradient over noisy copies of the input.
///
/// Smilkov et al., "SmoothGrad: removing noise by adding noise" (2017), section 3: normal noise with a standard deviation that is a share
/// of the input's range; they recommend 10% to 20% and about fifty copies. Costs a forward and a backward pass per copy.
///
/// - Parameters:
///   - input: `[3, row, column]`, normalized.
/// - gradients: Returns the target's gradients for a batch of inputs.
/// - samples: The number of copies.
/// - noise: The standard deviation, as a share of the input's range (its maximum less its minimum).
/// - seed: The same seed gives the same noise, for any number of threads.
/// - batchSize: Copies per call; the last batch may be smaller.
/// - Returns: `[row, column]` of the input; never negative.
/// - Throws: Whatever `gradients` throws.
public func smoothGrad(
    input: Tensor, gradients: InputGradients, samples: Int = 25, noise: Double = 0.15, seed: UInt64, batchSize: Int = 8
) throws -> Tensor {
    precondition(samples > 0 && noise >= 0, "\(samples) samples with noise of \(noise) are not valid")
    let (low, high) = input.withElements { ($0.min() ?? 0, $0.max() ?? 0) }
    let deviation = noise * Double(high - low)
    let sum = try summedGradients(input.shape, gradients: gradients, count: samples, batchSize: batchSize) {
        sample, channel, target in
        var random = SeededGenerator(seed, sample, channel)
        input.withElements { input in
            let plane = input.plane(channel, of: target.count)
            for cell in target.indices { target[cell] = plane[cell] + Float(deviation * random.normal()) }
        }
    }
    var mean = Tensor(input.shape)
    mean.add(sum, times: 1 / Float(samples))
    return inputGradientMap(gradient: mean)
}

/// The sum of the gradients at `count` changed inputs, each written by `fill` one channel at a time.
func summedGradients(
    _ shape: [Int], gradients: InputGradients, count: Int, batchSize: Int,
    fill: (_ index: Int, _ channel: Int, _ target: UnsafeMutableBufferPointer<Float>) -> Void
) throws -> Tensor {
    precondition(shape.count == 3, "\(shape) is not [channel, row, column]")
    precondition(batchSize > 0, "the batch size \(batchSize) is not positive")
    let (channels, cells) = (shape[0], shape[1] * shape[2])
    var sum = Tensor(shape)
    for first in stride(from: 0, to: count, by: batchSize) {
        let size = min(batchSize, count - first)
        var batch = Tensor(uninitialized: [size] + shape)
        batch.withMutableElements { batch in
            Parallel.forEach(size * channels) { item, _ in
                let target = UnsafeMutableBufferPointer(rebasing: batch[item * cells..<(item + 1) * cells])
                fill(first + item / channels, item % channels, target)
            }
        }
        let answer = try gradients(batch)
        precondition(answer.shape == batch.shape, "gradients of \(answer.shape) for inputs of \(batch.shape)")
        answer.withElements { answer in
            sum.withMutableElements { sum in
                for item in 0..<size {
                    let gradient = answer.plane(item, of: channels * cells)
                    for index in sum.indices { sum[index] += gradient[index] }
                }
            }
        }
    }
    return sum
}
