/// An error in an experiment.
public enum ExperimentError: Error, Equatable, CustomStringConvertible {
    /// An unknown key, with the nearest existing one.
    case unknownKey(place: Place, nearest: String?)
    /// A value of the wrong kind.
    case wrongKind(place: Place, found: String, expected: String)
    /// A setting that does not apply together with another one.
    case notApplicable(place: Place, because: String)
    /// An override that is not `key=value`.
    case badOverride(String)
    /// A file that does not exist.
    case notFound(file: String)
    /// A path that is no run's folder, or not in one.
    case noRun(place: String)
    /// A file that cannot be read.
    case unreadable(file: String, reason: String)
    /// Invalid values, one sentence each.
    case invalid(file: String, problems: [String])

    /// The location of a setting: its key path, and the file and line if it came from a file.
    public struct Place: Equatable, Sendable, CustomStringConvertible {
        /// The key's path from the top: `training.epochs`.
        public let key: String
        /// The file; empty for an override.
        public let file: String
        /// The line, from 1.
        public let line: Int?

        /// `Experiments/bccd.json:12: training.epochs`.
        public var description: String {
            if file.isEmpty { return "--set \(key)" }
            return line.map { "\(file):\($0): \(key)" } ?? "\(file): \(key)"
        }
    }

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .unknownKey(let place, let nearest?): "\(place) is not a setting; did you mean \(nearest)?"
        case .unknownKey(let place, nil): "\(place) is not a setting; `pinpoint run FILE --print` shows all of them"
        case .wrongKind(let place, let found, let expected): "\(place) is \(found), but must be \(expected)"
        case .notApplicable(let place, let reason): "\(place) does not apply here: \(reason)"
        case .badOverride(let text): "--set \(text): an override is written key=value, as in training.epochs=60"
        case .notFound(let file): "there is no experiment \(file)"
        case .noRun(let place): "\(place) is no run: a run's folder has an experiment.json"
        case .unreadable(let file, let reason): "\(file) cannot be read: \(reason)"
        case .invalid(let file, let problems):
            (file.isEmpty ? "" : "\(file): ") + problems.joined(separator: "; ")
        }
    }
}
