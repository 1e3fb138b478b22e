import Boxes
import Datasets
import Evaluation
import Foundation
import Graphs
import Networks
import SyntheticData
import Tensors
import TestSupport
import Testing
import Training

@Suite(.serialized) struct KeypointTrainingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func figures(_ count: Int, size: Int) throws -> DetectionDataset {
        let url = folder.url.appendingPathComponent("figures")
        try FiguresSynthesizer(seed: 6, imageCount: count, size: size).write(to: url)
        return try DatasetIndex(DatasetSource(root: url)).dataset(split: "trainval")
    }

    @Test func keypointsFollowTheViewAndChangeSidesInAMirror() throws {
        let data = try figures(8, size: 96)
        var configuration = AugmentationConfiguration()
        configuration.border = 24
        let loader = SampleLoader(
            dataset: data, inputSize: 64, mean: [0, 0, 0], standardDeviation: [1, 1, 1], augmentation: configuration,
            seed: 3)
        let order = FiguresSynthesizer.skeleton.mirrored
        var mirrored = 0
        for position in 0..<32 {
            let index = position % data.samples.count
            let sample = try loader.load(index, epoch: 0, position: position)
            if sample.view.isMirrored { mirrored += 1 }
            for (object, target) in zip(data.samples[index].objects, sample.objects) {
                for (place, keypoint) in target.keypoints.enumerated() {
                    let source = object.keypoints[sample.view.isMirrored ? order[place] : place]
                    #expect(keypoint.visibility == source.visibility)
                    guard source.isAnnotated else { continue }
                    let wanted = sample.view(x: source.x, y: source.y)
                    #expect(abs(4 * keypoint.x - wanted.x) < 1e-9 && abs(4 * keypoint.y - wanted.y) < 1e-9)
                }
                // Figures face the viewer, also when mirrored.
                let (left, right) = (target.keypoints[1], target.keypoints[2])
                if left.isAnnotated && right.isAnnotated { #expect(left.x > right.x) }
            }
            #expect(sample.targets.keypoints?.heatmap.shape == [13, 16, 16])
        }
        #expect((6...26).contains(mirrored), "\(mirrored) of 32 views are mirrored")
    }

    private func configuration(epochs: Int) -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.epochs = epochs
        configuration.batchSize = 4
        configuration.learningRate = 0.004
        configuration.warmUpSteps = 3
        configuration.averageDecay = 0.9
        configuration.evaluateEvery = epochs
        configuration.checkpointSeconds = 1e6
        configuration.augmentation = .none
        return configuration
    }

    private func model(_ skeleton: Skeleton?) throws -> Model {
        try Model(
            network: NetworkConfiguration(
                name: "compact", classCount: 1, headChannels: 32, keypointCount: skeleton?.keypointCount ?? 0),
            classNames: ["figure"], skeleton: skeleton, inputSize: 64, seed: 2)
    }

    @Test func learnsAFewFiguresByHeart() throws {
        let data = try figures(8, size: 64)
        let run = folder.url.appendingPathComponent("run")
        var records: [EpochRecord] = []
        let trainer = try Trainer(
            model: model(data.skeleton), training: data, validation: data, configuration: configuration(epochs: 120),
            backend: ReferenceBackend(), runFolder: run,
            report: { if case .epochFinished(let record) = $0 { records.append(record) } })
        let summary = try trainer.run()
        let best = try #require(summary.best)
        #expect(best.measure == AveragePrecisionReport.poseMeasure)
        let score = best.score
        #expect(score > 0.6, "OKS AP is \(score)")
        #expect(records.last?.validation?.pose?.AP == score)
        #expect(records[119].losses[.keypointDisplacement] < records[0].losses[.keypointDisplacement] / 4)
        let log = try String(contentsOf: RunFolder(run).log, encoding: .utf8).split(separator: "\n")
        for key in ["keypointDisplacementLoss", "keypointHeatmapLoss", "keypointOffsetLoss", "poseAP"] {
            #expect(log.last?.contains("\"\(key)\"") == true, "\(key)")
        }
    }

    @Test func networkAndDataMustHaveTheSameKeypoints() throws {
        let data = try figures(4, size: 48)
        for (model, data) in [(try model(nil), data), (try model(data.skeleton), data.withoutKeypoints)] {
            #expect(throws: TrainingError.self) {
                try Trainer(
                    model: model, training: data, validation: nil, configuration: configuration(epochs: 1),
                    backend: ReferenceBackend(), runFolder: folder.url.appendingPathComponent("run"))
            }
        }
    }
}
