import Foundation
import TestSupport

/// The files of this repository, for tests of what they say.
enum Repository {
    /// The top folder.
    static let root = Golden.folder.deletingLastPathComponent().deletingLastPathComponent()

    /// The location of a file.
    static func file(_ path: String) -> URL { root.appendingPathComponent(path) }

    /// The content of a text file.
    static func text(_ path: String) throws -> String { try String(contentsOf: file(path), encoding: .utf8) }

    /// The paths of all files in a folder and the folders below it, from the top folder, in order.
    static func files(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: file(folder).path).sorted()
            .map { "\(folder)/\($0)" }.filter { !isFolder($0) }
    }

    /// The names of the folders in a folder, in order.
    static func folders(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: file(folder).path).sorted()
            .filter { isFolder("\(folder)/\($0)") }
    }

    private static func isFolder(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: file(path).path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
