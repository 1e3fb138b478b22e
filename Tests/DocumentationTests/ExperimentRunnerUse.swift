import ExperimentRunner
import Experiments
import Foundation
import SyntheticData
import TestSupport
import Testing

extension CatalogueUses {
    @Test func experimentRunner() throws {
        let temporary = try TemporaryFolder()
        let (dataset, runs) = (temporary.file("shapes"), temporary.file("runs"))
        try ShapesSynthesizer(imageCount: 4, size: 64).write(to: dataset)
        var experiment = try Experiment(dataset: dataset.path, overrides: ["training.epochs=1", "input.size=64"])
        experiment.name = "first"
        experiment.outputs.folder = runs.path
        let runner = Runner(experiment, progress: { _ in })
        let summary = try runner.train()
        #expect(summary.epochs == 1)
    }
}
