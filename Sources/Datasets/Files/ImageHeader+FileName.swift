import Foundation
import Images

extension ImageHeader {
    /// The extension that a file so coded should have, when `url` has another one.
    package func trueExtension(of url: URL) -> String? {
        let name = url.pathExtension.lowercased()
        switch format {
        case .jpeg: return ["jpg", "jpeg"].contains(name) ? nil : "jpg"
        case .png: return name == "png" ? nil : "png"
        }
    }
}
