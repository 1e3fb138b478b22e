import Datasets
import Foundation
import Tensors

/// The files that a job reads and that its results must not replace.
///
/// Files are compared by their identity on disk: a different path, link or letter case can still be the same file.
package struct InputFiles: Sendable {
    private var paths: [FileIdentity: String] = [:]

    package init(_ files: [URL] = []) {
        for file in files { if let identity = FileIdentity(file) { paths[identity] = file.relativePath } }
    }

    /// - Throws: ``OutputError/sameFile(_:_:)`` if a result at this path would replace one of the files.
    package func requireApart(_ result: URL) throws(OutputError) {
        if let path = FileIdentity(result).flatMap({ paths[$0] }) { throw .sameFile(result.relativePath, path) }
    }

    /// Checks all results of a job before any work is done.
    ///
    /// - Throws: ``OutputError/sameFile(_:_:)`` if a result would replace one of the files, or another result: two paths can lead to one
    ///   file through a link. A device such as `/dev/null` takes any number of results.
    package func requireApart(_ results: [URL]) throws(OutputError) {
        var taken: [String: URL] = [:]
        var folders: [String: String?] = [:]
        for result in results {
            try requireApart(result)
            guard let path = (try? FileDestination(result))?.filePath(&folders) else { continue }
            if let other = taken.updateValue(result, forKey: path) {
                throw .sameFile(other.relativePath, result.relativePath)
            }
        }
    }

    package mutating func formUnion(_ others: InputFiles) { paths.merge(others.paths) { own, _ in own } }
}
