import Foundation
import Images

extension ImageHeader {
    /// The extension that a file so coded should have, when `url` has another one.
    package func trueExtension(of url: URL) -> String? {
        format.extensions.contains(url.pathExtension.lowercased()) ? nil : format.canonicalExtension
    }
}
