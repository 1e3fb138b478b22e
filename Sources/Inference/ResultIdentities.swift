import Datasets
import Foundation

/// Resolves the image and class ids of a results file.
///
/// All entries of a file are read in the same way. An `image_id` is the id that the data set gives the image (COCO's `images[].id`), or
/// else its name: its path or the end of it, with or without extension, or the number that the name consists of. A `category_id` is the
/// data set's own id of the class, or its name; for a data set without class ids, the classes are numbered from 1 in the order of the list.
struct ResultIdentities {
    /// A sentence for each assumption made in reading the ids.
    private(set) var notes: [String] = []

    private let file: URL
    private let dataset: DetectionDataset
    private var positions: [ImageIdentity: Int] = [:]
    /// The images by the numbers in their file names, if those are other images than the ids give.
    private(set) var namedPositions: [ImageIdentity: Int]?
    private var classIndices: [ImageIdentity: Int?] = [:]

    init(_ entries: [RawDetection], dataset: DetectionDataset, file: URL) throws(DetectionFileError) {
        self.file = file
        self.dataset = dataset
        // The first entry with each id, for error messages.
        var (images, categories): ([ImageIdentity: Int], [ImageIdentity: Int]) = ([:], [:])
        for (index, entry) in entries.enumerated() {
            if images[entry.image] == nil { images[entry.image] = index }
            if categories[entry.category] == nil { categories[entry.category] = index }
        }
        try readImages(images)
        try readCategories(categories)
    }

    func position(of entry: RawDetection, _ index: Int) throws(DetectionFileError) -> Int {
        guard let position = positions[entry.image] else {
            throw DetectionFileError(file, entry: index + 1, "image_id \(entry.image) is not an image of the split")
        }
        return position
    }

    /// Returns the class; nil for a class without any object in the data set, which is not evaluated.
    func classIndex(of entry: RawDetection, _ index: Int) throws(DetectionFileError) -> Int? {
        guard let classIndex = classIndices[entry.category] else {
            throw DetectionFileError(
                file, entry: index + 1, "category_id \(entry.category) is not a class of the data set")
        }
        return classIndex
    }
}

// MARK: - Images

extension ResultIdentities {
    private mutating func readImages(_ wanted: [ImageIdentity: Int]) throws(DetectionFileError) {
        var byIdentity: [ImageIdentity: Int] = [:]
        var shared: [ImageIdentity: Int] = [:]
        for (index, sample) in dataset.samples.enumerated() {
            for identity in [sample.identity] + sample.aliases {
                if byIdentity[identity] == nil { byIdentity[identity] = index } else { shared[identity] = index }
            }
        }
        for (identity, entry) in wanted.sorted(by: { $0.value < $1.value }) {
            guard let other = shared[identity], let first = byIdentity[identity] else { continue }
            throw DetectionFileError(
                file, entry: entry + 1,
                "image_id \(identity) is ambiguous: it is the id of '\(dataset.samples[first].path)' and of "
                    + "'\(dataset.samples[other].path)'")
        }
        var own: [ImageIdentity: Int] = [:]
        for (identity, _) in wanted { own[identity] = byIdentity[identity] ?? byIdentity[identity.otherForm] }
        // The format requires the data set's own ids.
        let areDefinedByDataset = own.count == wanted.count
        let areNumbers = wanted.keys.allSatisfy { if case .number = $0 { true } else { false } }
        if areDefinedByDataset { positions = own }
        if areDefinedByDataset && !areNumbers { return }
        let names = ImageNames(dataset.samples)
        let byName = Dictionary(uniqueKeysWithValues: wanted.keys.map { ($0, names.positions(of: $0)) })
        if areDefinedByDataset {
            let others = byName.compactMapValues { $0.count == 1 ? $0[0] : nil }
            if others.count == wanted.count, others != own { namedPositions = others }
            return
        }
        let first = wanted.filter { own[$0.key] == nil }.min { $0.value < $1.value }
        guard let (identity, entry) = first else { return }
        func fail(_ reason: String) -> DetectionFileError { DetectionFileError(file, entry: entry + 1, reason) }
        let candidates = byName[identity, default: []]
        if candidates.isEmpty {
            throw fail("image_id \(identity) is not an image of the split: \(describedIdentities)")
        }
        if candidates.count > 1 {
            throw fail(
                "image_id \(identity) is ambiguous: it matches '\(dataset.samples[candidates[0]].path)' and "
                    + "'\(dataset.samples[candidates[1]].path)'")
        }
        // Strings are always names; numbers may be ids or names, but all of them must be the same.
        let numbers = wanted.keys.filter { if case .number = $0 { true } else { false } }
        if let known = numbers.filter({ own[$0] != nil }).min(by: { wanted[$0] ?? 0 < wanted[$1] ?? 0 }),
            case .number = identity
        {
            throw fail(
                "image_id \(identity) is not among the data set's images[].id, but is the number in the name of "
                    + "'\(dataset.samples[candidates[0]].path)'; image_id \(known) is the id of "
                    + "'\(dataset.samples[own[known] ?? 0].path)': neither interpretation fits the whole file")
        }
        for (identity, entry) in wanted {
            if let position = own[identity] {
                positions[identity] = position
                continue
            }
            let candidates = byName[identity, default: []]
            guard candidates.count == 1 else {
                let reason =
                    candidates.isEmpty
                    ? "image_id \(identity) is not an image of the split: \(describedIdentities)"
                    : "image_id \(identity) is ambiguous: it matches '\(dataset.samples[candidates[0]].path)' and "
                        + "'\(dataset.samples[candidates[1]].path)'"
                throw DetectionFileError(file, entry: entry + 1, reason)
            }
            positions[identity] = candidates[0]
        }
        if !numbers.isEmpty {
            notes.append("the numbers in image_id were read as the numbers in the image file names")
        }
    }

