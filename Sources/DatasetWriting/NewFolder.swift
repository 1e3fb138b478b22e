import Datasets
import Foundation
import Tensors

/// Creates the folders of a data set.
enum NewFolder {
    /// Creates a folder with subfolders.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)`` when the folder is not empty, or without permission.
    static func make(_ names: [String], in root: URL) throws(DatasetError) {
        let path = root.relativePath
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: root.path, isDirectory: &isFolder) {
            if !isFolder.boolValue { throw .cannotWrite(path: path, reason: "a file of this name exists") }
            guard let entries = try? FileManager.default.contentsOfDirectory(atPath: root.path) else {
                throw .cannotWrite(path: path, reason: "the folder cannot be listed")
            }
            if !entries.isEmpty { throw .cannotWrite(path: path, reason: "the folder is not empty") }
        }
        for name in names {
            do { try createFolder(root.appendingPathComponent(name)) } catch { throw DatasetError(error) }
        }
    }
}

extension DatasetError {
    /// A data set that cannot be written, because one of its files or folders cannot.
    init(_ error: FileWriteError) { self = .cannotWrite(path: error.path, reason: error.reason) }
}
