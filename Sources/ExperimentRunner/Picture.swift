import Datasets
import Foundation
import Graphs
import Images

/// A picture file with the name that everything made from it begins with.
public struct Picture: Hashable, Sendable {
    /// The file.
    public let file: URL
    /// Unlike any other picture's of the same job: the file's stem, with more of its path where stems agree.
    public let name: String
    /// What result files call it: its data set's identity where it is known to be of one, otherwise ``name``.
    public var identity: ImageIdentity

    init(file: URL, name: String) {
        self.file = file
        self.name = name
        identity = .text(name)
    }

    /// The pictures that these paths mean: a file is itself, a folder is every image directly in it that ``ImageFormat`` names,
    /// by name.
    ///
    /// - Throws: ``PictureError`` for a path that is not there and for a folder without pictures.
    public static func collect(_ paths: [String]) throws(PictureError) -> [Picture] {
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
                .filter { isPicture($0) && !$0.hasPrefix(".") }
                .sorted()
            if inside.isEmpty { throw .noPictures(folder: path) }
            files += inside.map { url.appendingPathComponent($0) }
        }
        var seen: Set<String> = []
        files.removeAll { !seen.insert($0.standardizedFileURL.path).inserted }
        return uniquelyNamed(files)
    }

    /// Pictures for these files.
    static func uniquelyNamed(_ files: [URL]) -> [Picture] {
        zip(files, uniqueNames(of: files)).map { Picture(file: $0, name: $1) }
    }

    /// Whether a file is called what pictures are called.
    package static func isPicture(_ path: String) -> Bool {
        ImageFormat(named: (path as NSString).lastPathComponent) != nil
    }

    /// `a/cell.jpg` and `b/cell.jpg` become `a_cell` and `b_cell`; files that agree in that, too, are told apart by
    /// their extension or by a number.
    package static func uniqueNames(of files: [URL]) -> [String] {
        var names = files.map { $0.deletingPathExtension().lastPathComponent }
        func lengthen(_ longer: (URL, String) -> String) {
            // On a file system that ignores case, `A.png` would replace `a.png`.
            let counts = Dictionary(names.map { ($0.lowercased(), 1) }, uniquingKeysWith: +)
            for index in names.indices where counts[names[index].lowercased()] ?? 0 > 1 {
                names[index] = longer(files[index], names[index])
            }
        }
        lengthen { "\($0.standardizedFileURL.deletingLastPathComponent().lastPathComponent)_\($1)" }
        lengthen { "\($1)_\($0.pathExtension)" }
        var taken: Set<String> = []
        for index in names.indices {
            let name = names[index]
            var number = 2
            while !taken.insert(names[index].lowercased()).inserted {
                names[index] = "\(name)_\(number)"
                number += 1
            }
        }
        return names
    }
}

/// What can be wrong with the pictures that somebody asks for.
public enum PictureError: Error, Equatable, CustomStringConvertible {
    /// There is no such file or folder.
    case notFound(String)
    /// The folder holds no image.
    case noPictures(folder: String)
    /// Some pictures could not be used; the others were. A sentence each for the first few.
    case some(failed: Int, of: Int, reasons: [String])
    /// The output would replace the picture itself.
    case wouldOverwrite(String)

    /// A sentence for the terminal.
    public var description: String {
        switch self {
        case .notFound(let path): "there is no file or folder \(path)"
        case .noPictures(let folder):
            "the folder \(folder) holds no image (\(ImageFormat.allExtensions.map { ".\($0)" }.joined(separator: ", ")))"
        case .some(let failed, let count, let reasons):
            "\(failed) of \(count) pictures could not be used: \(reasons.joined(separator: "; "))"
                + (failed > reasons.count ? "; …" : "")
        case .wouldOverwrite(let path): "the output would replace the picture \(path); choose another --output"
        }
    }
}
