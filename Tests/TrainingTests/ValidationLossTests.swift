import Datasets
import DetectionHeads
import DetectionLosses
import Foundation
import Graphs
import JSON
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// The loss on the validation split, against the loss of training on the same images without augmentation.
@Suite struct ValidationLossTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func train(
        on images: DetectionDataset, validation: DetectionDataset, _ change: (inout TrainingConfiguration) -> Void
    ) throws -> [EpochRecord] {
        var configuration = TrainingConfiguration()
        configuration.epochs = 4
        configuration.batchSize = 4
        configuration.evaluateEvery = 2
        configuration.checkpointSeconds = 1e6
        configuration.augmentation.border = 16
        configuration.loss.weights[.size] = 0.5
        change(&configuration)
        var records: [EpochRecord] = []
        _ = try Trainer(
            model: smallModel(), training: images, validation: validation, configuration: configuration,
            backend: ReferenceBackend(), runFolder: folder.file("run"),
            report: { if case .epochFinished(let record) = $0 { records.append(record) } }
        ).run()
        return records
    }

    /// The mean of the losses of batches of four, with the weights that were saved.
    private func expectedLosses(on images: DetectionDataset, _ loss: DetectionLoss) throws -> [Double] {
        let model = try Model.load(RunFolder(folder.file("run")).lastWeights)
        let samples = SampleLoader(
            dataset: images, inputSize: 64, mean: model.mean, standardDeviation: model.standardDeviation,
            augmentation: .none, seed: 1)
        var (sums, weight) = ([0.0, 0, 0, 0], 0.0)
        for start in stride(from: 0, to: images.samples.count, by: 4) {
            let batch = try (start..<min(start + 4, images.samples.count)).map {
                try samples.load($0, epoch: 0, position: $0)
            }
            let input = Tensor(joining: batch.map { $0.input.reshaped([1, 3, 64, 64]) })
            let program = try ReferenceBackend().compile(
                model.graph, parameters: model.parameters, inputs: ["image": input.shape], mode: .inference)
            let terms = loss.evaluate(try program.forward(["image": input]), targets: batch.map(\.targets)).terms
            let share = Double(batch.count) / 4
            for (place, value) in ([terms.total] + terms.terms.map(\.value)).enumerated() {
                sums[place] += share * value
            }
            weight += share
        }
        return sums.map { $0 / weight }
    }

    @Test func itIsTheLossOfTrainingWithoutAugmentation() throws {
        let images = try rectangles(in: folder.url, count: 8)
        // The last batch is smaller than the others.
        var validation = try rectangles(in: folder.url, count: 6, seed: 8, split: "val")
        // What a network should neither find nor miss.
        validation.samples[1].objects[0].difficult = true
        var loss = DetectionLoss()
        // Test-time augmentation is no part of it.
        let records = try train(on: images, validation: validation) {
            $0.prediction.flip = true
            loss = $0.loss
        }
        #expect(records.map { $0.validationLosses != nil } == [false, true, false, true])
        let found = try #require(records[3].validationLosses)
        #expect(found.terms.map(\.head) == DetectionHead.all(keypointCount: 0))
        let expected = try expectedLosses(on: validation, loss)
        for (value, wanted) in zip([found.total] + found.terms.map(\.value), expected) {
            #expect(abs(value - wanted) < 1e-4 * wanted, "\(value) instead of \(wanted)")
        }
        #expect(abs(found.total - (found[.heatmap] + 0.5 * found[.size] + found[.offset])) < 1e-9)
    }

    /// In the log and its table, beside the loss of training.
    @Test func itIsLogged() throws {
        let images = try rectangles(in: folder.url, count: 8)
        let records = try train(on: images, validation: images) { $0.evaluateEvery = 1 }
        let run = RunFolder(folder.file("run"))
        let lines = try String(contentsOf: run.log, encoding: .utf8).split(separator: "\n")
        let last = try JSONValue(parsing: String(lines[3]))
        let losses = try #require(records[3].validationLosses)
        #expect(try last["validationLoss"].number() == losses.total)
        #expect(try last["validationHeatmapLoss"].number() == losses[.heatmap])
        let table = try String(contentsOf: run.results, encoding: .utf8).split(separator: "\r\n")
        let columns = table[0].split(separator: ",").map(String.init)
        let names = ["validationLoss", "validationHeatmapLoss", "validationSizeLoss", "validationOffsetLoss"]
        let place = try #require(columns.firstIndex(of: names[0]))
        #expect(Array(columns[place..<place + 4]) == names)
        #expect(table[4].split(separator: ",")[place] == "\(losses.total)")
    }

    /// Images that cannot be read are left out; without any, there is no loss.
    @Test func unreadableImagesAreLeftOut() throws {
        let images = try rectangles(in: folder.url, count: 8)
        var validation = try rectangles(in: folder.url, count: 2, seed: 8, split: "val")
        try Data("nothing".utf8).write(to: validation.samples[0].imageURL)
        let records = try train(on: images, validation: validation) { _ in }
        validation.samples.remove(at: 0)
        var loss = DetectionLoss()
        loss.weights[.size] = 0.5
        let expected = try expectedLosses(on: validation, loss)
        #expect(abs((records[3].validationLosses?.total ?? 0) - expected[0]) < 1e-4 * expected[0])
        try Data("nothing".utf8).write(to: validation.samples[0].imageURL)
        #expect(try train(on: images, validation: validation) { _ in }[3].validationLosses == nil)
    }
}
