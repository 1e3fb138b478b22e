import Foundation
import Inference
import JSON
import Tensors
import Visualization

/// A folder that results are written to.
public struct OutputFolder: Sendable {
    /// The folder's location.
    public let url: URL
    private var inputs = InputFiles()

    /// Creates the folder unless it exists.
    ///
    /// - Throws: ``OutputError`` if it cannot be created.
    public init(_ url: URL) throws(OutputError) {
        self.url = url
        do { try createFolder(url) } catch {
            var isFolder: ObjCBool = false
            let exists = FileManager.default.fileExists(atPath: url.path, isDirectory: &isFolder)
            if exists && !isFolder.boolValue { throw .isFile(url.relativePath) }
            throw .cannotCreate(folder: url.relativePath, reason: error.reason)
        }
    }

    /// Returns the path of a file in the folder.
    public func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// Returns this folder for a job that reads these files, none of which may be overwritten.
    package func sparing(_ files: [URL]) -> OutputFolder {
        var folder = self
        folder.inputs.formUnion(InputFiles(files))
        return folder
    }

    /// Returns the path of a result, named by ``OutputNames``; the parts must be safe already.
    ///
    /// - Throws: ``OutputError/sameFile(_:_:)`` if the path is one of the files that the job reads.
    package func place(_ parts: String..., as fileExtension: String) throws(OutputError) -> URL {
        let place = file(OutputNames.file(parts, extension: fileExtension))
        try inputs.requireApart(place)
        return place
    }

    /// Checks all results of a job before any work is done, as far as their names are known then.
    ///
    /// - Throws: ``OutputError/sameFile(_:_:)`` if a result would replace a file that the job reads, or another result.
    package func requireApart(_ places: [URL]) throws(OutputError) { try inputs.requireApart(places) }

    /// Returns a folder in this one, for results of the same job.
    package func folder(_ name: String) throws(OutputError) -> OutputFolder {
        var folder = try OutputFolder(file(name))
        folder.inputs = inputs
        return folder
    }

    /// Returns a file with a drawing, to be written.
    package func file(_ drawing: Drawing, at place: URL, as format: DrawingFormat) throws -> OutputFile {
        OutputFile(try drawing.data(as: format), at: place)
    }

    /// Returns a JSON file, indented for readability, to be written.
    package func file(_ json: JSONValue, at place: URL) -> OutputFile {
        OutputFile(Data((json.text(pretty: true) + "\n").utf8), at: place)
    }

    /// Writes a text file.
    package func write(_ text: String, to place: URL) throws(FileWriteError) {
        try writeAtomically(Data(text.utf8), to: place)
    }

    /// Writes a JSON file, indented for readability.
    package func write(_ json: JSONValue, to place: URL) throws(FileWriteError) {
        try write(json.text(pretty: true) + "\n", to: place)
    }

    /// Removes files of an earlier run, so that the folder does not mix two runs.
    package func removeFiles(withExtensions extensions: Set<String>) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        where extensions.contains((name as NSString).pathExtension) {
            let file = file(name)
            do { try inputs.requireApart(file) } catch { continue }
            try? FileManager.default.removeItem(at: file)
        }
    }
}

/// The reason why results cannot go where they should.
public enum OutputError: Error, Equatable, CustomStringConvertible {
    /// Creating the folder failed.
    case cannotCreate(folder: String, reason: String)
    /// A file has the name of the folder.
    case isFile(String)
    /// A result is a file that is read, or another result.
    case sameFile(String, String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .isFile(let folder): "\(folder) is a file, but a folder is needed for the results"
        case .cannotCreate(let folder, let reason): "the folder \(folder) cannot be created: \(reason)"
        case .sameFile(let output, let other):
            "\(output) and \(other) are the same file; choose another place for the results"
        }
    }
}
