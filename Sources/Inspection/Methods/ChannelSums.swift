import Tensors

/// Returns `sum over k of w_k A_k`, the last step of most of these methods.
///
/// - Parameters:
///   - activation: `[channel, row, column]`.
/// - weights: One per channel.
/// - Returns: `[row, column]`.
package func weightedChannelSum(_ activation: Tensor, weights: [Float]) -> Tensor {
    let extents = LayerExtents(activation)
    precondition(weights.count == extents.channels, "\(weights.count) weights for \(extents.channels) channels")
    return activation.withElements { activation in
        sumOverChannels(extents) { channel, cells, sum in
            let (weight, values) = (weights[channel], activation.plane(channel, of: extents.cells, part: cells))
            for cell in values.indices { sum[cell] += weight * values[cell] }
        }
    }
}

/// `sum over k of f(A_k, g_k)`, cell by cell: `[row, column]`.
@inline(__always)
func channelSum(_ activation: Tensor, _ gradient: Tensor, _ term: (_ a: Float, _ g: Float) -> Float) -> Tensor {
    let extents = LayerExtents(activation, gradient)
    return activation.withElements { activation in
        gradient.withElements { gradient in
            sumOverChannels(extents) { channel, cells, sum in
                let values = activation.plane(channel, of: extents.cells, part: cells)
                let slopes = gradient.plane(channel, of: extents.cells, part: cells)
                for cell in values.indices { sum[cell] += term(values[cell], slopes[cell]) }
            }
        }
    }
}

/// Returns `f(A_k, g_k)` of all cells, for each channel.
func perChannel(
    _ activation: Tensor, _ gradient: Tensor,
    _ body: (_ a: UnsafeBufferPointer<Float>, _ g: UnsafeBufferPointer<Float>) -> Float
) -> [Float] {
    let extents = LayerExtents(activation, gradient)
    var result = Tensor(uninitialized: [extents.channels])
    activation.withElements { activation in
        gradient.withElements { gradient in
            result.withMutableElements { result in
                Parallel.forEach(extents.channels) { channel, _ in
                    result[channel] = body(
                        activation.plane(channel, of: extents.cells), gradient.plane(channel, of: extents.cells))
                }
            }
        }
    }
    return result.elements
}

/// The sum of `term` over `0..<count`, in eight interleaved sums: faster and more accurate than a single one.
@inline(__always)
func laneSum(_ count: Int, _ term: (Int) -> Float) -> Float {
    var lanes = SIMD8<Float>.zero
    let whole = count & ~7
    for index in stride(from: 0, to: whole, by: 8) {
        lanes += SIMD8(
            term(index), term(index + 1), term(index + 2), term(index + 3), term(index + 4), term(index + 5),
            term(index + 6), term(index + 7))
    }
    var rest: Float = 0
    for index in whole..<count { rest += term(index) }
    return lanes.sum() + rest
}

/// Calls `add` for each channel, in order, on runs of cells that are short enough to stay in the cache.
@inline(__always)
private func sumOverChannels(
    _ extents: LayerExtents,
    _ add: (_ channel: Int, _ cells: Range<Int>, _ sum: UnsafeMutableBufferPointer<Float>) -> Void
) -> Tensor {
    let run = 2048
    var result = Tensor([extents.rows, extents.columns])
    result.withMutableElements { result in
        Parallel.forEach((extents.cells + run - 1) / run) { part, _ in
            let cells = part * run..<min((part + 1) * run, extents.cells)
            let sum = UnsafeMutableBufferPointer(rebasing: result[cells])
            for channel in 0..<extents.channels { add(channel, cells, sum) }
        }
    }
    return result
}
