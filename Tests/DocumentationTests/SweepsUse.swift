import Experiments
import Foundation
import Sweeps
import SyntheticData
import TestSupport
import Testing

extension CatalogueUses {
    @Test func sweeps() throws {
        let temporary = try TemporaryFolder()
        let (dataset, runs) = (temporary.file("shapes"), temporary.file("runs"))
        try ShapesSynthesizer(imageCount: 6, size: 64).write(to: dataset)
        var experiment = try Experiment(dataset: dataset.path, overrides: ["training.epochs=1", "input.size=64"])
        experiment.name = "rates"
        experiment.outputs.folder = runs.path
        let rates = try Variation("training.learningRate=0.001,0.002")
        let definition = try SweepDefinition(experiment, variations: [rates], folds: 2)
        let results = try Sweep(definition, execution: TrialsInProcess()).run()
        let best = results.standings[0].candidate.label
        #expect(["learningRate=0.001", "learningRate=0.002"].contains(best))
        #expect(results.finishedCount == 4)
    }
}
