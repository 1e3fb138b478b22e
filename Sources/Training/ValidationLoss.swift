import Datasets
import DetectionLosses
import HeatmapTargets
import Inference
import Networks
import Tensors

/// The loss of training on images that are not trained on: the mean over batches of the same size, as an epoch's loss is one.
///
/// It takes what the network returned in validation, so it costs no forward pass: targets are rendered and the loss is evaluated. Images
/// are not augmented, and the weights are those that are validated, by default their average. Of a network of several stacks, it is the loss of
/// the last one, the only one that predicts.
struct ValidationLoss {
    private let dataset: DetectionDataset
    private let loss: DetectionLoss
    private let targets: TargetOptions
    private let batchSize: Int
    private var waiting: [(outputs: [String: Tensor], targets: DetectionTargets)] = []
    private var sum = LossTerms.zero
    private var batches = 0.0

    /// - Parameter batchSize: The images that share the loss's divisors, as in a step of training.
    init(on dataset: DetectionDataset, loss: DetectionLoss, targets: TargetOptions, batchSize: Int) {
        self.dataset = dataset
        self.loss = loss
        self.targets = targets
        self.batchSize = batchSize
    }

    /// Adds the image at a position in the data set's samples.
    mutating func add(_ index: Int, _ maps: NetworkMaps) {
        guard let shape = maps.outputs["heatmap"]?.shape else { return }
        let objects = dataset.samples[index].objects.map { object in
            TargetObject(
                classIndex: object.classIndex, box: maps.imageToCells(object.box), kind: object.kind,
                keypoints: object.keypoints.map { $0.mapped(by: maps.imageToCells) }, isIgnored: object.isIgnored)
        }
        let targets = DetectionTargets.render(
            objects, classCount: shape[1], objectKind: dataset.objectKind,
            keypointCount: dataset.skeleton?.keypointCount ?? 0, rows: shape[2],
            columns: shape[3], options: targets)
        waiting.append((maps.outputs, targets))
        if waiting.count == batchSize { finishBatch() }
    }

    /// The mean over all images that were added; nil if there are none, or if it is not finite.
    mutating func finish() -> LossTerms? {
        if !waiting.isEmpty { finishBatch() }
        if batches == 0 { return nil }
        let mean = sum / batches
        return mean.total.isFinite && mean.nonFiniteTerms.isEmpty ? mean : nil
    }

    private mutating func finishBatch() {
        let names = waiting[0].outputs.keys
        let outputs = names.map { name in (name, Tensor(joining: waiting.compactMap { $0.outputs[name] })) }
        let result = loss.evaluate(
            Dictionary(uniqueKeysWithValues: outputs), targets: waiting.map(\.targets)
        ).terms
        // The last batch may be smaller, and counts less.
        let share = Double(waiting.count) / Double(batchSize)
        sum += result / (1 / share)
        batches += share
        waiting = []
    }
}
