import Foundation

/// What the trials of a sweep have measured so far.
public struct SweepResults: Sendable {
    /// What is trained.
    public let definition: SweepDefinition
    /// The folder of the sweep.
    public let folder: SweepFolder
    /// The trials of the rounds that were begun, in order.
    public private(set) var trials: [Trial] = []
    /// How far the trials are, by name.
    package var records: [String: TrialRecord]
    private let chosenMeasure: SweepMeasure?

    package init(
        _ definition: SweepDefinition, measure: SweepMeasure?, folder: SweepFolder, records: [String: TrialRecord]
    ) {
        self.definition = definition
        self.folder = folder
        self.records = records
        chosenMeasure = measure
    }

    /// Adds the trials of a round.
    package mutating func add(_ trials: [Trial]) { self.trials += trials }

    /// How far a trial is.
    public func record(of trial: Trial) -> TrialRecord { records[trial.name] ?? .unfinished }

    /// The number of finished trials.
    public var finishedCount: Int { trials.count { record(of: $0).result != nil } }

    /// The trials that failed, with their reasons.
    public var failures: [(trial: Trial, reason: String)] {
        trials.compactMap { trial in record(of: trial).failure.map { (trial, $0) } }
    }

    /// The metric that candidates are ranked by.
    public var measure: SweepMeasure {
        if let chosenMeasure { return chosenMeasure }
        let results = trials.compactMap { record(of: $0).result }
        let special: [SweepMeasure] = [.pointAP, .poseAP]
        return special.first { measure in results.contains { $0.measures[measure] != nil } } ?? .AP
    }

    /// The candidates, the best first.
    public var standings: [Standing] {
        definition.candidates.map { candidate in
            let own = trials.filter { $0.candidate == candidate.index }
            // A round counts as soon as one of its trials has ended.
            let share = own.last { record(of: $0) != .unfinished }?.share ?? definition.shares[0]
            return standing(of: candidate, share: share, own.filter { $0.share == share })
        }.sorted(by: Standing.isBetter)
    }

    private func standing(of candidate: Candidate, share: Int, _ trials: [Trial]) -> Standing {
        let measure = self.measure
        return Standing(
            candidate: candidate, share: share,
            values: trials.compactMap { record(of: $0).result?.measures[measure] }, trialCount: trials.count,
            failureCount: trials.count { record(of: $0).failure != nil })
    }

    /// Returns the candidates that are trained in a round: all in the first, the best third of the last one in the others.
    package func survivors(of share: Int) -> [Candidate] {
        guard share != definition.shares[0] else { return definition.candidates }
        let last = trials.last?.share ?? share
        let round = standings.filter { $0.share == last }
        return round.prefix(SweepDefinition.survivorCount(of: round.count)).filter { !$0.values.isEmpty }
            .map(\.candidate).sorted { $0.index < $1.index }
    }
}
