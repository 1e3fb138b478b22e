import Datasets
import Foundation
import Graphs
import Images
import Tensors

/// An image file with the name that everything made from it begins with.
public struct ImageSource: Hashable, Sendable {
    /// The file.
    public let file: URL
    /// Unlike any other image's of the same job: the file's stem, with more of its path where stems agree, as
    /// ``OutputNames`` says.
    public let name: String
    /// What result files call it: its data set's identity where it is known to be of one, otherwise its stem, or ``name`` where
    /// stems agree.
    public var identity: ImageIdentity

    /// Images for these files.
    static func uniquelyNamed(_ files: [URL]) -> [ImageSource] {
        let stems = files.map { $0.deletingPathExtension().lastPathComponent }
        let counts = Dictionary(stems.map { ($0, 1) }, uniquingKeysWith: +)
        return zip(files, zip(stems, OutputNames.stems(of: files))).map { file, names in
            ImageSource(file: file, name: names.1, identity: .text(counts[names.0] == 1 ? names.0 : names.1))
        }
    }

    /// The images that these paths mean: a file is itself, a folder is every image directly in it that ``ImageFormat`` names,
    /// by name.
    ///
    /// - Throws: ``ImageSourceError`` for a path that is not there and for a folder without images.
    public static func collect(_ paths: [String]) throws(ImageSourceError) -> [ImageSource] {
        var files: [URL] = []
        for path in paths {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
                throw .notFound(path)
            }
            let url = URL(fileURLWithPath: path)
            if !isFolder.boolValue {
                files.append(url)
                continue
            }
            let inside = ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
                .filter { isImage($0) && !$0.hasPrefix(".") }
                .sorted()
            if inside.isEmpty { throw .noImages(folder: path) }
            files += inside.map { url.appendingPathComponent($0) }
        }
        // By their bytes: to Swift a letter and its parts are the same, and to most file systems they are not.
        var seen: Set<[UInt8]> = []
        files.removeAll { !seen.insert(Array($0.standardizedFileURL.path.utf8)).inserted }
        return uniquelyNamed(files)
    }

    /// Whether a file is called what images are called.
    package static func isImage(_ path: String) -> Bool {
        ImageFormat(named: (path as NSString).lastPathComponent) != nil
    }
}

/// What can be wrong with the images that somebody asks for.
public enum ImageSourceError: Error, Equatable, CustomStringConvertible {
    /// There is no such file or folder.
    case notFound(String)
    /// The folder holds no image.
    case noImages(folder: String)
    /// Some images could not be used; the others were. A sentence each for the first few.
    case some(failed: Int, of: Int, reasons: [String])
    /// The output would replace a file that it is made from.
    case wouldOverwrite(String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .notFound(let path): "there is no file or folder \(path)"
        case .noImages(let folder):
            "the folder \(folder) holds no image (\(ImageFormat.allExtensions.map { ".\($0)" }.joined(separator: ", ")))"
        case .some(let failed, let count, let reasons):
            "\(failed) of \(count) images could not be used: \(reasons.joined(separator: "; "))"
                + (failed > reasons.count ? "; …" : "")
        case .wouldOverwrite(let path):
            "the output would replace \(path), which it is made from; choose another place for it"
        }
    }
}
