import Foundation
import Interruption
import JSON
import Jobs
import Tensors
import Training

/// Trains the trials of a sweep one after another, and ranks its candidates.
///
/// Everything is in the sweep's folder: each trial's run, and after each trial `sweep.json`, `sweep.csv` and `sweep.html`. A sweep that was
/// stopped in any way goes on when it is run again: finished trials are not trained again, an unfinished one goes on from its
/// checkpoint. A trial that fails does not stop the others.
public struct Sweep {
    /// What is trained.
    public let definition: SweepDefinition
    /// Where everything is written.
    public let folder: SweepFolder
    /// The metric that candidates are ranked by; nil for that of points or keypoints where there are any, otherwise AP.
    public let measure: SweepMeasure?
    private let execution: any TrialExecution
    private let report: (SweepEvent) -> Void

    /// Creates a sweep without starting anything.
    public init(
        _ definition: SweepDefinition, measure: SweepMeasure? = nil, execution: any TrialExecution,
        report: @escaping (SweepEvent) -> Void = { _ in }
    ) {
        self.definition = definition
        self.measure = measure
        self.execution = execution
        self.report = report
        folder = SweepFolder(definition.experiment.folder)
    }

    /// Trains what is not yet trained.
    ///
    /// - Parameter replaces: Whether the sweep starts over, and removes what an earlier one left.
    /// - Throws: ``SweepError``; `FolderLockError` if another process writes to the folder; errors of the data set, before the first trial,
    ///   and of the file system.
    public func run(replaces: Bool = false) throws -> SweepResults {
        let lock = try FolderLock(folder.url)
        defer { lock.release() }
        var record = try beginning(replaces: replaces)
        try requireData()
        return try Signals.whilePolling { try train(&record) }
    }

    /// Returns the record of the sweep so far.
    private func beginning(replaces: Bool) throws -> SweepRecord {
        let fresh = SweepRecord(definition)
        let known: SweepRecord?
        do throws(SweepError) {
            known = try SweepRecord(contentsOf: folder.record)
        } catch {
            if !replaces { throw error }
            known = fresh
        }
        guard let known else { return fresh }
        if replaces {
            report(.note("replacing the sweep in \(folder.url.relativePath)"))
            try folder.clear(trials: known.trials.keys.sorted())
            return fresh
        }
        let differences = definition.differences(from: known.definition)
        if !differences.isEmpty {
            throw SweepError.otherDefinition(folder: folder.url.relativePath, differences: differences)
        }
        return known
    }

    /// Reads the data set as the first trial will: what is wrong with it is one error, not one for each trial.
    private func requireData() throws {
        guard let candidate = definition.candidates.first, let share = definition.shares.first else { return }
        guard let trial = definition.trials(of: [candidate], share: share, in: folder.trials).first else { return }
        let index = try trial.experiment.index()
        let outputs = try trial.experiment.answers(on: index)
        _ = try trial.experiment.trainingSplit(of: index, outputs)
        _ = try trial.experiment.validationSplit(of: index, outputs)
    }

    private func train(_ record: inout SweepRecord) throws -> SweepResults {
        let flag = InterruptFlag.current
        var results = SweepResults(definition, measure: measure, folder: folder, records: record.trials)
        var begun = 0
        for share in definition.shares {
            let candidates = results.survivors(of: share)
            let trials = definition.trials(of: candidates, share: share, in: folder.trials)
            results.add(trials)
            begun += trials.count
            for (position, trial) in trials.enumerated() where record.trials[trial.name]?.result == nil {
                if flag.isRaised { throw interrupted(results) }
                let number = begun - trials.count + position + 1
                report(.trial(trial, number: number, count: definition.trialCount))
                let end = try train(trial)
                let state = try self.state(of: trial, end)
                record.trials[trial.name] = state
                results.records[trial.name] = state
                try write(record, results)
                report(.ended(trial, state))
                if end == .interrupted || flag.isRaised { throw interrupted(results) }
            }
        }
        // Also where nothing was left to train: the metric may be another, or the page gone.
        try write(record, results)
        if let first = results.failures.first, results.finishedCount == 0 {
            throw SweepError.allFailed(count: results.failures.count, first: first.reason)
        }
        return results
    }

    private func train(_ trial: Trial) throws -> TrialEnd {
        let file = folder.run(trial.name).experiment
        try OutputFolder(file.deletingLastPathComponent()).write(trial.experiment.json, to: file)
        return try execution.train(trial, file: file) { report(.line($0)) }
    }

    private func state(of trial: Trial, _ end: TrialEnd) throws -> TrialRecord {
        switch end {
        case .interrupted: return .unfinished
        case .failed(let reason): return .failed(reason)
        case .finished:
            let result = try TrialResult(of: folder.run(trial.name))
            return result.map { .finished($0) }
                ?? .failed("nothing was measured: its validation images have no objects")
        }
    }

    private func write(_ record: SweepRecord, _ results: SweepResults) throws {
        let output = try OutputFolder(folder.url)
        try output.write(record.json(of: results.trials), to: folder.record)
        try output.write(results.csv, to: folder.table)
        try output.write(try results.page(), to: folder.page)
    }

    private func interrupted(_ results: SweepResults) -> SweepError {
        .interrupted(
            folder: folder.url.relativePath, finished: results.finishedCount, count: definition.trialCount)
    }
}

/// What happens in a sweep.
public enum SweepEvent: Sendable {
    /// A trial begins or goes on; its number, from 1, and how many there are.
    case trial(Trial, number: Int, count: Int)
    /// A line of a trial's progress.
    case line(String)
    /// A trial ended.
    case ended(Trial, TrialRecord)
    /// Information for the user.
    case note(String)
}
