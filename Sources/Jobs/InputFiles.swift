import Datasets
import Foundation

/// The files that a job reads and that its results must not overwrite.
///
/// Files are compared by their identity on disk: a different path, link or letter case can still be the same file.
package struct InputFiles: Sendable {
    private var paths: [FileIdentity: String] = [:]

    package init(_ files: [URL] = []) {
        for file in files { if let identity = FileIdentity(file) { paths[identity] = file.relativePath } }
    }

    /// - Throws: ``ImageSourceError/wouldOverwrite(_:)`` if a result at this path would overwrite one of the files.
    package func requireApart(_ result: URL) throws(ImageSourceError) {
        if let path = FileIdentity(result).flatMap({ paths[$0] }) { throw .wouldOverwrite(path) }
    }

    package mutating func formUnion(_ others: InputFiles) { paths.merge(others.paths) { own, _ in own } }
}
