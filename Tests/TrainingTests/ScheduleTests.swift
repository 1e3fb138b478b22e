import Foundation
import Testing
import Training

@Suite struct ScheduleTests {
    /// Ten epochs of ten steps.
    func factor(_ schedule: Schedule, _ step: Int, warmUp: Int = 0) -> Double {
        schedule.factor(step: step, stepsPerEpoch: 10, epochs: 10, warmUpSteps: warmUp)
    }

    @Test(arguments: [
        (Schedule.constant, 0, 1.0), (.constant, 99, 1),
        (.step(milestones: [2, 5], factor: 0.1), 0, 1), (.step(milestones: [2, 5], factor: 0.1), 19, 1),
        (.step(milestones: [2, 5], factor: 0.1), 20, 0.1), (.step(milestones: [2, 5], factor: 0.1), 49, 0.1),
        (.step(milestones: [2, 5], factor: 0.1), 50, 0.01), (.step(milestones: [2, 5], factor: 0.1), 99, 0.01),
        (.cosine(final: 0), 0, 1), (.cosine(final: 0), 50, 0.5), (.cosine(final: 0), 25, 0.853_553_390_593),
        (.cosine(final: 0.2), 50, 0.6), (.cosine(final: 0.2), 100, 0.2), (.cosine(final: 0.2), 500, 0.2),
    ])
    func table(_ schedule: Schedule, step: Int, expected: Double) {
        #expect(abs(factor(schedule, step) - expected) < 1e-9)
    }

    /// A budget of time that leaves 40 of 100 steps: milestones after the same shares, the cosine's end at the end.
    @Test(arguments: [
        (Schedule.step(milestones: [2, 5], factor: 0.1), 7, 1.0), (.step(milestones: [2, 5], factor: 0.1), 8, 0.1),
        (.step(milestones: [2, 5], factor: 0.1), 19, 0.1), (.step(milestones: [2, 5], factor: 0.1), 20, 0.01),
        (.cosine(final: 0), 0, 1), (.cosine(final: 0), 20, 0.5), (.cosine(final: 0.2), 40, 0.2), (.constant, 39, 1),
    ])
    func shorterRuns(_ schedule: Schedule, step: Int, expected: Double) {
        let found = schedule.factor(step: step, stepsPerEpoch: 10, epochs: 10, steps: 40)
        #expect(abs(found - expected) < 1e-9)
        for step in 0..<120 {
            #expect(schedule.factor(step: step, stepsPerEpoch: 10, epochs: 10, steps: 100) == factor(schedule, step))
        }
    }

    @Test func warmUpIsARampUnderAnySchedule() {
        for schedule in [Schedule.constant, .step(milestones: [1], factor: 0.5), .cosine(final: 0.1)] {
            for step in 0..<30 {
                let ramp = min(1, Double(step + 1) / 20)
                #expect(abs(factor(schedule, step, warmUp: 20) - ramp * factor(schedule, step)) < 1e-12)
            }
        }
    }

    @Test func rangesAreChecked() throws {
        var configuration = TrainingConfiguration()
        try configuration.validate()
        configuration.epochs = 0
        configuration.learningRate = -1
        configuration.gradientClip = .nan
        configuration.schedule = .step(milestones: [0], factor: 2)
        configuration.augmentation.minimumScale = 2
        let error = #expect(throws: TrainingError.self) { try configuration.validate() }
        guard case .configuration(let problems)? = error else { return }
        #expect(problems.count == 6, "\(problems)")
        for name in [
            "training.epochs is 0", "training.learningRate is -1", "training.gradientClip is nan", "schedule.factor",
            "schedule.milestones", "augmentation.maximumScale",
        ] {
            #expect(problems.contains { $0.contains(name) }, "no message about \(name)")
        }
    }

    @Test func theAutomaticLearningRateFollowsTheBatch() {
        var configuration = TrainingConfiguration()
        #expect(configuration.initialLearningRate(imagesPerStep: 8) == 0.002)
        #expect(configuration.initialLearningRate(imagesPerStep: 32) == 0.004)
        configuration.optimizer = OptimizerConfiguration(.sgd)
        #expect(configuration.initialLearningRate(imagesPerStep: 32) == 0.04)
        #expect(configuration.initialLearningRate(imagesPerStep: 1) == 0.00125)
        configuration.learningRate = 0.5
        #expect(configuration.initialLearningRate(imagesPerStep: 1) == 0.5)
    }
}
