import Foundation

/// The lists of `ImageSets/Main`: a text file a split, a picture a line.
enum VOCSplitLists {
    private static let maximumBytes = 64 << 20

    /// The splits that a folder has lists for: train, val, trainval and test first, then others by name.
    ///
    /// - Parameter indices: The positions of the pictures by name.
    static func read(in root: URL, indices: [String: Int]) -> [ListedSplit] {
        let lists = files(in: root)
        let usual = ["train", "val", "trainval", "test"]
        let names = usual.filter { lists[$0] != nil } + lists.keys.filter { !usual.contains($0) }.sorted()
        return names.compactMap { name in lists[name].map { read($0, name: name, indices: indices) } }
    }

    private static func files(in root: URL) -> [String: URL] {
        let sets = FileSystem.folder(in: root, named: ["imagesets"])
        let folder = sets.flatMap { FileSystem.folder(in: $0, named: ["main"]) } ?? sets ?? root
        var lists: [String: URL] = [:]
        for file in FileSystem.names(in: folder) {
            guard let stem = FileSystem.stem(file, extensions: ["txt"]) else { continue }
            // Beside the splits VOC has a list a class, `cat_train.txt`, that says who has one.
            let name = ["valid", "validation"].contains(stem.lowercased()) ? "val" : stem.lowercased()
            let usual = ["train", "val", "trainval", "test"]
            if usual.contains(where: { name.hasSuffix("_" + $0) }) { continue }
            // A data set's root holds all kinds of text files.
            if folder == root && !usual.contains(name) { continue }
            let url = folder.appendingPathComponent(file)
            if FileSystem.isFile(url) { lists[usual.contains(name) ? name : stem] = url }
        }
        return lists
    }

    private static func read(_ list: URL, name: String, indices: [String: Int]) -> ListedSplit {
        var split = ListedSplit(name: name, members: [])
        guard let size = try? list.resourceValues(forKeys: [.fileSizeKey]).fileSize, size <= maximumBytes,
            let data = try? Data(contentsOf: list)
        else {
            split.problems.append(
                DatasetProblem(file: list, rule: .missingFromSplit, message: "the list cannot be read"))
            return split
        }
        var seen: Set<Int> = []
        let lines = String(decoding: data, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        for (number, line) in lines.enumerated() {
            let entry = line.trimmingCharacters(in: .whitespaces)
            if entry.isEmpty { continue }
            if let index = index(of: entry, indices: indices) {
                if seen.insert(index).inserted { split.members.append(index) }
            } else {
                split.problems.append(
                    DatasetProblem(
                        file: list, line: number + 1, rule: .missingFromSplit,
                        message: "there is neither picture nor annotation for '\(entry.prefix(80))'"))
            }
        }
        return split
    }

    /// A line is a name, a file name, a path, or a name with a flag after it.
    private static func index(of entry: String, indices: [String: Int]) -> Int? {
        if let index = indices[entry] { return index }
        let extensions = FileSystem.imageExtensions + ["xml"]
        for word in [entry, entry.split(separator: " ").first.map(String.init) ?? entry] {
            let last = word.split(separator: "/").last.map(String.init) ?? word
            if let index = indices[last] ?? FileSystem.stem(last, extensions: extensions).flatMap({ indices[$0] }) {
                return index
            }
        }
        return nil
    }
}
