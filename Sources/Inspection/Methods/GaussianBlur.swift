import Foundation
import Tensors

/// Blurs an image by a square Gaussian window, mirrored at its borders (the outermost pixel is not repeated).
///
/// - Parameters:
///   - image: `[channel, row, column]`.
///   - size: The window's side in pixels, odd.
/// - sigma: The Gaussian's standard deviation, in pixels.
/// - Returns: The same shape.
public func gaussianBlurred(_ image: Tensor, size: Int, sigma: Double) -> Tensor {
    let extents = LayerExtents(image)
    precondition(size > 0 && size % 2 == 1, "the window's side, \(size) pixels, must be odd and positive")
    let weights = window(size, sigma)
    let reach = size / 2
    let rows = (-reach..<extents.rows + reach).map { mirrored($0, extents.rows) }
    let columns = (-reach..<extents.columns + reach).map { mirrored($0, extents.columns) }
    var across = Tensor(image.shape)
    var result = Tensor(image.shape)
    image.withElements { source in
        across.withMutableElements { target in
            Parallel.forEach(extents.channels * extents.rows) { row, _ in
                let line = source.plane(row, of: extents.columns)
                let padded = columns.map { line[$0] }
                let sums = UnsafeMutableBufferPointer(
                    rebasing: target[row * extents.columns..<(row + 1) * extents.columns])
                padded.withUnsafeBufferPointer { padded in
                    for (offset, weight) in weights.enumerated() {
                        let shifted = UnsafeBufferPointer(rebasing: padded[offset..<offset + extents.columns])
                        for column in sums.indices { sums[column] += weight * shifted[column] }
                    }
                }
            }
        }
    }
    across.withElements { source in
        result.withMutableElements { target in
            Parallel.forEach(extents.channels * extents.rows) { row, _ in
                let (channel, place) = (row / extents.rows, row % extents.rows)
                let sums = UnsafeMutableBufferPointer(
                    rebasing: target[row * extents.columns..<(row + 1) * extents.columns])
                for (offset, weight) in weights.enumerated() {
                    let line = source.plane(channel * extents.rows + rows[place + offset], of: extents.columns)
                    for column in sums.indices { sums[column] += weight * line[column] }
                }
            }
        }
    }
    return result
}

/// The Gaussian at whole pixels, normalized to a sum of 1.
private func window(_ size: Int, _ sigma: Double) -> [Float] {
    let heights = (0..<size).map { exp(-0.5 * pow(Double($0 - size / 2) / sigma, 2)) }
    let sum = heights.reduce(0, +)
    return heights.map { Float($0 / sum) }
}

/// Mirrors a position outside `0..<count` at the first and the last position.
private func mirrored(_ place: Int, _ count: Int) -> Int {
    guard count > 1 else { return 0 }
    let period = 2 * (count - 1)
    let inPeriod = ((place % period) + period) % period
    return min(inPeriod, period - inPeriod)
}
