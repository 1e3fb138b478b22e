import Datasets
import Foundation

/// The files that a job reads, none of which its results may replace.
///
/// Files are compared by what they are on the disk: another path, a link or another case is still the same file.
struct InputFiles: Sendable {
    private var paths: [FileIdentity: String] = [:]

    init(_ files: [URL] = []) {
        for file in files { if let identity = FileIdentity(file) { paths[identity] = file.relativePath } }
    }

    /// - Throws: ``ImageSourceError/wouldOverwrite(_:)`` when a result at this place would replace one of the files.
    func requireApart(_ result: URL) throws(ImageSourceError) {
        if let path = FileIdentity(result).flatMap({ paths[$0] }) { throw .wouldOverwrite(path) }
    }

    mutating func formUnion(_ others: InputFiles) { paths.merge(others.paths) { own, _ in own } }
}
