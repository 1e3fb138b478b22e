import Datasets
import Foundation
import Graphs
import Networks
import Tensors
import TestSupport
import Testing
import Training
import WeightFiles

@Suite(.serialized) struct FreezingTests {
    private let folder: TemporaryFolder
    private let images: DetectionDataset

    init() throws {
        folder = try TemporaryFolder()
        images = try rectangles(in: folder.url, count: 8)
    }

    private func trainer(_ freeze: [String], pretrained: String? = nil, epochs: Int = 1) throws -> Trainer {
        var configuration = TrainingConfiguration()
        configuration.epochs = epochs
        configuration.batchSize = 4
        configuration.optimizer.weightDecay = 0.1
        configuration.augmentation.border = 16
        configuration.freeze = freeze
        configuration.startingWeights = pretrained.map { StartingWeights(path: $0) }
        return try Trainer(
            model: smallModel(), training: images, validation: nil, configuration: configuration,
            backend: ReferenceBackend(), runFolder: folder.url.appendingPathComponent("run"))
    }

    @Test func frozenPartsDoNotMove() throws {
        let trainer = try trainer(["backbone", "heads.size"])
        _ = try trainer.run()
        let before = try smallModel().parameters
        let saved = try Model.load(folder.url.appendingPathComponent("run/weights/last.safetensors")).parameters
        for entry in trainer.model.parameters.entries {
            let isFrozen = entry.name.hasPrefix("backbone.") || entry.name.hasPrefix("heads.size.")
            #expect((before[entry.name] == Tensor(copying: entry.value)) == isFrozen, "\(entry.name)")
            if isFrozen { #expect(saved[entry.name] == before[entry.name], "\(entry.name)") }
        }
        // The optimizer keeps no state for frozen parameters.
        let checkpoint = try SafeTensorsFile(contentsOf: trainer.folder.checkpoint)
        #expect(!checkpoint.tensors.contains { $0.name.hasPrefix("optimizer/backbone.") })
        #expect(checkpoint.tensors.contains { $0.name.hasPrefix("optimizer/upsampler.") })
    }

    @Test func patternsThatMeanNothingOrEverything() throws {
        func sentence(_ freeze: [String]) -> String {
            let error = #expect(throws: TrainingError.self) { try trainer(freeze) }
            return error?.description ?? ""
        }
        #expect(sentence(["backbon"]).contains("training.freeze: there is no layer called 'backbon'"))
        #expect(sentence(["**"]).contains("no parameters to train"))
    }

    @Test func aRunGoesOnUnderTheSameStartAndFreezeOnly() throws {
        _ = try trainer(["backbone"], pretrained: "a.pth").run()
        _ = try trainer(["backbone"], pretrained: "a.pth", epochs: 2).run(resume: true)
        func sentence(_ freeze: [String], _ pretrained: String?) throws -> String {
            let trainer = try trainer(freeze, pretrained: pretrained, epochs: 3)
            let error = #expect(throws: TrainingError.self) { try trainer.run(resume: true) }
            return error?.description ?? ""
        }
        #expect(try sentence(["backbone"], "b.pth").contains("pretrained was a.pth and is b.pth"))
        #expect(try sentence(["backbone"], nil).contains("pretrained was a.pth and is nothing"))
        #expect(try sentence(["heads"], "a.pth").contains(#"training.freeze was ["backbone"] and is ["heads"]"#))
    }
}
