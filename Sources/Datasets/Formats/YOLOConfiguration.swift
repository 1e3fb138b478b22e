import Foundation
import Yams

/// The content of `data.yaml`: the classes, the locations of the splits, and the keypoints.
struct YOLOConfiguration {
    let file: FolderTree.File
    /// The class names by number; empty without usable names.
    private(set) var names: [Int: String] = [:]
    /// The folder of the splits, as written.
    private(set) var path: String?
    /// The folders and lists of each split, as written.
    private(set) var splits: [(name: String, entries: [String])] = []
    private(set) var keypoints: YOLOKeypoints?
    private(set) var problems: [DatasetProblem] = []

    /// Returns whether lines are the beginning of such a file.
    static func isOne(_ lines: [String]) -> Bool {
        let keys = Set(lines.compactMap(key))
        let others = keys.intersection(["train", "val", "valid", "nc", "path"])
        // A long list of names on one line may not be among the lines.
        return keys.contains("names") ? !others.isEmpty : others.count >= 2
    }

    /// Returns the top-level key at the beginning of a line, if any.
    private static func key(_ line: String) -> String? {
        guard let colon = line.firstIndex(of: ":"), line.first?.isWhitespace == false else { return nil }
        return line[..<colon].trimmingCharacters(in: CharacterSet(charactersIn: "\"' \t\u{feff}"))
    }

    init(_ file: FolderTree.File) {
        self.file = file
        do throws(YAMLDocument.Fault) {
            let document = try YAMLDocument(file.url)
            read(document)
        } catch { report(.unreadableAnnotation, error.reason, line: error.line, severity: .error) }
    }

    private mutating func report(
        _ rule: DatasetRule, _ message: String, line: Int? = nil, severity: DatasetProblem.Severity = .warning
    ) {
        var problem = DatasetProblem.systematic(file.url, rule, message, severity: severity)
        problem.line = line
        problems.append(problem)
    }

    private mutating func read(_ document: YAMLDocument) {
        readNames(document)
        path = document["path"]?.scalar?.string
        for (key, split) in [("train", "train"), ("val", "val"), ("valid", "val"), ("test", "test")] {
            guard let node = document[key], !splits.contains(where: { $0.name == split }) else { continue }
            let nodes = node.sequence.map { Array($0) } ?? [node]
            let entries = nodes.compactMap { $0.scalar?.string.trimmingWhiteSpace() }
            let named = entries.filter { !["", "~", "null"].contains($0.lowercased()) }
            if !named.isEmpty { splits.append((split, named)) }
        }
        readKeypoints(document)
    }

    private mutating func readNames(_ document: YAMLDocument) {
        guard let node = document["names"] else { return }
        switch node {
        case .sequence(let entries): names = Self.numbered(entries.enumerated().map { ($0.offset, $0.element) })
        case .mapping(let members):
            let pairs = members.map { ($0.key.scalar?.string ?? "", $0.value) }
            names = Self.numbered(pairs.compactMap { key, value in Int(key).map { ($0, value) } })
            // `{cat: 0}` has names and numbers the other way round.
            if names.isEmpty {
                names = Dictionary(
                    pairs.compactMap { key, value in value.scalar.flatMap { Int($0.string) }.map { ($0, key) } },
                    uniquingKeysWith: { first, _ in first })
            }
        case .scalar(let text) where text.string.contains(","):
            let parts = text.string.split(separator: ",").map { Yams.Node(String($0)) }
            names = Self.numbered(parts.enumerated().map { ($0.offset, $0.element) })
        default: break
        }
        names = names.filter { (0...Int(YOLOLabels.maximumClass)).contains($0.key) && !$0.value.isEmpty }
        if names.isEmpty {
            report(
                .unnamedClasses, "'names' is not a list of class names such as [cat, dog]; it was ignored",
                line: document.line(of: node))
        }
        guard !names.isEmpty, let count = document["nc"]?.scalar.flatMap({ Int($0.string) }), count != names.count
        else {
            return
        }
        report(
            .unnamedClasses,
            "'nc' says \(count == 1 ? "1 class" : "\(count) classes"), but there are \(names.count) names; the names were used",
            line: document["nc"].flatMap(document.line))
    }

    private static func numbered(_ entries: [(Int, Yams.Node)]) -> [Int: String] {
        Dictionary(
            entries.compactMap { number, node in
                node.scalar.map { (number, $0.string.trimmingWhiteSpace()) }
            }, uniquingKeysWith: { first, _ in first })
    }

    private mutating func readKeypoints(_ document: YAMLDocument) {
        guard let node = document["kpt_shape"] else { return }
        let shape = node.sequence?.compactMap { $0.scalar.flatMap { Int($0.string) } } ?? []
        guard shape.count == 2, (1...1000).contains(shape[0]), [2, 3].contains(shape[1]) else {
            return report(
                .badSkeleton, "'kpt_shape' is not [count, 2] or [count, 3]; keypoints were left out",
                line: document.line(of: node))
        }
        let count = shape[0]
        keypoints = YOLOKeypoints(
            count: count, dimensions: shape[1], names: Self.keypointNames(document, count: count),
            mirrored: Self.mirrored(document, count: count))
    }

    /// Returns the names in Ultralytics' `kpt_names: {0: [nose, …]}`, or else numbered names.
    private static func keypointNames(_ document: YAMLDocument, count: Int) -> [String] {
        var node = document["kpt_names"]
        if let members = node?.mapping { node = members.first?.value }
        let names = node?.sequence?.compactMap { $0.scalar?.string.trimmingWhiteSpace() } ?? []
        let areUsable = names.count == count && Set(names).count == count && !names.contains("")
        return areUsable ? names : (1...count).map { "keypoint \($0)" }
    }

    private static func mirrored(_ document: YAMLDocument, count: Int) -> [Int]? {
        guard let order = document["flip_idx"]?.sequence?.compactMap({ $0.scalar.flatMap { Int($0.string) } }),
            order.count == count, order.allSatisfy((0..<count).contains),
            order.indices.allSatisfy({ order[order[$0]] == $0 })
        else { return nil }
        return order
    }
}

extension YOLOConfiguration: Equatable {
    static func == (left: YOLOConfiguration, right: YOLOConfiguration) -> Bool {
        left.names == right.names && left.keypoints == right.keypoints
    }

    /// Selects one of several configurations: one with class names, then nearest to the root, then one with splits, then by path.
    static func best(of all: [YOLOConfiguration]) -> YOLOConfiguration? {
        guard var best = all.min(by: { $0.rank < $1.rank }) else { return nil }
        if let other = all.first(where: { $0 != best && !$0.names.isEmpty }), !best.names.isEmpty {
            best.report(
                .otherFormat,
                "several files name the classes, and \(other.file.path) has different names; those of "
                    + "\(best.file.path) were used")
        }
        return best
    }

    private var rank: (Int, Int, Int, String) {
        (names.isEmpty ? 1 : 0, file.folders.count, splits.isEmpty ? 1 : 0, file.path)
    }
}
