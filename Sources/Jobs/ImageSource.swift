import Datasets
import Foundation
import Graphs
import Images
import Tensors

/// An image file with the base name of everything made from it.
public struct ImageSource: Hashable, Sendable {
    /// The file.
    public let file: URL
    /// A name unique within the job: the file's stem, with more of its path where stems are equal, as defined by
    /// ``OutputNames``.
    public let name: String
    /// The image's id in results files: its identity in its data set if that is known, otherwise its stem, or ``name`` if stems
    /// are equal.
    public var identity: ImageIdentity

    /// Returns images for these files with unique names.
    package static func uniquelyNamed(_ files: [URL]) -> [ImageSource] {
        let stems = files.map { $0.deletingPathExtension().lastPathComponent }
        let counts = Dictionary(stems.map { ($0, 1) }, uniquingKeysWith: +)
        return zip(files, zip(stems, OutputNames.stems(of: files))).map { file, names in
            ImageSource(file: file, name: names.1, identity: .text(counts[names.0] == 1 ? names.0 : names.1))
        }
    }

    /// Returns the images at these paths: a file stands for itself, a folder for every image directly in it with an extension in
    /// ``ImageFormat``, sorted by name.
    ///
    /// - Throws: ``ImageSourceError`` for a path that does not exist, for a folder that cannot be listed, and for one without images.
    public static func collect(_ paths: [String]) throws(ImageSourceError) -> [ImageSource] {
        var files: [URL] = []
        for path in paths {
            let url = URL(fileURLWithPath: path)
            guard let names = try entries(of: url, at: path) else {
                files.append(url)
                continue
            }
            let inside = names.filter { isImage($0) && !$0.hasPrefix(".") }.sorted()
            if inside.isEmpty { throw .noImages(folder: path) }
            files += inside.map { url.appendingPathComponent($0) }
        }
        // Compare bytes: Swift treats composed and decomposed characters as equal, but most file systems do not.
        var seen: Set<[UInt8]> = []
        files.removeAll { file in
            // Different names that are not UTF-8 look alike here; each of these images is to be reported.
            let isNamed = !file.lastPathComponent.unicodeScalars.contains("\u{FFFD}")
            return !seen.insert(Array(file.standardizedFileURL.path.utf8)).inserted
                && (isNamed || FileManager.default.fileExists(atPath: file.path))
        }
        return uniquelyNamed(files)
    }

    /// Returns the names in a folder; nil for a file.
    private static func entries(of url: URL, at path: String) throws(ImageSourceError) -> [String]? {
        let kind: FileKind?
        do throws(FileError) {
            kind = try FileKind.of(url)
            if kind == .folder { return try FolderListing.names(of: url) }
        } catch { throw .unreadable(path: path, reason: error.reason) }
        if kind == nil { throw .notFound(path) }
        return nil
    }

    /// Returns whether a file has the name of an image.
    package static func isImage(_ path: String) -> Bool {
        ImageFormat(named: (path as NSString).lastPathComponent) != nil
    }
}

/// An error about input images.
public enum ImageSourceError: Error, Equatable, CustomStringConvertible {
    /// There is no such file or folder.
    case notFound(String)
    /// The folder cannot be listed, or the path leads through one that cannot be entered.
    case unreadable(path: String, reason: String)
    /// The folder contains no images.
    case noImages(folder: String)
    /// Some images could not be used, the others were; with a reason for each of the first few.
    case some(failed: Int, of: Int, reasons: [String])

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .notFound(let path): "there is no file or folder \(path)\(ImageError.remark(onName: path))"
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .noImages(let folder):
            "the folder \(folder) contains no images (\(ImageFormat.allExtensions.map { ".\($0)" }.joined(separator: ", ")))"
        case .some(let failed, let count, let reasons):
            "\(failed) of \(count) images could not be used: \(reasons.joined(separator: "; "))"
                + (failed > reasons.count ? "; …" : "")
        }
    }
}