    private var describedIdentities: String {
        guard let first = dataset.samples.first else { return "the split has no images" }
        let kind = if case .number = first.identity { "images[].id" } else { "the names of its images" }
        return "its image ids are \(kind), such as \(first.identity); a number is never read as a position"
    }
}

/// Images by the names and numbers, other than ids, that results files may use.
private struct ImageNames {
    private var byName: [String: [Int]] = [:]
    private var byNumber: [Int: [Int]] = [:]
    private let paths: [String]

    init(_ samples: [Sample]) {
        paths = samples.map(\.path)
        for (index, sample) in samples.enumerated() {
            let name = sample.path.split(separator: "/").last.map(String.init) ?? sample.path
            let stem = (name as NSString).deletingPathExtension
            byName[stem, default: []].append(index)
            if let number = Int(stem) { byNumber[number, default: []].append(index) }
        }
    }

    func positions(of identity: ImageIdentity) -> [Int] {
        switch identity {
        case .number(let number): return byNumber[number, default: []]
        case .text(let text):
            let parts = text.split(whereSeparator: { "/\\".contains($0) })
            guard let last = parts.last.map(String.init) else { return [] }
            // `b.c` is a name with a dot, or one with an extension.
            let namesakes = byName[last] ?? byName[(last as NSString).deletingPathExtension] ?? []
            if namesakes.count < 2 { return namesakes }
            let folders = parts.dropLast()
            let near = namesakes.filter { index in
                let own = paths[index].split(separator: "/")
                return own.dropLast().suffix(folders.count) == folders
                    && (own.last.map { $0 == last || ($0 as Substring).hasPrefix(last + ".") } ?? false)
            }
            return near.isEmpty ? namesakes : near
        }
    }
}

// MARK: - Classes

extension ResultIdentities {
    private mutating func readCategories(_ wanted: [ImageIdentity: Int]) throws(DetectionFileError) {
        let categories = dataset.categories
        let byName = Dictionary(
            dataset.classNames.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        for (identity, entry) in wanted.sorted(by: { $0.value < $1.value }) {
            func fail(_ reason: String) -> DetectionFileError { DetectionFileError(file, entry: entry + 1, reason) }
            switch identity {
            case .text(let name) where byName[name] != nil: classIndices[identity] = .some(byName[name])
            case .text(let name):
                guard let number = Int(name), let names = categories.names[number] else {
                    throw fail(
                        "category_id '\(name.prefix(80))' is not a class of the data set: \(describedCategories)")
                }
                classIndices[identity] = .some(byName[names[0]])
            case .number(let number):
                guard let names = categories.names[number] else {
                    throw fail("category_id \(number) is not a class of the data set: \(describedCategories)")
                }
                guard names.count == 1 else {
                    throw fail(
                        "category_id \(number) is '\(names[0].prefix(80))' in one file of the data set and "
                            + "'\(names[1].prefix(80))' in another, so it is ambiguous")
                }
                classIndices[identity] = .some(byName[names[0]])
            }
        }
        let hasNumbers = wanted.keys.contains { if case .number = $0 { true } else { false } }
        if !categories.areDefinedByDataset && hasNumbers && dataset.classNames.count > 1 {
            notes.append("the data set does not number its classes, so category_id numbers them from 1: \(list)")
        }
    }

    private var describedCategories: String {
        dataset.categories.areDefinedByDataset
            ? "its classes are \(list)" : "it does not number its classes, so they are numbered from 1: \(list)"
    }

    /// `1 cat, 7 dog`.
    private var list: String {
        let known = dataset.categories.names.sorted { $0.key < $1.key }
        return known.prefix(12).map { "\($0.key) \($0.value.joined(separator: " or "))" }.joined(separator: ", ")
            + (known.count > 12 ? " and \(known.count - 12) more" : "")
    }
}
