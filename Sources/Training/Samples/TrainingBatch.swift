import Foundation
import HeatmapTargets
import Images
import Inference
import Tensors

/// The images and targets of one step.
public struct TrainingBatch: Sendable {
    /// The images, `[batch, 3, row, column]`.
    public let input: Tensor
    /// The targets of each image.
    public let targets: [DetectionTargets]
    /// The images' files.
    public let files: [URL]
    /// Images of this batch that could not be read and were replaced by others.
    public let unreadable: [UnreadableImage]

    /// A batch from its parts.
    package init(input: Tensor, targets: [DetectionTargets], files: [URL] = [], unreadable: [UnreadableImage] = []) {
        self.input = input
        self.targets = targets
        self.files = files
        self.unreadable = unreadable
    }
}

extension SampleLoader {
    /// The batch at a place, from 0, of the whole run.
    ///
    /// An unreadable image is replaced by the next readable one in the epoch's order.
    ///
    /// - Throws: ``TrainingError/noReadableImages(_:)`` when there is none.
    public func batch(_ number: Int, plan: BatchPlan) throws(TrainingError) -> TrainingBatch {
        let (epoch, place) = number.quotientAndRemainder(dividingBy: plan.batchesPerEpoch)
        let order = plan.order(epoch: epoch)
        let inputSize = plan.inputSize(ofBatch: number) ?? inputSize
        var input = Tensor(uninitialized: inputSize.shape(batch: plan.batchSize))
        var targets: [DetectionTargets] = []
        var files: [URL] = []
        var unreadable: [UnreadableImage] = []
        try input.withMutableView { (views) throws(TrainingError) in
            for item in 0..<plan.batchSize {
                let groundTruth = try drawReadable(
                    order, epoch: epoch, position: place * plan.batchSize + item, into: views.item(item),
                    unreadable: &unreadable)
                targets.append(groundTruth.targets)
                files.append(groundTruth.file)
            }
        }
        return TrainingBatch(input: input, targets: targets, files: files, unreadable: unreadable)
    }

    private func drawReadable(
        _ order: [Int], epoch: Int, position: Int, into input: TensorView, unreadable: inout [UnreadableImage]
    ) throws(TrainingError) -> Annotations {
        for attempt in order.indices {
            let index = order[(position + attempt) % order.count]
            do {
                return try draw(index, epoch: epoch, position: position, into: input)
            } catch {
                unreadable.append(
                    UnreadableImage(file: dataset.samples[index].imageURL, reason: error.description))
            }
        }
        throw .noReadableImages(unreadable.prefix(3).map(\.reason))
    }
}
