import Tensors

/// Occlusion: how far the target falls when a window over a place is covered, averaged over all windows that cover that place.
///
/// Zeiler and Fergus, "Visualizing and Understanding Convolutional Networks" (2014), section 4.2, who show the score itself; showing its
/// drop makes important places bright. Windows start every `stride` pixels, and the last ones end at the border. Costs a forward pass per
/// window.
///
/// - Parameters:
///   - input: `[3, row, column]`, normalized.
///   - score: The target.
/// - window: The side of the covering square in pixels; clipped to the image.
/// - stride: The distance from one window to the next, at most `window`, so that windows leave no gaps.
/// - fill: The covering colour, one number per channel; by default zeros, the mean colour.
///   - batchSize: Images scored at once; the last batch may be smaller.
/// - Returns: `[row, column]` of the input, raw.
/// - Throws: Whatever the scorer throws.
public func occlusion(
    input: Tensor, score: Score, window: Int = 32, stride: Int = 16, fill: [Float] = [0, 0, 0], batchSize: Int = 16
) throws -> Tensor {
    let extents = LayerExtents(input)
    precondition(window > 0 && (1...window).contains(stride), "windows of \(window) with stride \(stride) leave gaps")
    precondition(fill.count == extents.channels, "\(fill.count) colours for \(extents.channels) channels")
    precondition(batchSize > 0, "the batch size \(batchSize) is not positive")
    let windows = starts(extents.rows, window, stride).flatMap { top in
        starts(extents.columns, window, stride).map { left in
            Window(
                rows: top..<min(top + window, extents.rows), columns: left..<min(left + window, extents.columns),
                stride: extents.columns)
        }
    }
    let unchanged = try Inspection.score(score, ofOne: input)
    var falls = Tensor([extents.rows, extents.columns])
    var covers = Tensor([extents.rows, extents.columns])
    for first in Swift.stride(from: 0, to: windows.count, by: batchSize) {
        let chosen = windows[first..<min(first + batchSize, windows.count)]
        let answers = try scores(score, of: covered(input, by: chosen, fill: fill))
        falls.withMutableElements { falls in
            covers.withMutableElements { covers in
                for (window, answer) in zip(chosen, answers) {
                    window.forEachPixel { pixel in
                        falls[pixel] += unchanged - answer
                        covers[pixel] += 1
                    }
                }
            }
        }
    }
    covers.withElements { covers in
        falls.withMutableElements { falls in
            for pixel in falls.indices { falls[pixel] /= covers[pixel] }
        }
    }
    return falls
}

private struct Window {
    let rows: Range<Int>
    let columns: Range<Int>
    /// Pixels from one row to the next.
    let stride: Int

    @inline(__always)
    func forEachPixel(_ body: (Int) -> Void) {
        for row in rows {
            for column in columns { body(row * stride + column) }
        }
    }
}

/// Where windows start along one axis; the last one ends at the border.
private func starts(_ extent: Int, _ window: Int, _ stride: Int) -> [Int] {
    let last = max(0, extent - window)
    var starts = Array(Swift.stride(from: 0, to: last, by: stride))
    starts.append(last)
    return starts
}

private func covered(_ input: Tensor, by windows: ArraySlice<Window>, fill: [Float]) -> Tensor {
    let cells = input.count / fill.count
    var batch = Tensor(uninitialized: [windows.count] + input.shape)
    batch.withMutableElements { batch in
        input.withElements { input in
            for (item, window) in windows.enumerated() {
                let copy = UnsafeMutableBufferPointer(
                    rebasing: batch[item * input.count..<(item + 1) * input.count])
                _ = copy.update(fromContentsOf: input)
                for (channel, color) in fill.enumerated() {
                    window.forEachPixel { copy[channel * cells + $0] = color }
                }
            }
        }
    }
    return batch
}
