import Foundation
import Synchronization
import Tensors

/// The format chosen for a data set, and the content read with it.
struct FormatChoice {
    let tree: FolderTree
    private(set) var raw: RawDataset
    /// The files that the chosen format was read from.
    let files: [URL]
    /// What was found besides the chosen format; reported first.
    private(set) var findings: [DatasetProblem] = []

    /// - Throws: ``DatasetError`` when nothing is readable; it names what was found instead.
    init(_ source: DatasetSource) throws(DatasetError) {
        let path = source.root.relativePath
        let kind: FileKind?
        do throws(FileError) { kind = try FileKind.of(source.root) } catch {
            throw .unreadable(path: path, reason: error.reason)
        }
        switch kind {
        case .folder:
            let tree = try FolderTree(source.root)
            try tree.requireAllFolders()
            let openings = FileHead.all(in: tree)
            try Self.requireSharedFiles(openings, in: tree)
            try self.init(source, tree: tree, openings: openings)
        case .file: try self.init(source, file: source.root)
        case .other, nil: throw .notFound(path: path)
        }
    }

    /// Reads a single file with all annotations; its images are in the file's folder, or in a folder beside that.
    private init(_ source: DatasetSource, file: URL) throws(DatasetError) {
        let folder = file.deletingLastPathComponent()
        var tree = try FolderTree(folder)
        try tree.requireAllFolders()
        // What cannot be listed beside the file's folder need not be part of the data set, and is only reported.
        if tree.images.isEmpty { tree = try FolderTree(folder.deletingLastPathComponent()) }
        let named = file.standardizedFileURL.path
        let isConfiguration = ["yaml", "yml"].contains(FileName.ending(file.lastPathComponent))
        guard let document = tree.documents.first(where: { $0.url.standardizedFileURL.path == named }) else {
            throw .noDataset(
                path: source.root.relativePath, reason: "this is not an annotation file; \(Self.whatIsRead)")
        }
        // A YOLO configuration needs the label files beside it; any other file stands alone.
        let files =
            isConfiguration
            ? tree.documents.filter { $0 == document || $0.ending == "txt" || $0.ending == "names" } : [document]
        try self.init(source, tree: tree, openings: files.map(FileHead.init))
    }

    init(_ source: DatasetSource, tree: FolderTree) throws(DatasetError) {
        try self.init(source, tree: tree, openings: FileHead.all(in: tree))
    }

    private init(_ source: DatasetSource, tree: FolderTree, openings: [FileHead]) throws(DatasetError) {
        self.tree = tree
        let request = FormatRequest(prefersKeypoints: source.prefersKeypoints)
        var readings: [(reader: any AnnotationFormat.Type, raw: RawDataset, files: [URL])] = []
        var known: Set<FolderTree.File> = []
        for reader in Self.readers(of: source.format) {
            let files = Self.recognized(openings, by: reader)
            known.formUnion(files.map(\.file))
            // Unreadable files count only for a format that other files have, or for the requested one.
            let isSure = files.contains { if case .unreadable = $0.content { false } else { true } }
            guard !files.isEmpty, isSure || openings.count == files.count || source.format != .automatic else {
                continue
            }
            var raw = try reader.read(files, in: tree, request: request)
            raw.readSplits()
            raw.link(in: tree, others: reader.otherImages)
            readings.append((reader, raw, files.map(\.file.url)))
        }
        guard let best = Self.best(readings.map(\.raw)) else {
            throw .noDataset(path: source.root.relativePath, reason: Self.nothing(openings, tree: tree, source.format))
        }
        raw = readings[best].raw
        files = readings[best].files
        raw.leaveOut(annotatedBy: readings.enumerated().filter { $0.offset != best }.map(\.element.raw))
        for (index, reading) in readings.enumerated() where index != best {
            let count = Self.usefulImages(reading.raw)
            if count == 0 { continue }
            findings.append(
                .systematic(
                    source.root, .otherFormat,
                    "it also has \(reading.reader.title) annotations for \(count) images, which were not read; set "
                        + "dataset.format=\(reading.raw.format.rawValue) to read them instead of \(readings[best].reader.title)"
                ))
        }
        known.formUnion(raw.images.compactMap(\.annotationFile))
        findings += strays(openings.filter { !known.contains($0.file) })
    }

