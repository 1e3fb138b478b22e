import Foundation

/// The split lists of a data set: text files with one image per line.
struct SplitLists {
    /// The splits in the order in which their files were found; lists of one split in several folders are merged.
    private(set) var splits: [IndexedSplit] = []
    /// Problems of the lists as a whole, reported first.
    private(set) var findings: [DatasetProblem] = []

    private static let maximumBytes = 64 << 20
    private let finder: EntryFinder

    /// - Throws: ``DatasetError/unreadable(path:reason:)`` when the system refuses a list: its images would be in other splits.
    init(tree: FolderTree, images: [RawImage], names: [String], classNames: [String]) throws(DatasetError) {
        let classes = Set(classNames.map(Self.plainName))
        // Label files are text files as well, and there are many.
        let files = tree.documents.filter { file in
            file.ending == "txt" && (Self.isInImageSets(file.path) || Self.mayBeList(file.stem))
        }
        finder = files.isEmpty ? EntryFinder([], names: []) : EntryFinder(images, names: names)
        let folders = Dictionary(grouping: files) { $0.folders.joined(separator: "/") }
        let sets = Self.imageSetFolders(folders.keys)
        for (folder, files) in folders.sorted(by: { $0.key < $1.key }) {
            if let base = sets[folder] {
                try readImageSets(files, base: base, classes: classes)
            } else if !Self.isInImageSets(folder) {
                try readLooseLists(files)
            }
        }
        reportUnmatched(root: tree.root)
    }

    // MARK: - Finding lists

    /// Returns the folders with lists by path, each with the folder of the part of the data set that it belongs to.
    private static func imageSetFolders(_ folders: Dictionary<String, [FolderTree.File]>.Keys) -> [String: [Substring]]
    {
        var sets: [String: [Substring]] = [:]
        let candidates = folders.map { $0.split(separator: "/") }.filter { isInImageSets($0.joined(separator: "/")) }
        for parts in candidates {
            guard let place = parts.lastIndex(where: { $0.lowercased() == "imagesets" }) else { continue }
            // `Main` has the lists for detection; `Layout`, `Segmentation` and `Action` are subsets for other tasks.
            let main = parts[...place] + ["Main"]
            let hasMain = candidates.contains { $0.map { $0.lowercased() } == main.map { $0.lowercased() } }
            let isMain = parts.count == place + 2 && parts.last?.lowercased() == "main"
            if isMain || !hasMain && parts.count <= place + 2 {
                sets[parts.joined(separator: "/")] = Array(parts[..<place])
            }
        }
        return sets
    }

    private static func mayBeList(_ stem: String) -> Bool {
        let name = stem.lowercased()
        return ["train", "val", "test", "dev"].contains { name.contains($0) }
    }

    private static func isInImageSets(_ folder: String) -> Bool {
        folder.split(separator: "/").contains { $0.lowercased() == "imagesets" }
    }

    /// Reads lists of plain splits; other lists beside them are of classes (`cat_train.txt`) or custom subsets.
    private mutating func readImageSets(
        _ files: [FolderTree.File], base: [Substring], classes: Set<String>
    ) throws(DatasetError) {
        var (plain, ofClasses, own): ([(String, ListFile)], [(String, ListFile)], [(String, ListFile)]) = ([], [], [])
        for file in files {
            let list = try read(file)
            if let split = SplitName(file.stem)?.split {
                plain.append((split, list))
            } else if let (prefix, split) = Self.classAndSplit(file.stem) {
                if list.hasFlags || classes.contains(Self.plainName(prefix)) {
                    ofClasses.append((split, list))
                } else {
                    own.append((file.stem, list))
                }
            } else if !["default", "all"].contains(file.stem.lowercased()) {
                own.append((file.stem, list))
            }
        }
        // `helmet_train` and `helmet_val` alone are the splits of a helmet data set; lists of several folds are subsets.
        let told = SplitName.splits(of: own.map(\.0), areFiles: false)
        if plain.isEmpty, ofClasses.isEmpty, Set(told.values).count == told.count {
            plain = own.compactMap { name, list in told[name].map { ($0, list) } }
            own.removeAll { told[$0.0] != nil }
        }
        // VoTT writes only lists per class: every image is in each of them, with a flag.
        for (split, list) in plain.isEmpty ? ofClasses : plain { add(list, to: split, base: base) }
        for (name, list) in own { add(list, to: name, base: base) }
    }

