import Foundation
import JSON
import Tensors

/// A folder that results are written to; made when first needed.
public struct OutputFolder: Sendable {
    /// Where it is.
    public let url: URL

    /// Makes the folder unless it exists.
    ///
    /// - Throws: ``OutputError`` when that is impossible.
    public init(_ url: URL) throws(OutputError) {
        self.url = url
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
            throw .cannotCreate(folder: url.relativePath, isFile: exists && !isFolder.boolValue)
        }
    }

    /// The place of a file in it.
    public func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// Writes a text file.
    public func write(_ text: String, to name: String) throws(FileError) {
        try writeAtomically(Data(text.utf8), to: file(name))
    }

    /// Writes a JSON file for people and programs.
    public func write(_ json: JSONValue, to name: String) throws(FileError) {
        try write(json.text(pretty: true) + "\n", to: name)
    }

    /// Removes files that an earlier run left, so that a folder shows one run and not two mixed.
    func removeFiles(withExtensions extensions: Set<String>) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        where extensions.contains((name as NSString).pathExtension) {
            try? FileManager.default.removeItem(at: file(name))
        }
    }
}

/// A folder for results that cannot be had.
public enum OutputError: Error, Equatable, CustomStringConvertible {
    /// Making it failed.
    case cannotCreate(folder: String, isFile: Bool)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .cannotCreate(let folder, true): "\(folder) is a file, but a folder is needed for the results"
        case .cannotCreate(let folder, false): "the folder \(folder) cannot be made"
        }
    }
}
