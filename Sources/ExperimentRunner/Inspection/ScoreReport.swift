import Inspection
import JSON

/// Which method explains a model best, and on how much that rests.
public struct ScoreReport: Sendable {
    /// A row a method and layer.
    public let table: FaithfulnessTable
    /// Images in which annotated objects were found.
    public let imageCount: Int
    /// Objects that were explained.
    public let objectCount: Int
    /// The split that they are from.
    public let split: String

    /// For a terminal.
    public var text: String {
        let objects = "\(objectCount) \(objectCount == 1 ? "object" : "objects")"
        let images = "\(imageCount) \(imageCount == 1 ? "image" : "images")"
        return "\(objects) found in \(images) of '\(split)'\n\n\(table.text)"
    }

    /// For programs.
    public var json: JSONValue {
        [
            "split": .string(split), "images": .integer(imageCount), "objects": .integer(objectCount),
            "table": table.json,
        ]
    }
}

/// What can keep methods from being compared.
public enum ScoreJobError: Error, Equatable, CustomStringConvertible {
    /// There is nothing to explain.
    case nothingFound(imageCount: Int, threshold: Double)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .nothingFound(let count, let threshold):
            "there is nothing to explain: in \(count == 1 ? "the one image" : "\(count) images") no annotated object "
                + "is found with a score of \(threshold) or more"
        }
    }
}
