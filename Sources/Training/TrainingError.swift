import Foundation

/// What can stop a training run.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// Values out of range, a sentence each.
    case configuration([String])
    /// The training split holds no image.
    case noImages(split: String)
    /// Not one object is to be learned: a network would learn that there is nothing anywhere.
    case noObjects(split: String, images: Int)
    /// No image of the training split can be read; the first few with their reasons.
    case noReadableImages([String])
    /// The loss or the gradient is not a number any more: where, why, and the images of the batch that did it.
    case notFinite(epoch: Int, step: Int, reason: String, files: [String])
    /// The checkpoint belongs to another experiment; what differs.
    case differentExperiment(path: String, differences: [String])
    /// The checkpoint cannot be read.
    case badCheckpoint(path: String, reason: String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .configuration(let problems): return problems.joined(separator: "\n")
        case .noImages(let split): return "there is no image to train on in the split '\(split)'"
        case .noObjects(let split, let images):
            return "none of the \(images) images of the split '\(split)' shows an object to learn, so a network would "
                + "learn that there is nothing anywhere; `pinpoint data check` says what became of the annotations"
        case .noReadableImages(let files):
            return "no image of the training set can be read: " + files.joined(separator: "; ")
        case .notFinite(let epoch, let step, let reason, let files):
            return "epoch \(epoch), step \(step): \(reason). Images: \(files.joined(separator: ", ")). "
                + "The weights saved before are kept"
        case .differentExperiment(let path, let differences):
            return "\(path) belongs to another experiment and cannot be resumed: " + differences.joined(separator: "; ")
        case .badCheckpoint(let path, let reason): return "\(path) cannot be resumed: \(reason)"
        }
    }
}
