import DatasetFixtures
import Experiments
import Foundation
import Interruption
import JSON
import Sweeps
import TestSupport
import Testing
import Training

/// Sweeps whose trials only write a log, as fast as the disk.
@Suite struct SweepTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        for (index, name) in ["a", "b", "c", "d", "e", "f"].enumerated() {
            try folder.image("images/\(name).jpg", red: UInt8(30 * index))
            try folder.write(
                annotation([object("cat", 1, 1, 20, 20)], filename: "\(name).jpg"), to: "annotations/\(name).xml")
        }
    }

    /// Trains nothing: the epochs have the precision that a function gives them.
    private final class Execution: TrialExecution {
        var trained: [String] = []
        var precision: (Trial, _ epoch: Int) -> Double = { trial, _ in trial.experiment.training.learningRate ?? 0 }
        var ends: [String: TrialEnd] = [:]

        func train(_ trial: Trial, file: URL, report: @escaping (String) -> Void) throws -> TrialEnd {
            trained.append(trial.name)
            #expect(try Experiment(contentsOf: file).json == trial.experiment.json)
            let first = trial.name.split(separator: ",").first.map(String.init) ?? ""
            if let end = ends[trial.name] ?? ends[first] { return end }
            let lines = (1...trial.experiment.training.epochs).map { epoch in
                let value = precision(trial, epoch)
                return #"{"epoch": \#(epoch), "seconds": 2, "AP": \#(value), "AP50": \#(1 - value), "best": true}"#
                    + "\n"
            }
            try Data(lines.joined().utf8).write(to: RunFolder(trial.experiment.folder).log)
            return .finished
        }
    }

    private func definition(
        _ variations: [String], _ overrides: [String] = [], folds: Int? = nil, seeds: Int = 1, halves: Bool = false
    ) throws -> SweepDefinition {
        let usual = ["name=sweep", "outputs.folder=\(folder.file("Runs").path)", "training.epochs=3"]
        return try SweepDefinition(
            Experiment(dataset: folder.url.path, overrides: usual + overrides),
            variations: variations.map { text throws(SweepError) in try Variation(text) }, folds: folds,
            seedCount: seeds, halves: halves)
    }

    private func text(_ name: String) throws -> String {
        try String(contentsOf: folder.file("Runs/sweep/\(name)"), encoding: .utf8)
    }

    private static let rates = "training.learningRate=0.1,0.3,0.2"

    @Test func candidatesAreRankedByTheMeanOverSeedsAndFolds() throws {
        let execution = Execution()
        execution.precision = { trial, _ in
            (trial.experiment.training.learningRate ?? 0) + 0.01 * Double(trial.seed) + 0.1 * Double(trial.fold ?? 0)
        }
        let results = try Sweep(definition([Self.rates], folds: 2, seeds: 2), execution: execution).run()
        #expect(results.standings.map(\.candidate.index) == [1, 2, 0])
        let best = results.standings[0]
        #expect(best.values.count == 4 && best.trialCount == 4)
        #expect(abs((best.mean ?? 0) - 0.465) < 1e-12)
        // Deviations of 0.055 and 0.045 on both sides: 2 (0.055² + 0.045²) / 3.
        #expect(abs((best.standardDeviation ?? 0) - (2 * (0.003025 + 0.002025) / 3).squareRoot()) < 1e-12)
        let table = try text("sweep.csv").split(separator: "\r\n")
        #expect(table.count == 13)
        #expect(
            table[0]
                == "trial,training.learningRate,seed,fold,share,status,epochs,bestEpoch,seconds,AP,AP50,poseAP,pointAP,reason"
        )
        #expect(table[1].hasPrefix("\"learningRate=0.1,seed=1,fold=1\",0.1,1,1,1,finished,3,3,6.0,0.21"))
        #expect(try text("sweep.html").contains("<svg"))
    }

    @Test func theMetricMayBeAnother() throws {
        let results = try Sweep(definition([Self.rates]), measure: .AP50, execution: Execution()).run()
        #expect(results.standings.map(\.candidate.index) == [0, 2, 1])
        #expect(results.text.contains("best: --set training.learningRate=0.1"))
    }

    @Test func aSweepGoesOnWhereItStopped() throws {
        let execution = Execution()
        execution.ends["learningRate=0.3"] = .interrupted
        let error = #expect(throws: SweepError.self) {
            try Sweep(definition([Self.rates]), execution: execution).run()
        }
        #expect(error == .interrupted(folder: folder.file("Runs/sweep").relativePath, finished: 1, count: 3))
        #expect(execution.trained == ["learningRate=0.1", "learningRate=0.3"])
        let rest = Execution()
        #expect(try Sweep(definition([Self.rates]), execution: rest).run().finishedCount == 3)
        #expect(rest.trained == ["learningRate=0.3", "learningRate=0.2"])
        let nothing = Execution()
        #expect(try Sweep(definition([Self.rates]), execution: nothing).run().finishedCount == 3)
        #expect(nothing.trained == [])
    }

    @Test func aRaisedFlagEndsTheSweepBeforeTheNextTrial() throws {
        let (execution, flag) = (Execution(), InterruptFlag())
        flag.raise()
        #expect(throws: SweepError.self) {
            try InterruptFlag.$current.withValue(flag) {
                _ = try Sweep(definition([Self.rates]), execution: execution).run()
            }
        }
        #expect(execution.trained == [])
    }

    @Test func aFailedTrialDoesNotStopTheOthers() throws {
        let execution = Execution()
        execution.ends["learningRate=0.3"] = .failed("the loss is not finite")
        let results = try Sweep(definition([Self.rates]), execution: execution).run()
        #expect(results.standings.map(\.candidate.index) == [2, 0, 1])
        #expect(results.text.contains("failed: learningRate=0.3: the loss is not finite"))
        #expect(try text("sweep.csv").contains("failed,,,,,,,,the loss is not finite"))
        // It is tried again when the sweep is called again.
        let again = Execution()
        #expect(try Sweep(definition([Self.rates]), execution: again).run().failures.isEmpty)
        #expect(again.trained == ["learningRate=0.3"])
    }

    @Test func aCandidateThatFailsSometimesIsBehindThoseThatDoNot() throws {
        let execution = Execution()
        execution.ends["learningRate=0.3,seed=2"] = .failed("out of memory")
        let results = try Sweep(definition([Self.rates], seeds: 2), execution: execution).run()
        #expect(results.standings.map(\.candidate.index) == [2, 0, 1])
        #expect(results.text.contains("1 of 2"))
    }

    @Test func withoutAnySuccessTheSweepFails() throws {
        let execution = Execution()
        for rate in ["0.1", "0.2", "0.3"] { execution.ends["learningRate=\(rate)"] = .failed("bad") }
        #expect(throws: SweepError.allFailed(count: 3, first: "bad")) {
            try Sweep(definition([Self.rates]), execution: execution).run()
        }
        #expect(execution.trained.count == 3)
    }

    @Test func imagesWithoutAnythingToMeasureAreAFailure() throws {
        let execution = Execution()
        execution.precision = { trial, _ in trial.experiment.training.learningRate == 0.1 ? -1 : 0.5 }
        let results = try Sweep(definition([Self.rates], seeds: 1), measure: .AP, execution: execution).run()
        // AP50 was measured, AP was not: there is nothing to rank the trial by.
        #expect(results.standings.last?.candidate.index == 0)
        #expect(results.standings.last?.mean == nil)
    }

    @Test func anotherDefinitionNeedsToReplaceTheSweep() throws {
        _ = try Sweep(definition([Self.rates]), execution: Execution()).run()
        try folder.write("mine", to: "Runs/sweep/trials/learningRate=0.1/notes.txt")
        let execution = Execution()
        let other = try Sweep(definition([Self.rates], ["training.epochs=4"]), execution: execution)
        let error = #expect(throws: SweepError.self) { try other.run() }
        #expect(error?.description.contains("training.epochs was 3 and is 4") == true, "\(error?.description ?? "")")
        #expect(execution.trained == [])
        #expect(try other.run(replaces: true).finishedCount == 3)
        #expect(execution.trained.count == 3)
        // Files that are not the sweep's stay.
        #expect(try text("trials/learningRate=0.1/notes.txt") == "mine")
        let smaller = try Sweep(definition(["training.batchSize=1,2"]), execution: Execution())
        _ = try smaller.run(replaces: true)
        #expect(!FileManager.default.fileExists(atPath: folder.file("Runs/sweep/trials/learningRate=0.2").path))
    }

    @Test(arguments: ["{", #"{"version": 1, "definition": {}, "trials": [{"name": "../a", "status": "finished"}]}"#])
    func aDamagedRecordIsNamed(_ record: String) throws {
        try folder.write(record, to: "Runs/sweep/sweep.json")
        let error = #expect(throws: SweepError.self) {
            try Sweep(definition([Self.rates]), execution: Execution()).run()
        }
        guard case .badRecord? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(try Sweep(definition([Self.rates]), execution: Execution()).run(replaces: true).finishedCount == 3)
    }

    @Test func halvingTrainsTheBestThirdLonger() throws {
        let execution = Execution()
        let rates = "training.learningRate=" + (1...6).map { "0.\($0)" }.joined(separator: ",")
        let results = try Sweep(definition([rates], halves: true), execution: execution).run()
        let first = (1...6).map { "learningRate=0.\($0),share=3" }
        #expect(execution.trained == first + ["learningRate=0.5", "learningRate=0.6"])
        #expect(results.standings.map(\.candidate.index) == [5, 4, 3, 2, 1, 0])
        #expect(results.standings.map(\.share) == [1, 1, 3, 3, 3, 3])
        let again = Execution()
        #expect(try Sweep(definition([rates], halves: true), execution: again).run().finishedCount == 8)
        #expect(again.trained == [])
    }

    @Test func aDataSetThatCannotBeDividedIsOneError() throws {
        let execution = Execution()
        #expect(throws: (any Error).self) { try Sweep(definition([], folds: 7), execution: execution).run() }
        #expect(throws: (any Error).self) {
            try Sweep(definition([Self.rates], ["dataset.root=/nowhere"]), execution: execution).run()
        }
        #expect(execution.trained == [])
    }

    /// A run knows its fold by its settings alone.
    @Test func everyImageIsValidatedInOneFoldOfAnExperiment() throws {
        var validated: [String] = []
        for fold in 1...3 {
            let experiment = try Experiment(
                dataset: folder.url.path, overrides: ["dataset.folds=3", "dataset.fold=\(fold)"])
            let index = try experiment.index()
            let outputs = try experiment.answers(on: index)
            let training = try experiment.trainingSplit(of: index, outputs).samples.map(\.id)
            let validation = try experiment.validationSplit(of: index, outputs).samples.map(\.id)
            #expect(training.count == 4 && Set(training).isDisjoint(with: validation))
            validated += validation
        }
        #expect(validated.sorted() == ["a", "b", "c", "d", "e", "f"])
    }

    @Test func namesAndReasonsAreEscapedInThePage() throws {
        let execution = Execution()
        let hostile = "<script>alert(1)</script>"
        execution.ends["learningRate=0.3"] = .failed(hostile)
        _ = try Sweep(
            definition([Self.rates, "network.pretrained=<img>"], ["name=\(hostile.replacing("/", with: ""))"]),
            execution: execution
        ).run()
        let page = try String(
            contentsOf: folder.file("Runs/<script>alert(1)<script>/sweep.html"), encoding: .utf8)
        #expect(!page.contains("<script>alert"))
        #expect(page.contains("Sweep &lt;script&gt;alert(1)") && page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
        #expect(!page.contains("<img>") && page.contains("pretrained=&lt;img&gt;"))
    }

    @Test func aMeanCurveHasTheEpochsOfAllTrials() {
        let mean = SweepResults.mean(of: [[(1, 0.2), (2, 0.4), (3, 0.6)], [(1, 0.4), (2, 0.6)]])
        #expect(mean.map(\.0) == [1, 2])
        #expect(abs(mean[0].1 - 0.3) < 1e-12 && abs(mean[1].1 - 0.5) < 1e-12)
    }
}
