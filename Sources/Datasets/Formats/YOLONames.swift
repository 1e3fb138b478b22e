import Foundation
import JSON

/// The class names of the numbers in label files.
struct YOLONames {
    /// The classes of one file.
    struct List: Equatable {
        var file: FolderTree.File
        /// The names by number.
        var names: [Int: String]

        /// The list's name in messages.
        var title: String { file.path }
        /// Whether the numbers run from 0 without gaps.
        var isCounted: Bool { (0..<names.count).allSatisfy { names[$0] != nil } }
    }

    /// The lists of names; a single one if all agree, none where the classes have no names.
    let lists: [List]

    /// Uses the names declared by a configuration.
    init(_ configuration: YOLOConfiguration) {
        lists = [List(file: configuration.file, names: configuration.names)]
    }

    /// Reads the lists of names among the label files: `classes.txt`, `obj.names`, `_darknet.labels`, Label Studio's `notes.json`.
    ///
    /// - Throws: ``DatasetError/unreadable(path:reason:)`` when the system refuses one.
    init(in tree: FolderTree) throws(DatasetError) {
        var lists: [List] = []
        for file in tree.documents {
            guard let names = try Self.names(file), !names.isEmpty else { continue }
            lists.append(List(file: file, names: names))
        }
        // Label Studio and Roboflow write the same names several times.
        let isOne = lists.allSatisfy { $0.names == lists.first?.names }
        self.lists = isOne ? Array(lists.prefix(1)) : lists
    }

    /// Returns the list for a label file: the one in the nearest folder above it, otherwise the one that shares most of its path.
    func list(for file: FolderTree.File) -> Int? {
        if lists.count <= 1 { return lists.indices.first }
        let folders = file.folders
        return lists.indices.max { left, right in
            nearness(lists[left].file.folders, folders) < nearness(lists[right].file.folders, folders)
        }
    }

    private func nearness(_ list: [Substring], _ labels: [Substring]) -> (Int, Int) {
        let shared = zip(list, labels).prefix { $0 == $1 }.count
        return (shared, -list.count)
    }

    // MARK: - Files of names

    private static let stems: Set<String> = [
        "classes", "class", "class_names", "classnames", "class-names", "classes_names", "predefined_classes", "labels",
        "label", "label_map", "labelmap", "label_names", "names", "obj", "obj_names", "categories", "_darknet",
    ]

    private static func names(_ file: FolderTree.File) throws(DatasetError) -> [Int: String]? {
        if file.name == "notes.json" { return try categories(file) }
        let isNamed = ["names", "labels"].contains(file.ending)
        guard isNamed || file.ending == "txt" && stems.contains(file.stem.lowercased()),
            let text = try TextFile.shared(file.url, allowsGuess: true)
        else { return nil }
        var lines = text.lines
        while lines.last == "" { lines.removeLast() }
        let isList = !lines.contains { FileSystem.isImageName($0) || $0.utf8.count > 200 }
        guard isList, isNamed || !YOLOLine.areLabels(lines), lines.count <= Int(YOLOLabels.maximumClass) else {
            return nil
        }
        if let numbered = numbered(lines) { return numbered }
        // An empty line takes a number but has no name.
        return Dictionary(
            uniqueKeysWithValues: lines.enumerated().filter { !$0.element.isEmpty }.map { ($0.offset, $0.element) })
    }

    /// Reads lines of the form `0: cat` or `0 cat`; nil when a line has no number.
    private static func numbered(_ lines: [String]) -> [Int: String]? {
        var names: [Int: String] = [:]
        for line in lines where !line.isEmpty {
            guard let cut = line.firstIndex(where: { !$0.isNumber }), ": \t,".contains(line[cut]),
                let number = Int(line[..<cut])
            else { return nil }
            let name = String(line[line.index(after: cut)...]).trimmingWhiteSpace()
            if name.isEmpty || names.updateValue(name, forKey: number) != nil { return nil }
        }
        return names.isEmpty ? nil : names
    }

    /// Reads Label Studio's `{"categories": [{"id": 0, "name": "cat"}]}`.
    private static func categories(_ file: FolderTree.File) throws(DatasetError) -> [Int: String]? {
        guard let text = try TextFile.shared(file.url),
            let json = try? JSONValue(parsing: String(decoding: text.utf8, as: UTF8.self)),
            let entries = try? json["categories"].array()
        else { return nil }
        var names: [Int: String] = [:]
        for entry in entries {
            guard let id = try? entry["id"].integer(), let name = try? entry["name"].string(), id >= 0 else { continue }
            names[id] = name.trimmingWhiteSpace()
        }
        return names.filter { !$0.value.isEmpty }
    }
}
