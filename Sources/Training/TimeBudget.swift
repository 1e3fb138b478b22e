import Foundation

/// Finds out how many steps of a run fit into its budget of time (`training.minutes`): from the pace of its first steps, once.
///
/// The learning rate's schedule needs to know where the run ends. Hence the run is not stopped when its time is up, but its length is
/// decided after a short measurement, and kept in the checkpoint.
package struct TimeBudget {
    /// What a run spends its time on, in seconds.
    package struct Costs: Hashable, Sendable {
        /// A step, with everything that happens between two steps.
        package var step: Double
        /// A validation.
        package var validation: Double
        /// What else ends an epoch: weights and log are written.
        package var epochEnd: Double

        /// The costs of the parts.
        package init(step: Double, validation: Double, epochEnd: Double) {
            (self.step, self.validation, self.epochEnd) = (step, validation, epochEnd)
        }
    }

    /// The time in seconds that is left for the run when measuring begins.
    package let remaining: Double
    private var steps: [Double] = []

    /// Begins measuring.
    package init(remaining: Double) { self.remaining = remaining }

    /// Adds what a step took.
    package mutating func addStep(_ seconds: Double) { steps.append(seconds) }

    /// Whether enough was measured: ten steps and a fiftieth of the time, or a fifth of it where steps are slow.
    package var isMeasured: Bool {
        let sum = steps.reduce(0, +)
        return steps.count >= 10 && sum >= 0.02 * remaining || !steps.isEmpty && sum >= 0.2 * remaining
    }

    /// The mean duration of a step, without the first two, in which memory is touched for the first time and batches are waited for.
    package var secondsPerStep: Double {
        let usual = steps.count > 2 ? steps.dropFirst(2) : steps[...]
        return usual.isEmpty ? 0 : usual.reduce(0, +) / Double(usual.count)
    }

    /// Returns the longest run that ends in time, at most as long as `limit`. From ten epochs on, it has whole epochs only, so that the
    /// last line of the log compares with the others.
    ///
    /// - Parameters:
    ///   - done: The steps that are done, and the epochs that are over.
    ///   - secondsLeft: The time that is left.
    ///   - evaluateEvery: Epochs between two validations; the last epoch has one, too.
    package static func length(
        within limit: TrainingLength, done: (steps: Int, epochs: Int), secondsLeft: Double, costs: Costs,
        evaluateEvery: Int
    ) -> TrainingLength {
        func seconds(_ steps: Int) -> Double {
            let epochs = TrainingLength(steps: steps, stepsPerEpoch: limit.stepsPerEpoch).epochs
            let validations = (epochs + evaluateEvery - 1) / evaluateEvery - done.epochs / evaluateEvery
            // The last epoch's end is followed by the last checkpoint.
            return Double(steps - done.steps) * costs.step + Double(validations) * costs.validation
                + Double(epochs - done.epochs + 1) * costs.epochEnd
        }
        var (fitting, tooMany) = (done.steps, max(done.steps, limit.steps) + 1)
        while fitting + 1 < tooMany {
            let middle = fitting + (tooMany - fitting) / 2
            if secondsLeft > 0 && seconds(middle) <= secondsLeft { fitting = middle } else { tooMany = middle }
        }
        let whole = fitting / limit.stepsPerEpoch
        let steps = whole >= 10 && whole * limit.stepsPerEpoch >= done.steps ? whole * limit.stepsPerEpoch : fitting
        return TrainingLength(steps: steps, stepsPerEpoch: limit.stepsPerEpoch)
    }
}

/// The length of a run that has a budget of time, as it was decided once.
public struct BudgetDecision: Hashable, Sendable, CustomStringConvertible {
    /// The budget in minutes.
    public let minutes: Double
    /// The epochs that were asked for.
    public let askedEpochs: Int
    /// What fits.
    public let length: TrainingLength
    let costs: TimeBudget.Costs

    /// Whether fewer epochs fit than were asked for.
    public var isShorter: Bool { length.steps < askedEpochs * length.stepsPerEpoch }

    /// What was measured and what follows from it, in a sentence.
    public var description: String {
        if costs.step == 0 {
            return "training.minutes (\(shownMinutes)) is over: training ends after \(length.epochs) epochs"
        }
        let pace =
            "a step takes \(Self.seconds(costs.step))"
            + (costs.validation > 0 ? " and a validation \(Self.seconds(costs.validation))" : "")
        guard isShorter else {
            return
                "\(pace): all \(askedEpochs) epochs fit into training.minutes (\(shownMinutes)), and training ends after them"
        }
        let last = length.steps(inEpoch: length.epochs - 1)
        let part = last < length.stepsPerEpoch ? " (the last of \(last) of \(length.stepsPerEpoch) steps)" : ""
        return
            "\(pace): \(length.epochs) of \(askedEpochs) epochs\(part) fit into training.minutes (\(shownMinutes)), and the learning "
            + "rate's schedule ends with them"
    }

    private var shownMinutes: String { String(format: "%g", minutes) }

    private static func seconds(_ seconds: Double) -> String {
        String(format: seconds < 100 ? "%.3g s" : "%.0f s", seconds)
    }
}

/// What a run reads the time from.
public struct TrainingClock {
    /// The seconds since some moment.
    public let now: () -> Double

    /// A clock that a function reads, for tests.
    public init(now: @escaping () -> Double) { self.now = now }

    /// The system's clock.
    public static var system: TrainingClock {
        let start = ContinuousClock.now
        return TrainingClock { start.secondsToNow }
    }
}
