import Tensors

/// The focal loss of a batch.
struct FocalBatch {
    /// One sum per image, divided by the batch's number of peaks.
    var perImage: [Double]
    /// `[batch, class, row, column]`: the gradient with respect to the logits, divided likewise, times the given weight.
    var gradient: Tensor
    /// The number of target elements that are exactly 1.
    var peakCount: Int
    /// The number of peaks whose probability is at the lower clamp.
    var missedPeakCount: Int
}

extension FocalLoss {
    /// Returns the loss of a batch of heatmaps, and its gradient times `weight`.
    ///
    /// Each plane is summed in double precision and in row-major order by one worker, and the sums are added in order, so the result is
    /// bit-identical on any number of cores.
    ///
    /// - Parameters:
    ///   - heatmaps: The target of each image, `[class, row, column]`.
    ///   - peakCount: The number of target elements that are exactly 1.
    func batch(logits: Tensor, heatmaps: [Tensor], peakCount: Int, weight: Double) -> FocalBatch {
        let classCount = logits.shape[1]
        let cells = logits.shape[2] * logits.shape[3]
        let planeCount = logits.shape[0] * classCount
        let divisor = Double(max(peakCount, 1))
        let scale = Float(weight / divisor)

        var gradient = Tensor(logits.shape)
        var planes = [PlaneSum](repeating: PlaneSum(), count: planeCount)
        gradient.withMutableElements { gradient in
            planes.withUnsafeMutableBufferPointer { planes in
                nonisolated(unsafe) let (gradient, planes) = (gradient, planes)
                Parallel.forEach(planeCount) { plane, _ in
                    let heatmap = heatmaps[plane / classCount]
                    logits.withElements { logits in
                        heatmap.withElements { target in
                            planes[plane] = sum(
                                logits: UnsafeBufferPointer(rebasing: logits[plane * cells..<(plane + 1) * cells]),
                                target: UnsafeBufferPointer(
                                    rebasing: target[
                                        (plane % classCount) * cells..<(plane % classCount + 1) * cells]),
                                gradient: UnsafeMutableBufferPointer(
                                    rebasing: gradient[plane * cells..<(plane + 1) * cells]),
                                scale: scale)
                        }
                    }
                }
            }
        }
        let perImage = heatmaps.indices.map { image in
            planes[image * classCount..<(image + 1) * classCount].reduce(0) { $0 + $1.loss } / divisor
        }
        return FocalBatch(
            perImage: perImage, gradient: gradient, peakCount: peakCount,
            missedPeakCount: planes.reduce(0) { $0 + $1.missedPeaks })
    }

    private func sum(
        logits: UnsafeBufferPointer<Float>, target: UnsafeBufferPointer<Float>,
        gradient: UnsafeMutableBufferPointer<Float>, scale: Float
    ) -> PlaneSum {
        var result = PlaneSum()
        for i in logits.indices {
            let cell = cell(logit: logits[i], target: target[i])
            gradient[i] = cell.gradient * scale
            result.loss += Double(cell.loss)
            if cell.isMissedPeak { result.missedPeaks += 1 }
        }
        return result
    }
}

private struct PlaneSum {
    var loss = 0.0
    var missedPeaks = 0
}
