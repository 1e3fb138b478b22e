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
        var inputs: [Tensor] = []
        var targets: [DetectionTargets] = []
        var files: [URL] = []
        var unreadable: [UnreadablePicture] = []
        for item in 0..<plan.batchSize {
            let position = place * plan.batchSize + item
            let sample = try readableSample(order, epoch: epoch, position: position, unreadable: &unreadable)
            inputs.append(sample.input)
            targets.append(sample.targets)
            files.append(sample.file)
        }
        return TrainingBatch(
            input: .stacked(inputs), targets: targets, files: files, unreadable: unreadable)
    }

    private func readableSample(
        _ order: [Int], epoch: Int, position: Int, unreadable: inout [UnreadablePicture]
    ) throws(TrainingError) -> TrainingSample {
        for attempt in order.indices {
            let index = order[(position + attempt) % order.count]
            do {
                return try load(index, epoch: epoch, position: position)
            } catch {
                unreadable.append(
                    UnreadablePicture(file: dataset.samples[index].imageURL, reason: error.description))
            }
        }
        throw .noReadablePictures(unreadable.prefix(3).map(\.reason))
    }
}
