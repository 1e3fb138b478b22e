import Datasets
import Foundation

/// Folders that are made for a data set.
enum NewFolder {
    /// Makes a folder with others in it.
    ///
    /// - Throws: ``DatasetError/cannotWrite(path:reason:)`` when there is something in it already, or no permission.
    static func make(_ names: [String], in root: URL) throws(DatasetError) {
        let path = root.relativePath
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: root.path, isDirectory: &isFolder) {
            if !isFolder.boolValue { throw .cannotWrite(path: path, reason: "there is a file of this name") }
            guard let entries = try? FileManager.default.contentsOfDirectory(atPath: root.path) else {
                throw .cannotWrite(path: path, reason: "the folder cannot be listed")
            }
            if !entries.isEmpty { throw .cannotWrite(path: path, reason: "the folder is not empty") }
        }
        for name in names {
            do {
                try FileManager.default.createDirectory(
                    at: root.appendingPathComponent(name), withIntermediateDirectories: true)
            } catch { throw .cannotWrite(path: path, reason: "the folder cannot be made") }
        }
    }
}
