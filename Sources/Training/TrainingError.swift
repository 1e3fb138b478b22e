import Foundation

/// An error that stops a training run.
public enum TrainingError: Error, Equatable, CustomStringConvertible {
    /// Invalid settings, one sentence each.
    case configuration([String])
    /// The training split has no images.
    case noImages(split: String)
    /// The training split has no objects to learn, so a network would learn to detect nothing.
    case noObjects(split: String, images: Int)
    /// No image of the training split can be read; the reasons for the first few.
    case noReadableImages([String])
    /// The loss or the gradient is not finite: where, why, and the images of the batch that caused it.
    case notFinite(epoch: Int, step: Int, reason: String, files: [String])
    /// The checkpoint belongs to another experiment, with the differences.
    case differentExperiment(path: String, differences: [String])
    /// The checkpoint cannot be read.
    case badCheckpoint(path: String, reason: String)

    /// The error message.
    public var description: String {
        switch self {
        case .configuration(let problems): return problems.joined(separator: "; ")
        case .noImages(let split): return "the split '\(split)' has no images to train on"
        case .noObjects(let split, let images):
            return "none of the \(images) images of the split '\(split)' has an object to learn, so a network would "
                + "learn to detect nothing; `pinpoint data check` reports what happened to the annotations"
        case .noReadableImages(let files):
            return "no image of the training set can be read: " + files.joined(separator: "; ")
        case .notFinite(let epoch, let step, let reason, let files):
            return "epoch \(epoch), step \(step): \(reason). Images: \(files.joined(separator: ", ")). "
                + "The weights saved earlier are kept"
        case .differentExperiment(let path, let differences):
            return "\(path) belongs to another experiment and cannot be resumed: " + differences.joined(separator: "; ")
        case .badCheckpoint(let path, let reason): return "\(path) cannot be resumed: \(reason)"
        }
    }
}
