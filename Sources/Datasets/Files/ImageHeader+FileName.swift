import Foundation
import Images

extension ImageHeader {
    /// Returns the extension that matches the image's format when `url` has another one; otherwise nil.
    package func trueExtension(of url: URL) -> String? {
        format.extensions.contains(url.pathExtension.lowercased()) ? nil : format.canonicalExtension
    }
}
