import Foundation
import Inference

/// What a run has warned of: each thing once.
struct TrainingWarnings {
    /// All warnings, in order.
    private(set) var all: [String] = []
    /// Those since the last epoch's end.
    private var fresh: [String] = []
    private var unreadable: [UnreadableImage] = []
    private var unreadableFiles: Set<URL> = []
    private var reportedCount = 0

    /// Whether the message is new.
    mutating func add(_ message: String) -> Bool {
        guard !all.contains(message) else { return false }
        all.append(message)
        fresh.append(message)
        return true
    }

    /// Remembers images that could not be read.
    mutating func note(unreadable images: [UnreadableImage]) {
        for image in images where unreadableFiles.insert(image.file).inserted { unreadable.append(image) }
    }

    /// A sentence about the images that could not be read, when there are more than it was last asked about.
    mutating func unreadableMessage() -> String? {
        guard unreadable.count > reportedCount else { return nil }
        reportedCount = unreadable.count
        let first = unreadable.prefix(3).map(\.reason).joined(separator: "; ")
        let rest = unreadable.count > 3 ? "; and \(unreadable.count - 3) more" : ""
        let subject = unreadable.count == 1 ? "1 image" : "\(unreadable.count) images"
        return "\(subject) cannot be read and \(unreadable.count == 1 ? "is" : "are") left out: \(first)\(rest)"
    }

    /// The warnings since this was last asked for.
    mutating func takeFresh() -> [String] {
        defer { fresh = [] }
        return fresh
    }
}
