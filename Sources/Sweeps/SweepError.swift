/// An error that stops a sweep; what stops only one of its trials is in ``TrialRecord/failure``.
public enum SweepError: Error, Equatable, CustomStringConvertible {
    /// A variation that is not `key=value,value`, or whose values make no sense; what was given, and a sentence.
    case badVariation(String, reason: String)
    /// Nothing is varied, so there would be one trial, which is a run.
    case nothingVaried
    /// Too few combinations, or epochs, for successive halving.
    case tooFewToHalve(combinations: Int, needed: Int)
    /// More trials than anybody waits for; probably a mistake.
    case tooManyTrials(limit: Int)
    /// The folder has another sweep, with the differences.
    case otherDefinition(folder: String, differences: [String])
    /// The record of a sweep cannot be read.
    case badRecord(file: String, reason: String)
    /// The sweep was interrupted and goes on when it is called again.
    case interrupted(folder: String, finished: Int, count: Int)
    /// No trial succeeded; the reason of the first.
    case allFailed(count: Int, first: String)
    /// A trial's process cannot be started.
    case cannotStart(reason: String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .badVariation(let text, let reason): "--vary \(text): \(reason)"
        case .nothingVaried: "a sweep needs --vary, --folds or --seeds; a single training is `pinpoint train`"
        case .tooFewToHalve(let combinations, let needed):
            "--halving needs at least \(needed) combinations and \(needed) epochs, but the sweep has "
                + "\(combinations) \(combinations == 1 ? "combination" : "combinations")"
        case .tooManyTrials(let limit): "the sweep has more than \(limit) trials"
        case .otherDefinition(let folder, let differences):
            "the sweep in \(folder) is another one (\(differences.joined(separator: "; "))): --name gives the new sweep another "
                + "folder, --replace removes the old one and starts over"
        case .badRecord(let file, let reason):
            "\(file) cannot be read: \(reason); --replace starts over"
        case .interrupted(let folder, let finished, let count):
            "stopped with \(finished) of \(count) trials finished; everything is saved in \(folder), and the same command "
                + "goes on from there"
        case .allFailed(let count, let first):
            count == 1 ? "the trial failed: \(first)" : "all \(count) trials failed, the first: \(first)"
        case .cannotStart(let reason): "a trial cannot be started: \(reason)"
        }
    }
}
