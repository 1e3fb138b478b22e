/// Why a data set cannot be used at all.
public enum DatasetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// There is nothing at the path, or nothing that may be read.
    case notFound(path: String)
    /// There is something, but no data set.
    case noDataset(path: String, reason: String)
    /// Every image or annotation of it is bad; the first problem says how.
    case nothingUsable(path: String, problems: Int, first: String)
    /// It has no such split.
    case noSplit(path: String, split: String, available: [String])
    /// Classes were asked for that no annotation names.
    case unknownClasses(path: String, names: [String], available: [String])
    /// A copy, or made-up data, cannot be written.
    case cannotWrite(path: String, reason: String)
    /// A list of names of classes or keypoints that does not fit; a sentence.
    case names(String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .notFound(let path): "\(path): there is no such file or folder"
        case .noDataset(let path, let reason): "\(path): \(reason)"
        case .nothingUsable(let path, let problems, let first):
            problems == 1
                ? "\(path): nothing in this data set can be used: \(first)"
                : "\(path): nothing in this data set can be used; \(problems) problems, the first: \(first)"
        case .noSplit(let path, let split, let available):
            "\(path): there is no split '\(split)'; there is \(Self.list(available)); the settings dataset.trainSplit and "
                + "dataset.validationSplit name those of a training, --split that of an evaluation"
        case .unknownClasses(let path, let names, let available):
            "\(path): no annotation is of class \(Self.list(names)); the classes are \(Self.list(available))"
        case .cannotWrite(let path, let reason): "\(path): cannot be written: \(reason)"
        case .names(let sentence): sentence
        }
    }

    private static func list(_ names: [String]) -> String {
        let shown = names.prefix(30).map { "'\($0)'" }.joined(separator: ", ")
        if names.isEmpty { return "none" }
        return names.count > 30 ? "\(shown) and \(names.count - 30) more" : shown
    }
}
