import DetectionHeads
import DetectionLosses

/// The progress of a run: everything besides the weights and the optimizer's state that the next step or the log depends on.
///
/// There is no random state: every random number is derived from the seed and the position in the run.
package struct TrainingState: Equatable {
    /// Sums over the steps of the epoch so far.
    package struct Sums: Equatable {
        package var losses = LossTerms.zero
        package var gradientNorm = 0.0
        package var seconds = 0.0
        package var dataWaitSeconds = 0.0
    }

    package init() {}

    /// Finished epochs, validation included.
    package var epoch = 0
    /// Finished steps of the current epoch.
    package var step = 0
    package var sums = Sums()
    /// The state of the loss diagnostics.
    package var watch = LossMonitor()
    /// Seconds spent in training steps, over all epochs.
    package var trainingSeconds = 0.0
    /// The part of the training time spent waiting for batches.
    package var dataWaitSeconds = 0.0
    package var trainedImages = 0
    /// The best validation score so far (AP50 or, with keypoints, OKS AP), and its epoch.
    package var bestScore: Double?
    package var bestEpoch: Int?
    /// The last epoch whose score was higher than all before; of equal scores, the best epoch is a later one.
    package var improvedEpoch: Int?
    /// The time that the run has taken so far, over all of its sessions, in seconds.
    package var spentSeconds = 0.0
    /// The length that was decided for a budget of time.
    package var decided: DecidedLength?
    /// The log, one line per epoch.
    package var log: [String] = []

    /// A decided length, and for what it was decided.
    package struct DecidedLength: Equatable {
        package var steps: Int
        package var minutes: Double
        package var epochs: Int

        package init(steps: Int, minutes: Double, epochs: Int) {
            (self.steps, self.minutes, self.epochs) = (steps, minutes, epochs)
        }
    }

    func globalStep(stepsPerEpoch: Int) -> Int { epoch * stepsPerEpoch + step }

    package mutating func finishStep(
        _ losses: LossTerms, gradientNorm: Double, seconds: Double, dataWaitSeconds waited: Double, images: Int
    ) {
        step += 1
        sums.losses += losses
        sums.gradientNorm += gradientNorm
        sums.seconds += seconds
        sums.dataWaitSeconds += waited
        trainingSeconds += seconds
        dataWaitSeconds += waited
        trainedImages += images
    }

    package mutating func finishEpoch(logging line: String) {
        log.append(line)
        epoch += 1
        step = 0
        sums = Sums()
    }
}

extension TrainingState {
    /// The state as text; floating-point values as bit patterns, so that no precision is lost.
    package var metadata: [String: String] {
        var values = [
            "log": log.joined(separator: "\n"), "watch.saidSizeFrozen": String(watch.saidSizeFrozen),
        ]
        for (name, path) in Self.counts { values[name] = String(self[keyPath: path]) }
        for (name, path) in Self.fractions { values[name] = Self.bits(self[keyPath: path]) }
        if !sums.losses.terms.isEmpty {
            values["sum.total"] = Self.bits(sums.losses.total)
            for term in sums.losses.terms { values["sum.\(term.head.name)"] = Self.bits(term.value) }
        }
        if let loss = watch.previousSizeLoss { values["watch.previousSizeLoss"] = Self.bits(loss) }
        if let bestScore { values["bestScore"] = Self.bits(bestScore) }
        if let bestEpoch { values["bestEpoch"] = String(bestEpoch) }
        if let improvedEpoch { values["improvedEpoch"] = String(improvedEpoch) }
        values["spentSeconds"] = Self.bits(spentSeconds)
        if let decided {
            values["budget.steps"] = String(decided.steps)
            values["budget.minutes"] = Self.bits(decided.minutes)
            values["budget.epochs"] = String(decided.epochs)
        }
        return values
    }

    /// Reads a state from its ``metadata``; nil when a value is missing or malformed.
    package init?(metadata values: [String: String]) {
        guard let log = values["log"] else { return nil }
        self.log = log.split(separator: "\n").map(String.init)
        for (name, path) in Self.counts {
            guard let value = values[name].flatMap({ Int($0) }), value >= 0 else { return nil }
            self[keyPath: path] = value
        }
        for (name, path) in Self.fractions {
            guard let value = values[name].flatMap(Self.number) else { return nil }
            self[keyPath: path] = value
        }
        if let total = values["sum.total"].flatMap(Self.number) {
            let terms = DetectionHead.all.compactMap { head in
                values["sum.\(head.name)"].flatMap(Self.number).map { (head: head, value: $0) }
            }
            sums.losses = LossTerms(terms: terms, total: total)
        } else if step > 0 {
            return nil
        }
        watch.saidSizeFrozen = values["watch.saidSizeFrozen"] == "true"
        watch.previousSizeLoss = values["watch.previousSizeLoss"].flatMap(Self.number)
        bestScore = values["bestScore"].flatMap(Self.number)
        bestEpoch = values["bestEpoch"].flatMap { Int($0) }
        improvedEpoch = values["improvedEpoch"].flatMap { Int($0) }
        // Earlier versions did not record it.
        spentSeconds = values["spentSeconds"].flatMap(Self.number) ?? trainingSeconds
        if let steps = values["budget.steps"].flatMap({ Int($0) }), steps >= 0,
            let minutes = values["budget.minutes"].flatMap(Self.number),
            let epochs = values["budget.epochs"].flatMap({ Int($0) })
        {
            decided = DecidedLength(steps: steps, minutes: minutes, epochs: epochs)
        }
    }

    private static var counts: [(String, WritableKeyPath<TrainingState, Int>)] {
        [
            ("epoch", \.epoch), ("step", \.step), ("trainedImages", \.trainedImages),
            ("watch.collapsedSteps", \.watch.collapsedSteps), ("watch.stepCount", \.watch.stepCount),
        ]
    }

    private static var fractions: [(String, WritableKeyPath<TrainingState, Double>)] {
        [
            ("sum.gradientNorm", \.sums.gradientNorm), ("sum.seconds", \.sums.seconds),
            ("sum.dataWaitSeconds", \.sums.dataWaitSeconds), ("trainingSeconds", \.trainingSeconds),
            ("dataWaitSeconds", \.dataWaitSeconds), ("watch.sizeSum", \.watch.sizeSum),
            ("watch.zeroSum", \.watch.zeroSum),
        ]
    }

    private static func bits(_ value: Double) -> String { String(value.bitPattern, radix: 16) }

    private static func number(_ text: String) -> Double? { UInt64(text, radix: 16).map { Double(bitPattern: $0) } }
}
