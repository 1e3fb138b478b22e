import Experiments
import Foundation
import Sweeps
import Testing

/// What `--vary` says, and the trials that it makes.
@Suite struct VariationTests {
    private func experiment(_ overrides: [String] = []) throws -> Experiment {
        try Experiment(dataset: "somewhere", overrides: ["training.epochs=9", "name=grid"] + overrides)
    }

    private func definition(
        _ variations: [String], _ overrides: [String] = [], folds: Int? = nil, seeds: Int = 1, halves: Bool = false
    ) throws -> SweepDefinition {
        try SweepDefinition(
            experiment(overrides), variations: variations.map { text throws(SweepError) in try Variation(text) },
            folds: folds, seedCount: seeds, halves: halves)
    }

    @Test(arguments: [
        ("training.epochs=3", ["3"]), ("training.learningRate=0.001, 0.002", ["0.001", "0.002"]),
        ("input.mean=[0.5,0.5,0.5],[0,0,0]", ["[0.5,0.5,0.5]", "[0,0,0]"]),
        (#"network.pretrained="a,b",c=d"#, [#""a,b""#, "c=d"]), (#"name="a\",b""#, []),
    ]) func valuesEndAtOuterCommas(text: String, values: [String]) throws {
        if values.isEmpty {
            #expect(throws: SweepError.self) { try Variation(text) }
        } else {
            #expect(try Variation(text).values == values)
        }
    }

    @Test(arguments: [
        ("training.epochs", "a variation is written key=value,value"), ("=3", "a variation is written"),
        ("training.epochs=", "a value is empty"), ("training.epochs=3,,4", "a value is empty"),
        ("training.epochs=3,4,3", "the value 3 is there twice"),
        ("outputs.demoCount=3,4", "outputs.demoCount changes only what is written"),
        ("dataset.fold=1,2", "--folds varies the fold"),
        ("training.epoch=3", "training.epoch is not a setting; did you mean training.epochs?"),
        ("training.epochs=many", "training.epochs is the text \"many\", but must be a whole number"),
        ("training.epochs=0", "training.epochs is 0, but must be from 1 to 1000000"),
        ("training.learningRate=0.001,1e-3", "it is the same as learningRate=0.001"),
    ]) func mistakesAreNamed(text: String, sentence: String) {
        let error = #expect(throws: SweepError.self) { try definition([text]) }
        #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
        #expect(error?.description.hasPrefix("--vary ") == true)
    }

    @Test func mistakesOfTheWholeAreNamed() {
        #expect(throws: SweepError.nothingVaried) { try definition([]) }
        #expect(throws: SweepError.self) { try definition(["training.epochs=1,2", "training.epochs=3"]) }
        #expect(throws: SweepError.self) { try definition(["training.seed=1,2"], seeds: 2) }
        #expect(throws: SweepError.tooFewToHalve(combinations: 2, needed: 3)) {
            try definition(["training.batchSize=1,2"], halves: true)
        }
        #expect(throws: SweepError.tooManyTrials(limit: 10_000)) {
            try definition(["training.batchSize=1,2"], folds: 1000, seeds: 6)
        }
    }

    @Test func theGridHasEveryCombinationWithEachSeedAndFold() throws {
        let sweep = try definition(["training.learningRate=0.1,0.2", "training.batchSize=4,8"], folds: 2, seeds: 2)
        #expect(
            sweep.candidates.map(\.label) == [
                "learningRate=0.1 batchSize=4", "learningRate=0.1 batchSize=8", "learningRate=0.2 batchSize=4",
                "learningRate=0.2 batchSize=8",
            ])
        let trials = sweep.trials(of: sweep.candidates, share: 1, in: URL(fileURLWithPath: "Runs/grid/trials"))
        #expect(trials.count == 16 && sweep.trialCount == 16)
        #expect(Set(trials.map(\.name)).count == 16)
        let last = try #require(trials.last)
        #expect(last.name == "learningRate=0.2,batchSize=8,seed=2,fold=2")
        #expect(last.experiment.training.learningRate == 0.2 && last.experiment.training.batchSize == 8)
        #expect(last.experiment.training.seed == 2)
        #expect(last.experiment.dataset.folds == 2 && last.experiment.dataset.fold == 2)
        #expect(last.experiment.folder.relativePath == "Runs/grid/trials/\(last.name)")
        #expect(throws: Never.self) { for trial in trials { try trial.experiment.validate() } }
    }

    @Test func foldsAloneAreASweep() throws {
        let sweep = try definition([], folds: 3)
        let trials = sweep.trials(of: sweep.candidates, share: 1, in: URL(fileURLWithPath: "trials"))
        #expect(trials.map(\.name) == ["fold=1", "fold=2", "fold=3"])
    }

    @Test func namesFitIntoFolders() throws {
        let long = String(repeating: "x", count: 300)
        let sweep = try definition(["network.pretrained=a/b,a_b,../c,\(long)1,\(long)2"])
        let trials = sweep.trials(of: sweep.candidates, share: 1, in: URL(fileURLWithPath: "trials"))
        #expect(Set(trials.map(\.name)).count == 5)
        #expect(trials.allSatisfy { !$0.name.contains("/") && !$0.name.hasPrefix(".") && $0.name.utf8.count < 200 })
    }

    @Test func halvingShortensTheCourseOfTheLearningRate() throws {
        let rates = "training.learningRate=" + (1...9).map { "0.\($0)" }.joined(separator: ",")
        let sweep = try definition(
            [rates],
            [
                "training.minutes=6", "training.schedule.kind=step", "training.schedule.milestones=[6,8]",
                "training.warmUpSteps=10",
            ], halves: true)
        #expect(sweep.shares == [9, 3, 1])
        #expect(sweep.trialCount == 9 + 3 + 1)
        func trial(_ share: Int) -> Trial? {
            sweep.trials(of: sweep.candidates, share: share, in: URL(fileURLWithPath: "trials")).first
        }
        #expect(trial(9)?.experiment.training.epochs == 1)
        #expect(trial(3)?.experiment.training.epochs == 3)
        #expect(trial(3)?.experiment.training.schedule == .step(milestones: [2, 3], factor: 0.1))
        #expect(trial(3)?.experiment.training.warmUpSteps == 4)
        #expect(trial(3)?.experiment.training.minutes == 2)
        #expect(trial(3)?.name == "learningRate=0.1,share=3")
        #expect(trial(1)?.experiment.training.epochs == 9)
        // One epoch cannot be divided.
        #expect(try definition([rates], ["training.epochs=4"], halves: true).shares == [3, 1])
    }

    @Test func differencesFromAnEarlierDefinitionAreNamed() throws {
        let sweep = try definition(["training.batchSize=4,8"], folds: 2)
        #expect(sweep.differences(from: sweep.values) == [])
        let other = try definition(["training.batchSize=4,8,16"], ["training.epochs=5"])
        #expect(
            other.differences(from: sweep.values) == [
                "--folds was 2 and is not given", "--vary training.batchSize was 4,8 and is 4,8,16",
                "training.epochs was 9 and is 5",
            ])
        // What changes no result is no difference.
        let drawn = try definition(["training.batchSize=4,8"], ["outputs.demoCount=1"], folds: 2)
        #expect(drawn.differences(from: sweep.values) == [])
    }
}
