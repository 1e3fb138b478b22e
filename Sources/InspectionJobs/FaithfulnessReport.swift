import Inspection
import JSON
import Tensors

/// The comparison of explanation methods on a model, and the amount of data.
public struct FaithfulnessReport: Sendable {
    /// A row for each method and layer.
    public let table: FaithfulnessTable
    /// The number of images in which annotated objects were found.
    public let imageCount: Int
    /// The number of objects that were explained.
    public let objectCount: Int
    /// The split of the images.
    public let split: String

    /// The report for the terminal.
    public var text: String {
        let objects = "\(objectCount) \(objectCount == 1 ? "object" : "objects")"
        let images = "\(imageCount) \(imageCount == 1 ? "image" : "images")"
        return "\(objects) found in \(images) of '\(split.shownOnTerminal)'\n\n\(table.text)"
    }

    /// The report for programs.
    public var json: JSONValue {
        [
            "split": .string(split), "images": .integer(imageCount), "objects": .integer(objectCount),
            "table": table.json,
        ]
    }
}

/// The reason why methods cannot be compared.
public enum FaithfulnessJobError: Error, Equatable, CustomStringConvertible {
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
