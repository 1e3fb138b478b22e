import Tensors

/// Integrated Gradients: `(x - x') * mean of the gradients on the straight line from x' to x`, summed over the channels.
///
/// Sundararajan, Taly and Yan, "Axiomatic Attribution for Deep Networks" (2017), equation 1, by the midpoint rule. The sum is signed, so
/// that the map is complete: its cells add up to `y(x) - y(x')`, more exactly with more steps. Costs a forward and a backward pass per
/// step.
///
/// - Parameters:
///   - input: `x`, `[3, row, column]`, normalized.
/// - baseline: `x'`, an uninformative image of the same shape; by default zeros, the mean colour.
/// - gradients: Returns the target's gradients for a batch of inputs.
/// - steps: The number of points on the line.
/// - batchSize: Points per call; the last batch may be smaller.
/// - Returns: `[row, column]` of the input; negative where a pixel counts against the target.
/// - Throws: Whatever `gradients` throws.
public func integratedGradients(
    input: Tensor, baseline: Tensor? = nil, gradients: InputGradients, steps: Int = 32, batchSize: Int = 8
) throws -> Tensor {
    let baseline = baseline ?? Tensor(input.shape)
    let extents = LayerExtents(input, baseline)
    precondition(steps > 0, "the number of steps, \(steps), is not positive")
    let sum = try summedGradients(input.shape, gradients: gradients, count: steps, batchSize: batchSize) {
        step, channel, target in
        let share = (Float(step) + 0.5) / Float(steps)
        input.withElements { input in
            baseline.withElements { baseline in
                let (end, start) = (input.plane(channel, of: extents.cells), baseline.plane(channel, of: extents.cells))
                for cell in target.indices { target[cell] = start[cell] + share * (end[cell] - start[cell]) }
            }
        }
    }
    var map = Tensor([extents.rows, extents.columns])
    map.withMutableElements { map in
        sum.withElements { sum in
            input.withElements { input in
                baseline.withElements { baseline in
                    for index in sum.indices {
                        map[index % extents.cells] += (input[index] - baseline[index]) * sum[index] / Float(steps)
                    }
                }
            }
        }
    }
    return map
}