    /// Requires that the system gives all documents except the annotations of single images, which are reported instead: any other may be
    /// a list of a split, a table of all annotations, or the names of the classes.
    private static func requireSharedFiles(_ openings: [FileHead], in tree: FolderTree) throws(DatasetError) {
        let refused = openings.filter { $0.refusal != nil }
        if refused.isEmpty { return }
        let images = Set(tree.images.flatMap { [$0.stem.lowercased(), $0.name.lowercased()] })
        for opening in refused where !images.contains(opening.file.stem.lowercased()) {
            // Large collections have links to files that were not fetched; annotations among them are reported as ignored.
            if ["json", "xml"].contains(opening.file.ending), !FileKind.mayExist(opening.file.url) { continue }
            throw .unreadable(path: opening.file.url.relativePath, reason: opening.refusal ?? "")
        }
    }

    /// Returns the files of a format, checked on all cores: there may be one per image.
    private static func recognized(
        _ openings: [FileHead], by reader: any AnnotationFormat.Type
    ) -> [FileHead] {
        let flags = Mutex([Bool](repeating: false, count: openings.count))
        Parallel.forRanges(openings.count, grain: 256) { range in
            let found = range.filter { reader.recognizes(openings[$0]) }
            flags.withLock { flags in for index in found { flags[index] = true } }
        }
        return zip(openings, flags.withLock { $0 }).filter(\.1).map(\.0)
    }

    private static func readers(of format: DatasetFormat) -> [any AnnotationFormat.Type] {
        switch format {
        case .automatic: DatasetFormat.readers
        case .cocoKeypoints: [COCOFormat.self]
        default: DatasetFormat.readers.filter { $0.format == format }
        }
    }

    /// Returns the index of the reading with the most images that have objects; among nearly equal ones the first.
    private static func best(_ readings: [RawDataset]) -> Int? {
        let counts = readings.map(usefulImages)
        guard let most = counts.max() else { return nil }
        return counts.firstIndex { $0 * 10 >= most * 9 }
    }

    private static func usefulImages(_ raw: RawDataset) -> Int {
        raw.images.count { $0.imageFile != nil && !$0.objects.isEmpty }
    }

    // MARK: - Ignored files

    /// Reports documents of no supported format that a user may expect to be read.
    private func strays(_ openings: [FileHead]) -> [DatasetProblem] {
        openings.compactMap { opening in
            let message: String
            switch opening.content {
            case .xml(let root, _):
                message = "the root element <\(root.prefix(40))> is of no supported format; the file was ignored"
            case .json(let json):
                // Result files beside data sets are expected.
                guard let name = UnsupportedFormat.name(of: json), !json.has("score") else { return nil }
                message = "this is \(name), which is not supported; the file was ignored"
            case .unreadable(let reason, let line):
                guard ["json", "xml"].contains(opening.file.ending) else { return nil }
                return DatasetProblem.systematic(
                    opening.file.url, .strayFile,
                    "the file cannot be read and was ignored: \(line.map { "line \($0): " } ?? "")\(reason)")
            case .text: return nil
            }
            return DatasetProblem.systematic(opening.file.url, .strayFile, message)
        }
    }

    static let whatIsRead =
        "supported formats: " + DatasetFormat.readers.map { $0.title }.joined(separator: ", ")

    /// Describes what was found instead of a data set.
    private static func nothing(_ openings: [FileHead], tree: FolderTree, _ format: DatasetFormat) -> String {
        var found: [String: Int] = [:]
        for opening in openings {
            switch opening.content {
            case .json(let json): found[UnsupportedFormat.name(of: json) ?? "an unknown JSON file", default: 0] += 1
            case .xml(let root, _): found["an XML document <\(root.prefix(40))>", default: 0] += 1
            case .unreadable(let reason, let line):
                found[
                    "\(opening.file.path), which cannot be read (\(line.map { "line \($0): " } ?? "")\(reason))",
                    default: 0] += 1
            case .text: found["a text file", default: 0] += 1
            }
        }
        let wanted = format == .automatic ? "supported annotations" : "annotations in the format '\(format.rawValue)'"
        var parts = found.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3).map {
            $0.value == 1 ? $0.key : "\($0.value) times \($0.key)"
        }
        if !tree.images.isEmpty { parts.append(tree.images.count == 1 ? "1 image" : "\(tree.images.count) images") }
        let inside = parts.isEmpty ? "neither images nor documents" : parts.joined(separator: ", ")
        return "no \(wanted) found: it contains \(inside); \(whatIsRead)"
    }
}