    /// Reads lists in other folders: a file such as `train.txt` is a list if it names images of the data set.
    private mutating func readLooseLists(_ files: [FolderTree.File]) throws(DatasetError) {
        let names = SplitName.splits(of: files.map(\.stem), areFiles: true)
        for file in files {
            guard let split = names[file.stem] else { continue }
            let list = try read(file)
            guard list.problem == nil, !list.entries.isEmpty else { continue }
            let matched = list.entries.count { finder.position(of: $0.text, base: file.folders) != nil }
            // Many images of a list may be missing; in other texts, few lines are names by chance.
            let areNames = list.entries.count {
                !($0.text.contains(where: \.isWhitespace)) || EntryFinder.withoutFlag($0.text) != nil
            }
            if 2 * matched >= list.entries.count || matched > 0 && areNames == list.entries.count {
                add(list, to: split, base: file.folders)
            }
        }
    }

    /// Splits the name of a class list: `traffic light_train` -> `traffic light`, `train`.
    private static func classAndSplit(_ stem: String) -> (prefix: String, split: String)? {
        guard let cut = stem.lastIndex(of: "_"), let split = SplitName(stem[stem.index(after: cut)...])?.split
        else { return nil }
        return (String(stem[..<cut]), split)
    }

    private static func plainName(_ name: String) -> String { name.lowercased().filter { $0.isLetter || $0.isNumber } }

    // MARK: - Reading lists

    private struct ListFile {
        struct Entry {
            var line: Int
            var text: String
        }

        let file: FolderTree.File
        var entries: [Entry] = []
        /// Whether every line ends with -1, 0 or 1.
        var hasFlags = false
        var problem: String?
    }

    private func read(_ file: FolderTree.File) throws(DatasetError) -> ListFile {
        var list = ListFile(file: file)
        do throws(FileReadingError) {
            let text = AnnotationText.lenient(try AnnotationText.bytes(of: file.url, limit: Self.maximumBytes))
            for (number, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
            {
                let entry = String(line).trimmingWhiteSpace()
                if !entry.isEmpty { list.entries.append(ListFile.Entry(line: number + 1, text: entry)) }
            }
            list.hasFlags = !list.entries.isEmpty && list.entries.allSatisfy { EntryFinder.withoutFlag($0.text) != nil }
        } catch {
            if let refusal = error.refusal { throw .unreadable(path: file.url.relativePath, reason: refusal) }
            list.problem = error.reason
        }
        return list
    }

    /// For each split, the number of lines that match nothing, and the number of all lines.
    private var unmatched: [String: (count: Int, of: Int, first: DatasetProblem?)] = [:]

    private mutating func add(_ list: ListFile, to name: String, base: [Substring]) {
        let place = splits.firstIndex { $0.name == name } ?? splits.count
        if place == splits.count { splits.append(IndexedSplit(name: name, members: [])) }
        if let problem = list.problem {
            let problem = DatasetProblem(
                file: list.file.url, rule: .missingFromSplit, message: "the list cannot be read: \(problem)")
            splits[place].problems.append(problem)
            findings.append(problem)
            return
        }
        var seen = Set(splits[place].members)
        for entry in list.entries {
            unmatched[name, default: (0, 0, nil)].of += 1
            if let index = finder.position(of: entry.text, base: base) {
                if seen.insert(index).inserted { splits[place].members.append(index) }
                continue
            }
            let problem = DatasetProblem(
                file: list.file.url, line: entry.line, rule: .missingFromSplit,
                message: "there is no image or annotation for '\(entry.text.prefix(80))'; the line was skipped")
            splits[place].problems.append(problem)
            unmatched[name]?.count += 1
            if unmatched[name]?.first == nil { unmatched[name]?.first = problem }
        }
    }

    private mutating func reportUnmatched(root: URL) {
        for (name, (count, whole, first)) in unmatched.sorted(by: { $0.key < $1.key }) {
            // A few lines are mistakes, reported one by one; many indicate a list of something else.
            guard let first, count * 20 > whole, whole > 5 else { continue }
            findings.append(
                .systematic(
                    first.file, .missingFromSplit,
                    "\(count) of the \(whole) lines for the split '\(name)' match nothing in \(root.lastPathComponent), "
                        + "the first in line \(first.line ?? 1): \(first.message)"))
        }
    }
}
