import HeatmapTargets
import Tensors

extension FocalLoss {
    /// The loss of a batch of heatmaps, divided by the number of peaks (by 1 where there are none).
    ///
    /// Planes are summed in double precision and in row-major order, each by one worker, and then one after the other: the
    /// same bits on any number of cores.
    ///
    /// - Parameters:
    ///   - logits: `[batch, channel, row, column]`.
    ///   - targets: Heatmaps, one per image.
    ///   - channelWeights: How much each channel counts; empty where all count the same.
    func loss(
        _ logits: Tensor, _ targets: [HeadTarget], count: Int, weight: Double, channelWeights: [Double] = []
    ) -> HeadLoss {
        let heatmaps = targets.map { target in
            guard case .heatmap(let heatmap, _) = target else { preconditionFailure("the focal loss is of heatmaps") }
            return heatmap
        }
        let channelCount = logits.shape[1]
        let cells = logits.shape[2] * logits.shape[3]
        let planeCount = logits.shape[0] * channelCount
        let divisor = Double(max(count, 1))
        precondition(
            channelWeights.isEmpty || channelWeights.count == channelCount,
            "\(channelWeights.count) weights of \(channelCount) channels")

        var gradient = Tensor(logits.shape)
        var planes = [PlaneSum](repeating: PlaneSum(), count: planeCount)
        gradient.withMutableElements { gradient in
            planes.withUnsafeMutableBufferPointer { planes in
                nonisolated(unsafe) let (gradient, planes) = (gradient, planes)
                Parallel.forEach(planeCount) { plane, _ in
                    let heatmap = heatmaps[plane / channelCount]
                    let share = channelWeights.isEmpty ? 1 : channelWeights[plane % channelCount]
                    logits.withElements { logits in
                        heatmap.withElements { target in
                            planes[plane] = sum(
                                logits: UnsafeBufferPointer(rebasing: logits[plane * cells..<(plane + 1) * cells]),
                                target: UnsafeBufferPointer(
                                    rebasing: target[
                                        (plane % channelCount) * cells..<(plane % channelCount + 1) * cells]),
                                gradient: UnsafeMutableBufferPointer(
                                    rebasing: gradient[plane * cells..<(plane + 1) * cells]),
                                scale: Float(weight / divisor * share))
                        }
                        planes[plane].loss *= share
                    }
                }
            }
        }
        let sums = heatmaps.indices.map { image in
            planes[image * channelCount..<(image + 1) * channelCount].reduce(0) { $0 + $1.loss }
        }
        return HeadLoss(
            sums: sums, divisor: divisor, gradient: gradient,
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
