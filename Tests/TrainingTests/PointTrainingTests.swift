import Boxes
import Datasets
import Evaluation
import Foundation
import Graphs
import HeatmapTargets
import Networks
import SyntheticData
import Tensors
import TestSupport
import Testing
import Training

@Suite(.serialized) struct PointTrainingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func spots(_ count: Int, size: Int) throws -> DetectionDataset {
        let url = folder.url.appendingPathComponent("spots")
        try PointsSynthesizer(seed: 6, imageCount: count, size: size).write(to: url)
        return try DatasetIndex(DatasetSource(root: url)).dataset(split: "trainval")
    }

    private func model(_ data: DetectionDataset, _ kind: ObjectKind = .points) throws -> Model {
        try Model(
            network: NetworkConfiguration(
                name: "compact", classCount: data.classNames.count, headChannels: 16, objectKind: kind),
            classNames: data.classNames, inputSize: 64, seed: 2)
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

    private func trainer(
        _ model: Model, _ data: DetectionDataset, _ configuration: TrainingConfiguration,
        report: @escaping (TrainingEvent) -> Void = { _ in }
    ) throws -> Trainer {
        try Trainer(
            model: model, training: data, validation: data, configuration: configuration, backend: ReferenceBackend(),
            runFolder: folder.url.appendingPathComponent("run"), report: report)
    }

    @Test("The losses of heatmap and offset fall, there is none of size, and validation scores points")
    func learns() throws {
        let data = try spots(8, size: 64)
        var records: [EpochRecord] = []
        let trainer = try trainer(model(data), data, configuration(epochs: 30)) {
            if case .epochFinished(let record) = $0 { records.append(record) }
        }
        let summary = try trainer.run()
        #expect(records[0].losses.terms.map(\.head) == [.heatmap, .offset])
        #expect(records[29].losses[.heatmap] < 0.7 * records[0].losses[.heatmap])
        #expect(records[29].losses[.offset] < records[0].losses[.offset])
        #expect(records.allSatisfy { $0.warnings.isEmpty })
        #expect(summary.best?.measure == AveragePrecisionReport.pointMeasure)
        let points = try #require(records[29].validation?.points)
        #expect(points.all.AP == summary.best?.score)
        let log = try String(contentsOf: trainer.folder.log, encoding: .utf8).split(separator: "\n")
        for key in ["pointAP", "pointF1", "MAE", "pointAPPerClass"] {
            #expect(log.last?.contains("\"\(key)\"") == true, "\(key)")
        }
        #expect(log.last?.contains("AP50") == false)
    }

    @Test func pointsFollowTheViewAndStayInTheirPartOfAMosaic() throws {
        let data = try spots(8, size: 96)
        var configuration = AugmentationConfiguration()
        configuration.border = 24
        for mosaic in [0.0, 1] {
            configuration.mosaic = mosaic
            let loader = SampleLoader(
                dataset: data, inputSize: 64, mean: [0, 0, 0], standardDeviation: [1, 1, 1],
                augmentation: configuration, seed: 3)
            for position in 0..<16 {
                let index = position % data.samples.count
                let sample = try loader.load(index, epoch: 0, position: position)
                #expect(sample.targets.objectKind == .points)
                #expect(sample.objects.allSatisfy { $0.kind == .points && $0.box.width == 0 })
                let inside = sample.objects.filter {
                    (0...16).contains($0.box.centerX) && (0...16).contains($0.box.centerY)
                }
                #expect(sample.targets.centers.count == inside.count)
                if mosaic > 0 { continue }
                for (object, target) in zip(data.samples[index].objects, sample.objects) {
                    let wanted = sample.view(x: object.box.centerX, y: object.box.centerY)
                    #expect(abs(4 * target.box.centerX - wanted.x) < 1e-9)
                    #expect(abs(4 * target.box.centerY - wanted.y) < 1e-9)
                }
            }
        }
    }

    @Test func networkAndDataMustBeOfTheSameKind() throws {
        let points = try spots(4, size: 48)
        var boxes = points
        boxes.objectKind = .boxes
        for (network, data) in [(try model(points, .boxes), points), (try model(points), boxes)] {
            #expect(throws: TrainingError.self) { try trainer(network, data, configuration(epochs: 1)) }
        }
    }

    @Test("There is one radius for all classes, or one for each")
    func radii() throws {
        let data = try spots(4, size: 48)
        var configuration = configuration(epochs: 1)
        for (cells, isAccepted) in [([2], true), ([1, 3], true), ([1, 2, 3], false)] as [([Double], Bool)] {
            configuration.targets.points.cells = cells
            let attempt = Result { try trainer(model(data), data, configuration) }
            let wasAccepted = (try? attempt.get()) != nil
            #expect(wasAccepted == isAccepted, "\(cells)")
        }
    }

    @Test func settingsOfPointsAreCheckedAndApplyUnlessThereAreBoxes() {
        func settings(_ objects: ObjectChoice) -> Set<String> {
            var configuration = TrainingConfiguration()
            configuration.objects = objects
            return Set(TrainingConfiguration.settings.filter { $0.applies(configuration) }.map(\.key))
        }
        let own: Set = [
            "loss.pointRadius", "loss.pointSpacing", "evaluation.pointDistance", "evaluation.pointSpacing",
            "evaluation.pointScore",
        ]
        #expect(settings(.automatic).isSuperset(of: own) && settings(.points).isSuperset(of: own))
        #expect(settings(.boxes).isDisjoint(with: own))
        #expect(settings(.boxes).contains("loss.weights.size") && !settings(.points).contains("loss.weights.size"))
        var configuration = TrainingConfiguration()
        configuration.targets.points.cells = []
        configuration.points.distance = 0
        #expect(configuration.problems.count == 2)
    }
}
