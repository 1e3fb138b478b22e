import Datasets
import Foundation
import Graphs
import Interruption
import TestSupport
import Testing
import Training

/// Runs with a budget of time, on a clock that the tests turn: a step takes a second, a batch of validation, too.
@Suite(.serialized) struct TimeBudgetTests {
    private let folder: TemporaryFolder
    private let training: DetectionDataset
    private let validation: DetectionDataset

    init() throws {
        folder = try TemporaryFolder()
        training = try rectangles(in: folder.url, count: 10)
        validation = try rectangles(in: folder.url, count: 4, seed: 8, split: "val")
    }

    /// What a run did, and when it ended on its clock.
    private struct Outcome {
        var summary: TrainingSummary
        var decisions: [BudgetDecision]
        var records: [EpochRecord]
        var seconds: Double
    }

    private var configuration: TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.epochs = 40
        configuration.minutes = 1
        configuration.batchSize = 3
        configuration.learningRate = 0.001
        configuration.warmUpSteps = 4
        configuration.evaluateEvery = 2
        configuration.checkpointSeconds = 1e6
        configuration.prediction.batchSize = 2
        configuration.augmentation.border = 16
        return configuration
    }

    /// Trains until `stop` steps are done in this session.
    private func run(
        _ name: String, _ configuration: TrainingConfiguration, resume: Bool = false, secondsPerStep: Double = 1,
        stop: Int = .max
    ) throws -> Outcome {
        let flag = InterruptFlag()
        var (now, steps) = (1000.0, 0)
        var (decisions, records): ([BudgetDecision], [EpochRecord]) = ([], [])
        let trainer = try Trainer(
            model: smallModel(), training: training, validation: validation, configuration: configuration,
            backend: ReferenceBackend(), runFolder: folder.file(name), interrupt: flag,
            clock: TrainingClock { now },
            report: { event in
                switch event {
                case .step:
                    now += secondsPerStep
                    steps += 1
                    if steps == stop { flag.raise() }
                case .validating: now += 1
                case .lengthDecided(let decision): decisions.append(decision)
                case .epochFinished(let record): records.append(record)
                default: break
                }
            })
        let summary = try trainer.run(resume: resume)
        return Outcome(summary: summary, decisions: decisions, records: records, seconds: now - 1000)
    }

    private func weights(_ name: String) throws -> Data {
        try Data(contentsOf: RunFolder(folder.file(name)).lastWeights)
    }

    /// Ten steps and the first validation are measured (12 s): 42 more steps would take 42 s and six validations more 12 s.
    @Test func theRunEndsWithItsTimeAndItsSchedule() throws {
        let outcome = try run("run", configuration)
        #expect(outcome.decisions.count == 1)
        let decision = try #require(outcome.decisions.first)
        #expect(decision.length == TrainingLength(epochs: 14, stepsPerEpoch: 3) && decision.isShorter)
        #expect(
            decision.description
                == "a step takes 1 s and a validation 2 s: 14 of 40 epochs fit into training.minutes (1), and the learning rate's "
                + "schedule ends with them")
        #expect(outcome.summary.outcome == .finished && outcome.summary.epochs == 14 && outcome.summary.steps == 42)
        #expect(outcome.seconds == 42 + 7 * 2)
        // The cosine's end, which it would reach after 40 epochs otherwise.
        let last = try #require(outcome.records.last)
        #expect(
            last.learningRate
                == 0.001 * configuration.schedule.factor(step: 41, stepsPerEpoch: 3, epochs: 40, steps: 42))
        #expect(last.validation != nil)
        #expect(outcome.records.map(\.plannedEpochs) == [nil, nil, nil] + [Int?](repeating: 14, count: 11))
        // It is finished, and stays so.
        #expect(try run("run", configuration, resume: true).records.isEmpty)
    }

    /// What was decided is kept, whatever the pace of later sessions: the bits are those of a run that never stopped.
    @Test func aResumedRunKeepsItsLength() throws {
        _ = try run("whole", configuration)
        #expect(try run("stopped", configuration, stop: 20).summary.outcome == .interrupted)
        let rest = try run("stopped", configuration, resume: true, secondsPerStep: 5)
        #expect(rest.decisions.isEmpty && rest.summary.epochs == 14)
        #expect(try weights("stopped") == weights("whole"))
    }

    /// Before it is decided, the time of earlier sessions counts, and the pace is measured again.
    @Test func aRunThatStoppedBeforeTheDecisionCountsItsTime() throws {
        #expect(try run("run", configuration, stop: 5).decisions.isEmpty)
        let rest = try run("run", configuration, resume: true)
        #expect(rest.decisions.map(\.length.epochs) == [14])
        #expect(rest.seconds == 37 + 7 * 2)
        #expect(try run("other", configuration, stop: 5).decisions.isEmpty)
        #expect(try run("other", configuration, resume: true, secondsPerStep: 2).decisions.map(\.length.epochs) == [9])
    }

    /// Of epochs and minutes, whichever is smaller; where all epochs fit, the budget changes nothing.
    @Test func epochsMayEndBeforeTheTime() throws {
        var configuration = configuration
        configuration.epochs = 5
        let outcome = try run("budget", configuration)
        #expect(outcome.decisions.count == 1 && outcome.summary.epochs == 5)
        #expect(outcome.decisions.first?.description.contains("all 5 epochs fit") == true)
        configuration.minutes = nil
        let plain = try run("plain", configuration)
        #expect(plain.decisions.isEmpty && plain.records.allSatisfy { $0.plannedEpochs == nil })
        #expect(try weights("budget") == weights("plain"))
    }

    /// A large data set: less than an epoch fits, so its only epoch is shorter. There was no validation yet, so one is tried out.
    @Test func lessThanAnEpoch() throws {
        var configuration = configuration
        configuration.batchSize = 1
        configuration.minutes = 0.2
        let outcome = try run("run", configuration)
        #expect(outcome.decisions.map(\.length) == [TrainingLength(steps: 7, stepsPerEpoch: 10)])
        #expect(outcome.decisions.first?.description.contains("1 of 40 epochs (the last of 7 of 10 steps) fit") == true)
        #expect(outcome.summary.epochs == 1 && outcome.summary.steps == 7 && outcome.records.count == 1)
        #expect(outcome.records.first?.validation != nil)
        #expect(outcome.seconds == 12)
    }

    /// A finished run goes on under a larger budget, of which it has spent a part, and without one; under a smaller one it has ended.
    @Test func anotherBudget() throws {
        _ = try run("run", configuration)
        var other = configuration
        other.minutes = 2
        let longer = try run("run", other, resume: true)
        // 56 s are spent; ten steps and two validations later there are 52 s left.
        #expect(longer.decisions.count == 1 && longer.decisions[0].length.epochs == 30)
        #expect(longer.summary.epochs == 30)
        other.minutes = 0.5
        let over = try run("run", other, resume: true)
        #expect(over.decisions.first?.description == "training.minutes (0.5) is over: training ends after 30 epochs")
        #expect(over.records.isEmpty && over.summary.epochs == 30)
        other.minutes = nil
        other.epochs = 31
        let plain = try run("run", other, resume: true)
        #expect(plain.summary.epochs == 31 && plain.summary.warnings.contains { $0.contains("planned for 30 epochs") })
    }

    /// The longest that fits, against trying all.
    @Test func theLongestThatFits() {
        for (steps, epochs, every) in [(0, 0, 1), (4, 1, 2), (6, 2, 3), (9, 2, 5)] {
            for left in stride(from: 0.0, through: 60, by: 1.5) {
                let limit = TrainingLength(epochs: 8, stepsPerEpoch: 3)
                let costs = TimeBudget.Costs(step: 1.25, validation: 2, epochEnd: 0.25)
                let found = TimeBudget.length(
                    within: limit, done: (steps, epochs), secondsLeft: left, costs: costs, evaluateEvery: every)
                // Walks through the run, epoch by epoch.
                func seconds(_ length: Int) -> Double {
                    var sum = 0.25 + 1.25 * Double(length - steps)
                    let all = (length + 2) / 3
                    for epoch in epochs..<max(epochs, all) {
                        sum += 0.25
                        if (epoch + 1) % every == 0 || epoch + 1 == all { sum += 2 }
                    }
                    return sum
                }
                let expected = (steps...24).last { left > 0 && seconds($0) <= left } ?? steps
                #expect(found.steps == expected, "\(left) s left after \(steps) steps, validating every \(every)")
            }
        }
    }

    @Test func whatIsMeasured() {
        var budget = TimeBudget(remaining: 100)
        for step in 0..<12 {
            #expect(!budget.isMeasured || step >= 10)
            budget.addStep(step < 2 ? 1.5 : 0.25)
        }
        // Without the first two.
        #expect(budget.isMeasured && budget.secondsPerStep == 0.25)
        // Fast steps are measured for a fiftieth of the time, slow ones for a fifth.
        var fast = TimeBudget(remaining: 1000)
        for _ in 0..<199 { fast.addStep(0.1) }
        #expect(!fast.isMeasured)
        fast.addStep(0.2)
        #expect(fast.isMeasured)
        var slow = TimeBudget(remaining: 100)
        slow.addStep(19)
        #expect(!slow.isMeasured)
        slow.addStep(21)
        #expect(slow.isMeasured && slow.secondsPerStep == 20)
    }
}
