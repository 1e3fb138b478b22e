import Experiments
import Foundation
import JSON
import Settings

/// What a sweep trains: every combination of the varied settings, with each seed and on each fold.
public struct SweepDefinition: Sendable {
    /// The experiment that is varied; its name is the sweep's.
    public let experiment: Experiment
    /// The varied settings.
    public let variations: [Variation]
    /// The number of folds for cross-validation; nil to measure on the validation split.
    public let folds: Int?
    /// The number of seeds: the experiment's own and those that follow.
    public let seedCount: Int
    /// The combinations.
    public let candidates: [Candidate]
    /// The rounds, each with the part of the epochs that its trials train for: 1 is the whole. Successive halving has several.
    public let shares: [Int]

    /// Of how many candidates one goes on to the next round of successive halving.
    public static let halvingFactor = 3
    private static let maximumTrials = 10_000

    /// Defines a sweep.
    ///
    /// - Parameter halves: Whether bad candidates are left out early (Jamieson and Talwalkar, "Non-stochastic Best Arm Identification
    ///   and Hyperparameter Optimization"): all are trained for a ninth or a third of the epochs, and the best third of them starts again
    ///   with three times as many. They start again instead of going on, because a learning rate that falls with the epochs has
    ///   ended a short training at its bottom: from there, longer training is not what a long training would have been.
    /// - Throws: ``SweepError``.
    public init(
        _ experiment: Experiment, variations: [Variation], folds: Int? = nil, seedCount: Int = 1, halves: Bool = false
    ) throws(SweepError) {
        precondition(seedCount >= 1 && folds ?? 2 >= 2, "a sweep needs at least one seed, and two folds if any")
        if variations.isEmpty && folds == nil && seedCount == 1 { throw .nothingVaried }
        for (index, variation) in variations.enumerated() {
            let text = "\(variation.key)=\(variation.values.joined(separator: ","))"
            if variations[..<index].contains(where: { $0.key == variation.key }) {
                throw .badVariation(text, reason: "\(variation.key) is varied twice")
            }
            if variation.key == "training.seed" && seedCount > 1 {
                throw .badVariation(text, reason: "--seeds varies the seed")
            }
        }
        var count = seedCount.multipliedReportingOverflow(by: folds ?? 1)
        for variation in variations where !count.overflow {
            count = count.partialValue.multipliedReportingOverflow(by: variation.values.count)
        }
        if count.overflow || count.partialValue > Self.maximumTrials { throw .tooManyTrials(limit: Self.maximumTrials) }
        self.experiment = experiment
        self.variations = variations
        self.folds = folds
        self.seedCount = seedCount
        candidates = try Candidate.grid(of: experiment, variations)
        shares = halves ? Self.shares(of: candidates) : [1]
        if halves && shares.count == 1 {
            throw .tooFewToHalve(combinations: candidates.count, needed: Self.halvingFactor)
        }
    }

    /// As many rounds as leave one candidate for the last and one epoch for the first.
    private static func shares(of candidates: [Candidate]) -> [Int] {
        let epochs = candidates.map(\.experiment.training.epochs).min() ?? 1
        var shares = [1]
        while shares[0] * halvingFactor <= min(candidates.count, epochs) {
            shares.insert(shares[0] * halvingFactor, at: 0)
        }
        return shares
    }

    /// Returns the trials of some candidates in a round. All candidates are trained with one seed and fold before the next, so that an
    /// unfinished sweep compares all of them.
    package func trials(of candidates: [Candidate], share: Int, in folder: URL) -> [Trial] {
        let places: [Int?] = folds.map { (1...$0).map { $0 } } ?? [nil]
        var trials: [Trial] = []
        for offset in 0..<seedCount {
            for fold in places {
                trials += candidates.map { candidate in
                    Trial(
                        of: candidate, seed: candidate.experiment.training.seed &+ UInt64(offset),
                        isSeeded: seedCount > 1, fold: fold, of: folds, share: share, in: folder)
                }
            }
        }
        return trials
    }

    /// The number of trials, if none fails.
    public var trialCount: Int {
        var (count, left) = (0, candidates.count)
        for share in shares {
            count += left * seedCount * (folds ?? 1)
            if share > 1 { left = Self.survivorCount(of: left) }
        }
        return count
    }

    /// The number of candidates that go on to the next round.
    package static func survivorCount(of count: Int) -> Int { (count + halvingFactor - 1) / halvingFactor }
}

extension SweepDefinition {
    /// Everything that decides the results, by key, for the record and for comparison with it.
    package var values: [String: String] {
        var values: [String: String] = [:]
        for setting in Experiment.settings
        where [.results, .content, .length].contains(setting.effect) && setting.applies(experiment) {
            values[setting.key] = setting.write(experiment).text()
        }
        for variation in variations {
            values["--vary \(variation.key)"] = variation.values.joined(separator: ",")
        }
        values["--folds"] = folds.map { "\($0)" }
        values["--seeds"] = "\(seedCount)"
        values["--halving"] = shares.count > 1 ? "on" : "off"
        return values
    }

    /// A sentence for each value that a recorded sweep had otherwise.
    package func differences(from earlier: [String: String]) -> [String] {
        let now = values
        return Set(now.keys).union(earlier.keys).sorted().compactMap { key in
            let (then, now) = (earlier[key], now[key])
            return then == now ? nil : "\(key) was \(then ?? "not given") and is \(now ?? "not given")"
        }
    }
}
