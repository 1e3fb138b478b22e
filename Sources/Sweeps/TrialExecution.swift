import ExperimentRunner
import Experiments
import Foundation
import Interruption
import Jobs
import Training

/// How a trial ended.
public enum TrialEnd: Hashable, Sendable {
    /// Its training came to its end.
    case finished
    /// It was asked to stop, and can be resumed.
    case interrupted
    /// It failed, with the reason.
    case failed(String)
}

/// What trains a trial: from the beginning, or from its checkpoint if it has one.
public protocol TrialExecution {
    /// Trains a trial to its end, or until ``InterruptFlag/current`` is raised.
    ///
    /// - Parameters:
    ///   - trial: The trial.
    ///   - file: Its experiment file, in its run folder.
    ///   - report: Told each line of its progress.
    /// - Throws: What stops the whole sweep.
    func train(_ trial: Trial, file: URL, report: @escaping (String) -> Void) throws -> TrialEnd
}

/// Trains trials in this process.
public struct TrialsInProcess: TrialExecution {
    private let threads: Int?

    /// - Parameter threads: The number of compute threads; nil means the default.
    public init(threads: Int? = nil) { self.threads = threads }

    /// Trains a trial. Memory that runs out ends this process, and with it the sweep; ``TrialProcess`` keeps that apart.
    public func train(_ trial: Trial, file: URL, report: @escaping (String) -> Void) throws -> TrialEnd {
        let runner = Runner(trial.experiment, threads: threads) { event in
            switch event {
            case .working: break
            case .note(let text): report(text)
            case .warning(let text): report("warning: \(text)")
            }
        } training: { event in
            if case .warning(let text) = event { report("warning: \(text)") }
        }
        do {
            try runner.train(.resuming)
            return .finished
        } catch is Interrupted {
            return .interrupted
        } catch RunError.interrupted {
            return .interrupted
        } catch {
            return .failed("\(error)")
        }
    }
}
