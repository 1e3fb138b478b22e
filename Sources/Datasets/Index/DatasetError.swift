/// The reason why a data set is unusable.
public enum DatasetError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The path does not exist.
    case notFound(path: String)
    /// A folder cannot be listed, or a file that concerns more than one image (a list, a table, class names) cannot be read. The rest of
    /// the data set would have other splits or classes, so none of it is used.
    case unreadable(path: String, reason: String)
    /// The path exists but holds no data set.
    case noDataset(path: String, reason: String)
    /// No image or annotation of the data set is usable; the first problem is given as an example.
    case nothingUsable(path: String, problems: Int, first: String)
    /// The data set has no split of this name.
    case noSplit(path: String, split: String, available: [String])
    /// No annotated object has the requested classes.
    case unknownClasses(path: String, names: [String], available: [String])
    /// Fewer images than folds; images whose files are identical count as one.
    case tooFewForFolds(path: String, images: Int, folds: Int)
    /// Some objects are boxes and others are points, and nothing says which are wanted.
    case mixedObjects(path: String, boxes: Int, points: Int, example: String)
    /// All objects are points, and boxes are wanted.
    case onlyPoints(path: String, points: Int)
    /// A copy, or synthetic data, cannot be written.
    case cannotWrite(path: String, reason: String)
    /// A list of class or keypoint names is invalid; the value is a sentence.
    case names(String)

    /// The message for the terminal.
    public var description: String {
        switch self {
        case .notFound(let path): "\(path): no such file or folder"
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .noDataset(let path, let reason): "\(path): \(reason)"
        case .nothingUsable(let path, let problems, let first):
            problems == 1
                ? "\(path): nothing in this data set is usable: \(first)"
                : "\(path): nothing in this data set is usable; \(problems) problems, the first: \(first)"
        case .noSplit(let path, let split, let available):
            "\(path): there is no split '\(split)'; available: \(Self.list(available)); set dataset.trainSplit and "
                + "dataset.validationSplit for training, or --split for an evaluation"
        case .unknownClasses(let path, let names, let available):
            "\(path): no object has the class \(Self.list(names)); the classes are \(Self.list(available))"
        case .tooFewForFolds(let path, let images, let folds):
            "\(path): \(folds) folds need at least \(folds) different images outside the split 'test', but there "
                + (images == 1 ? "is 1" : "are \(images)")
        case .mixedObjects(let path, let boxes, let points, let example):
            "\(path): it has \(boxes) \(boxes == 1 ? "box" : "boxes") and \(points) \(points == 1 ? "point" : "points"); "
                + "\(example). Choose with dataset.objects (for `data check`, --objects): boxes leaves the points out, points takes "
                + "the centres of the boxes"
        case .onlyPoints(let path, let points):
            "\(path): boxes are wanted, but \(points == 1 ? "its only object is a point" : "all of its \(points) objects are points")"
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
