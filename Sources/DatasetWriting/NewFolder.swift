import Datasets
import Foundation
import Tensors

/// Creates the folders of a data set.
package enum NewFolder {
    /// Creates a folder with subfolders.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)`` when the folder is not empty, or without permission.
    package static func make(_ names: [String], in root: URL) throws(DatasetError) {
        let path = root.relativePath
        let (kind, entries): (FileKind?, [String])
        do throws(FileError) {
            kind = try FileKind.of(root)
            entries = kind == .folder ? try FolderListing.names(of: root) : []
        } catch { throw .cannotWrite(path: path, reason: "the folder cannot be listed: \(error.reason)") }
        if kind == .file || kind == .other { throw .cannotWrite(path: path, reason: "a file of this name exists") }
        if !entries.isEmpty { throw .cannotWrite(path: path, reason: "the folder is not empty") }
        for name in names {
            do { try createFolder(root.appendingPathComponent(name)) } catch { throw DatasetError(error) }
        }
    }
}

extension DatasetError {
    /// A data set that cannot be written, because one of its files or folders cannot.
    init(_ error: FileWriteError) { self = .cannotWrite(path: error.path, reason: error.reason) }
}
