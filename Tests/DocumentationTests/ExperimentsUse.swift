import Experiments
import Foundation
import SyntheticData
import TestSupport
import Testing

extension CatalogueUses {
    @Test func experiments() throws {
        let temporary = try TemporaryFolder()
        let dataset = temporary.file("shapes")
        try ShapesSynthesizer(imageCount: 4, size: 64).write(to: dataset)
        var experiment = try Experiment(dataset: dataset.path, overrides: ["training.epochs=4", "input.size=128"])
        try experiment.apply(["training.batchSize=2"])
        try experiment.validate()
        let index = try experiment.index()
        let model = try experiment.makeModel(experiment.answers(on: index))
        #expect(experiment.training.batchSize == 2)
        #expect(model.inputSize == 128 && model.classNames == index.classNames)
    }
}
