import Foundation
import Tensors

/// All files below a folder, listed once: the documents that formats recognize, and the images that annotations refer to.
package struct FolderTree: Sendable {
    /// One file.
    package struct File: Hashable, Sendable {
        /// Relative to the root, with `/` between its parts.
        package let path: String
        private let root: URL

        package init(path: String, root: URL) {
            self.path = path
            self.root = root
        }

        /// The file's URL, computed on demand: a data set has many files, and finding them needs only their paths.
        package var url: URL { root.appendingPathComponent(path, isDirectory: false) }

        package static func == (left: File, right: File) -> Bool { left.path == right.path }
        package func hash(into hasher: inout Hasher) { hasher.combine(path) }

        /// The last part of the path.
        package var name: String { path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path }
        /// The name up to its last dot.
        package var stem: String { FileName.stem(name) }
        /// The extension after the last dot, in lower case; empty without one.
        package var ending: String { FileName.ending(name) }
        /// The folders from the root down.
        package var folders: [Substring] { path.split(separator: "/").dropLast() }
    }

    /// The folder.
    package let root: URL
    /// All files with an image's extension, sorted by path.
    package private(set) var images: [File] = []
    /// All files that may hold annotations or lists, by extension, sorted by path.
    package private(set) var documents: [File] = []
    /// The splits that the folders' names indicate.
    package private(set) var splits = FolderSplits([])
    /// Folders that were not listed.
    package private(set) var problems: [DatasetProblem] = []
    /// The first folder that the system did not list, if any.
    private var refusal: DatasetError?

    /// Deeper folders are not entered, which is reported.
    static let maximumDepth = 32
    /// More files than any data set has: the root of a disk was probably given.
    static let maximumFileCount = 4_000_000
    static let documentEndings: Set<String> = ["xml", "json", "txt", "csv", "tsv", "yaml", "yml", "names", "labels"]

    /// Lists a folder and everything below it. Hidden files and folders are left out; a folder reached by several links is
    /// entered once.
    ///
    /// - Throws: ``DatasetError`` when the folder itself cannot be listed, or holds too many files; see ``requireAllFolders()`` for those
    ///   in it.
    package init(_ root: URL) throws(DatasetError) {
        self.root = root
        var (visited, folderNames): (Set<FileIdentity>, Set<String>) = ([], [])
        var pending = [(path: "", depth: 0)]
        var count = 0
        while let (path, depth) = pending.popLast() {
            let folder = path.isEmpty ? root : root.appendingPathComponent(path)
            if let identity = FileIdentity(folder), !visited.insert(identity).inserted { continue }
            let entries: [FolderListing.Entry]
            do { entries = try FolderListing.entries(of: folder) } catch {
                if path.isEmpty { throw .unreadable(path: root.relativePath, reason: error.reason) }
                refuse(folder, error)
                continue
            }
            count += entries.count
            if count > Self.maximumFileCount {
                throw .noDataset(
                    path: root.relativePath,
                    reason: "it contains more than \(Self.maximumFileCount) files; give the data set's own folder")
            }
            for entry in entries where !entry.name.hasPrefix(".") {
                let below = path.isEmpty ? entry.name : "\(path)/\(entry.name)"
                guard let isFolder = isFolder(entry, at: below) else { continue }
                if isFolder {
                    if Self.isForeign(entry.name) { continue }
                    if depth == Self.maximumDepth {
                        problems.append(
                            DatasetProblem(
                                file: root.appendingPathComponent(below), rule: .unreadableFolder,
                                message: "folders nested more than \(Self.maximumDepth) deep are not searched"))
                        continue
                    }
                    folderNames.insert(entry.name)
                    pending.append((below, depth + 1))
                } else {
                    add(File(path: below, root: root))
                }
            }
        }
        images.sort { $0.path < $1.path }
        documents.sort { $0.path < $1.path }
        splits = FolderSplits(folderNames)
    }

    /// Creates a tree of only these files, which all lie below the root.
    package init(root: URL, files: [URL]) {
        self.root = root
        let prefix = root.path + "/"
        for url in files where url.path.hasPrefix(prefix) {
            add(File(path: String(url.path.dropFirst(prefix.count)), root: root))
        }
        splits = FolderSplits(Set((images + documents).flatMap { $0.folders.map(String.init) }))
    }

    /// - Throws: ``DatasetError/unreadable(path:reason:)`` when the system did not list one of the folders.
    func requireAllFolders() throws(DatasetError) { if let refusal { throw refusal } }

    private mutating func refuse(_ folder: URL, _ error: FileError) {
        problems.append(
            DatasetProblem(
                file: folder, rule: .unreadableFolder, message: "this folder cannot be listed: \(error.reason)"))
        if refusal == nil { refusal = .unreadable(path: folder.relativePath, reason: error.reason) }
    }

    /// Returns whether an entry is a folder; nil when it is left out. A link that cannot be followed may lead to a folder, unless its name
    /// is that of an image or a document, which is reported when it is read.
    private mutating func isFolder(_ entry: FolderListing.Entry, at path: String) -> Bool? {
        switch entry.kind {
        case .success(.folder): return true
        case .success(.file): return false
        case .success(.other): return Self.documentEndings.contains(FileName.ending(entry.name)) ? false : nil
        case .success(nil):
            if FileName.ending(entry.name).isEmpty {
                problems.append(
                    DatasetProblem(
                        file: root.appendingPathComponent(path), rule: .unreadableFolder,
                        message: "this link leads to nothing; if it was to a folder, its files are missing"))
            }
            return false
        case .failure(let error):
            if Self.isFileName(entry.name) { return false }
            refuse(root.appendingPathComponent(path), error)
            return nil
        }
    }

    private static func isFileName(_ name: String) -> Bool {
        FileSystem.isImageName(name) || documentEndings.contains(FileName.ending(name))
    }

    private mutating func add(_ file: File) {
        if FileSystem.isImageName(file.name) {
            images.append(file)
        } else if Self.documentEndings.contains(file.ending) {
            documents.append(file)
        }
    }

    /// Returns whether a folder was left by an archiver or a development tool, or belongs to the disk.
    private static func isForeign(_ name: String) -> Bool {
        ["__MACOSX", "node_modules", "@eaDir", "lost+found"].contains(name)
    }
}

/// The parts of file names.
enum FileName {
    /// Returns a name up to its last dot; the whole name when that dot is its first character.
    static func stem(_ name: String) -> String {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return name }
        return String(name[..<dot])
    }

    /// Returns the extension after the last dot, in lower case; empty without one.
    static func ending(_ name: String) -> String {
        guard let dot = name.utf8.lastIndex(of: UInt8(ascii: ".")), dot > name.startIndex else { return "" }
        return name[name.index(after: dot)...].lowercased()
    }
}
