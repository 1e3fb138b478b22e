import Foundation
import Inference

/// The warnings of a run, each reported once.
struct TrainingWarnings {
    /// All warnings, in order.
    private(set) var all: [String] = []
    /// The warnings since the end of the last epoch.
    private var fresh: [String] = []
    private var unreadable: [UnreadableImage] = []
    private var unreadableFiles: Set<URL> = []
    private var reportedCount = 0

    /// Adds a message; returns whether it is new.
    mutating func add(_ message: String) -> Bool {
        guard !all.contains(message) else { return false }
        all.append(message)
        fresh.append(message)
        return true
    }

    /// Records images that could not be read.
    mutating func note(unreadable images: [UnreadableImage]) {
        for image in images where unreadableFiles.insert(image.file).inserted { unreadable.append(image) }
    }

    /// Returns a sentence about the images that could not be read, if there are more than at the last call.
    mutating func unreadableMessage() -> String? {
        guard unreadable.count > reportedCount else { return nil }
        reportedCount = unreadable.count
        let first = unreadable.prefix(3).map(\.reason).joined(separator: "; ")
        let rest = unreadable.count > 3 ? "; and \(unreadable.count - 3) more" : ""
        let subject = unreadable.count == 1 ? "1 image" : "\(unreadable.count) images"
        return "\(subject) cannot be read and \(unreadable.count == 1 ? "is" : "are") left out: \(first)\(rest)"
    }

    /// Returns the warnings since the last call.
    mutating func takeFresh() -> [String] {
        defer { fresh = [] }
        return fresh
    }
}
