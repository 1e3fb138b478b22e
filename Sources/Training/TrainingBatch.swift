import Foundation
import HeatmapTargets
import Images
import Inference
import Tensors

/// What one step learns from.
public struct TrainingBatch: Sendable {
    /// The pictures, `[batch, 3, row, column]`.
    public let input: Tensor
    /// What the network should say about each.
    public let targets: [DetectionTargets]
    /// Their files.
    public let files: [URL]
    /// Pictures of this batch that could not be read and were replaced by others.
    public let unreadable: [UnreadablePicture]
}

extension SampleLoader {
    /// The batch of a step, from 0, of the whole run.
    ///
    /// A picture that cannot be read is replaced by the next one of the epoch's order that can.
    ///
    /// - Throws: ``TrainingError/noReadablePictures(_:)`` when there is none.
    public func batch(step: Int, plan: BatchPlan) throws(TrainingError) -> TrainingBatch {
        let (epoch, place) = step.quotientAndRemainder(dividingBy: plan.stepsPerEpoch)
        let order = plan.order(epoch: epoch)
        var input = Tensor(uninitialized: [plan.batchSize, 3, inputSize, inputSize])
        var targets: [DetectionTargets] = []
        var files: [URL] = []
        var unreadable: [UnreadablePicture] = []
        try input.withMutableView { (views) throws(TrainingError) in
            for item in 0..<plan.batchSize {
                let truth = try drawReadable(
                    order, epoch: epoch, position: place * plan.batchSize + item, into: views.item(item),
                    unreadable: &unreadable)
                targets.append(truth.targets)
                files.append(truth.file)
            }
        }
        return TrainingBatch(input: input, targets: targets, files: files, unreadable: unreadable)
    }

    private func drawReadable(
        _ order: [Int], epoch: Int, position: Int, into input: TensorView, unreadable: inout [UnreadablePicture]
    ) throws(TrainingError) -> Truth {
        for attempt in order.indices {
            let index = order[(position + attempt) % order.count]
            do {
                return try draw(index, epoch: epoch, position: position, into: input)
            } catch {
                unreadable.append(
                    UnreadablePicture(file: dataset.samples[index].imageURL, reason: error.description))
            }
        }
        throw .noReadablePictures(unreadable.prefix(3).map(\.reason))
    }
}
