import Foundation
import Inference
import JSON
import Tensors
import Visualization

/// A folder that results are written to; made when first needed.
public struct OutputFolder: Sendable {
    /// Where it is.
    public let url: URL
    private var inputs = InputFiles()

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

    /// The path of a file in it.
    public func file(_ name: String) -> URL { url.appendingPathComponent(name) }

    /// This folder for a job that reads these files: nothing is written over one of them.
    package func sparing(_ files: [URL]) -> OutputFolder {
        var folder = self
        folder.inputs.formUnion(InputFiles(files))
        return folder
    }

    /// The place for a result, named as ``OutputNames`` says; the parts are safe already.
    ///
    /// - Throws: ``ImageSourceError/wouldOverwrite(_:)`` when one of the files that the job reads is there.
    package func place(_ parts: String..., as fileExtension: String) throws(ImageSourceError) -> URL {
        let place = file(OutputNames.file(parts, extension: fileExtension))
        try inputs.requireApart(place)
        return place
    }

    /// - Throws: ``ImageSourceError/wouldOverwrite(_:)`` when a file of this name is one that the job reads.
    func requireApart(_ name: String) throws(ImageSourceError) { try inputs.requireApart(file(name)) }

    /// A folder in this one, for results of the same job.
    func folder(_ name: String) throws(OutputError) -> OutputFolder {
        var folder = try OutputFolder(file(name))
        folder.inputs = inputs
        return folder
    }

    /// A drawing to be written.
    func file(_ drawing: Drawing, at place: URL, as format: DrawingFormat) throws -> OutputFile {
        let content = try drawing.data(as: format)
        return format.keepsShapes ? OutputFile(content, at: place) : OutputFile(image: content, at: place)
    }

    /// A JSON file for people and programs, to be written.
    func file(_ json: JSONValue, at place: URL) -> OutputFile {
        OutputFile(Data((json.text(pretty: true) + "\n").utf8), at: place)
    }

    /// Writes a text file.
    func write(_ text: String, to place: URL) throws(FileError) { try writeAtomically(Data(text.utf8), to: place) }

    /// Writes a JSON file for people and programs.
    func write(_ json: JSONValue, to place: URL) throws(FileError) {
        try write(json.text(pretty: true) + "\n", to: place)
    }

    /// Removes files that an earlier run left, so that a folder shows one run and not two mixed.
    package func removeFiles(withExtensions extensions: Set<String>) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        where extensions.contains((name as NSString).pathExtension) {
            let file = file(name)
            do { try inputs.requireApart(file) } catch { continue }
            try? FileManager.default.removeItem(at: file)
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
