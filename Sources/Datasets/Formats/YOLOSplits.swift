import Foundation

/// The splits of images according to `data.yaml`.
struct YOLOSplits {
    /// Problems with entries that match nothing.
    private(set) var problems: [DatasetProblem] = []
    private var folders: [String: String] = [:]
    private var files: [String: String] = [:]

    private let tree: FolderTree
    private let configuration: YOLOConfiguration
    private let imageFolders: Set<String>

    /// - Throws: ``DatasetError/unreadable(path:reason:)`` when the system refuses a list.
    init(_ configuration: YOLOConfiguration, in tree: FolderTree, finder: ImageFinder) throws(DatasetError) {
        self.tree = tree
        self.configuration = configuration
        var imageFolders: Set<String> = []
        for image in tree.images {
            var folders = image.folders
            while imageFolders.insert(folders.joined(separator: "/")).inserted, folders.popLast() != nil {}
        }
        self.imageFolders = imageFolders
        for (split, entries) in configuration.splits {
            for entry in entries { try add(entry, to: split, finder) }
        }
    }

    /// Whether no image is assigned to a split.
    var isEmpty: Bool { folders.isEmpty && files.isEmpty }

    /// Returns the split of an image, that of the nearest folder.
    func split(of image: FolderTree.File) -> String? {
        if let split = files[image.path] { return split }
        var parts = image.folders
        while true {
            if let split = folders[parts.joined(separator: "/")] { return split }
            if parts.popLast() == nil { return nil }
        }
    }

    private mutating func add(_ entry: String, to split: String, _ finder: ImageFinder) throws(DatasetError) {
        let isList = FileName.ending(entry) == "txt"
        let known = isList ? Set(tree.documents.map(\.path)) : imageFolders
        guard let path = places(of: entry, in: split).first(where: known.contains) else {
            let thing = isList ? "list" : "folder with images"
            problems.append(
                .systematic(
                    configuration.file.url, .missingFromSplit,
                    "'\(split): \(entry.prefix(120))' matches no \(thing) below \(tree.root.relativePath); it was skipped",
                    severity: .warning))
            return
        }
        if isList { return try addList(path, to: split, finder) }
        if let other = folders[path], other != split {
            problems.append(
                .systematic(
                    configuration.file.url, .derivedSplit,
                    "'\(split)' is the same folder as '\(other)'; its images are only in '\(other)'"))
            return
        }
        folders[path] = split
    }

    private mutating func addList(_ path: String, to split: String, _ finder: ImageFinder) throws(DatasetError) {
        guard let file = tree.documents.first(where: { $0.path == path }) else { return }
        let lines: [String]
        do throws(TextFile.Fault) { lines = try TextFile(file.url).lines } catch {
            if let refusal = error.refusal { throw .unreadable(path: file.url.relativePath, reason: refusal) }
            problems.append(.systematic(file.url, .unreadableAnnotation, error.reason, severity: .error))
            return
        }
        let place = ImageFinder.Place(folders: file.folders, split: split)
        var lost: (count: Int, first: String) = (0, "")
        for line in lines where !line.isEmpty {
            if case .found(let image) = finder.image(called: line, at: place) {
                if files[image.path] == nil { files[image.path] = split }
            } else {
                if lost.count == 0 { lost.first = line }
                lost.count += 1
            }
        }
        if lost.count == 0 { return }
        problems.append(
            .systematic(
                file.url, .missingFromSplit,
                "\(lost.count == 1 ? "1 line was" : "\(lost.count) lines were") skipped, naming no existing image: "
                    + "\(lost.count == 1 ? "" : "first ")'\(lost.first.prefix(120))'"))
    }

    /// Returns the possible paths of an entry below the root, the most likely first: as read by the library that wrote it, then
    /// without the folders of another machine.
    private func places(of entry: String, in split: String) -> [String] {
        let home = configuration.file.folders.map(String.init)
        let path = configuration.path.map(Self.parts) ?? []
        let others = configuration.splits.filter { $0.name != split }.flatMap(\.entries).map { path + Self.parts($0) }
        let entry = Self.parts(entry)
        let whole = path + entry
        // Path endings shared with entries of other splits do not identify this one.
        let tails = whole.indices.map { Array(whole[$0...]) }.filter { tail in
            !others.contains { $0 != whole && $0.suffix(tail.count).elementsEqual(tail) }
        }
        let places = [home + whole, home + entry, entry] + tails.map { home + $0 } + tails
        // Roboflow's `../train/images` is relative to a folder that does not exist.
        return places.compactMap(Self.resolved)
    }

    private static func parts(_ path: String) -> [String] {
        path.trimmingWhiteSpace().split { "/\\".contains($0) }.map(String.init).filter { $0 != "." }
    }

    /// Resolves `..` in a path; nil when it leads out of the root.
    private static func resolved(_ parts: [String]) -> String? {
        var resolved: [String] = []
        for part in parts {
            if part != ".." { resolved.append(part) } else if resolved.popLast() == nil { return nil }
        }
        return resolved.joined(separator: "/")
    }
}
