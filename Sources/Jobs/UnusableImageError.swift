import Foundation
import Images
import Visualization

/// An image that a job leaves out: it cannot be read, or what was made of it cannot be drawn or stored in the requested format.
///
/// Only errors about the image itself are of this kind. A result that cannot be written concerns all images that are still to come, and
/// ends the job.
public enum UnusableImageError: Error, CustomStringConvertible {
    /// The image cannot be read; the error names it.
    case unreadable(ImageError)
    /// The image, at a path, cannot be drawn for a reason.
    case undrawable(path: String, reason: String)

    /// Returns nil for an error that does not concern the image.
    package init?(_ error: any Error, _ file: URL) {
        switch error {
        case let error as UnusableImageError: self = error
        case ImageError.cannotEncode(let reason): self = .undrawable(path: file.relativePath, reason: reason)
        case let error as ImageError: self = .unreadable(error)
        case let error as DrawingError where error.isAboutSize:
            self = .undrawable(path: file.relativePath, reason: "\(error)")
        default: return nil
        }
    }

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .unreadable(let error): "\(error)"
        case .undrawable(let path, let reason): "\(path): \(reason)"
        }
    }
}
