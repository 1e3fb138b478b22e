import Boxes
import Foundation
import Tensors

extension DatasetIndex {
    /// Returns the data of a split: `train`, `val`, `test`, another split named by lists, `trainval`, or `all`.
    ///
    /// - Parameter classNames: The classes in the network's order; nil selects all classes of the data set.
    /// - Throws: ``DatasetError`` when there is no such split, when it has no usable image, or when the whole data set has no object
    ///   of any of the classes.
    public func dataset(split name: String, classNames: [String]? = nil) throws(DatasetError) -> DetectionDataset {
        guard let split = split(name) else {
            throw .noSplit(path: source.root.relativePath, split: name, available: splitNames)
        }
        let names = classNames ?? self.classNames
        let filter = ClassFilter(names, of: self.classNames)
        var dataset = DetectionDataset(
            classNames: names, samples: [], split: name, problems: split.problems, skeleton: skeleton,
            objectKind: objectKind)
        dataset.categories = categories.numbering(names, of: self.classNames)
        dataset.files = files
        for index in split.members {
            let image = images[index]
            dataset.problems += ownProblems(of: image)
            guard let sample = image.sample else { continue }
            dataset.samples.append(
                filter.apply(
                    to: sample, places: image.places, ignoresDifficult: source.difficult == .ignore,
                    problems: &dataset.problems))
        }
        if dataset.samples.isEmpty, let first = dataset.problems.first ?? findings.first {
            throw .nothingUsable(
                path: source.root.relativePath, problems: dataset.problems.count + findings.count,
                first: first.description)
        }
        if classNames != nil, dataset.samples.allSatisfy(\.objects.isEmpty),
            !self.classNames.contains(where: names.contains)
        {
            throw .unknownClasses(path: source.root.relativePath, names: names, available: self.classNames)
        }
        return dataset
    }

    /// Returns the problems of a single image, without those that a finding reports for most images at once.
    package func ownProblems(of image: IndexedImage) -> [DatasetProblem] {
        image.problems.filter { !collapsedRules.contains($0.rule) }
    }

    /// Requires that each class has an object somewhere in the data set: a name without any is probably misspelt.
    ///
    /// - Throws: ``DatasetError`` with the names of classes without objects.
    public func require(classNames: [String]) throws(DatasetError) {
        let unknown = classNames.filter { !self.classNames.contains($0) }
        if !unknown.isEmpty {
            throw .unknownClasses(path: source.root.relativePath, names: unknown, available: self.classNames)
        }
    }

    /// Returns the annotations of individual images.
    ///
    /// - Parameters:
    ///   - files: Images of the data set, or copies elsewhere with the same names.
    ///   - classNames: The classes in the network's order.
    /// - Returns: For each file its sample, or nil without a usable annotation; and the problems with them.
    package func samples(
        of files: [URL], classNames: [String]
    ) -> (samples: [Sample?], problems: [DatasetProblem]) {
        let filter = ClassFilter(classNames, of: self.classNames)
        let byPath = Dictionary(
            images.indices.compactMap { index in images[index].imageURL.map { (Self.path($0), index) } },
            uniquingKeysWith: { first, _ in first })
        let byName = Dictionary(grouping: images.indices) { index in
            images[index].imageURL.map { FileName.stem($0.lastPathComponent) } ?? ""
        }
        var problems: [DatasetProblem] = []
        let samples = files.map { file -> Sample? in
            let namesakes = byName[FileName.stem(file.lastPathComponent), default: []]
            guard let index = byPath[Self.path(file)] ?? (namesakes.count == 1 ? namesakes[0] : nil) else { return nil }
            problems += images[index].problems
            return images[index].sample.map {
                filter.apply(to: $0, places: images[index].places, ignoresDifficult: false, problems: &problems)
            }
        }
        return (samples, problems)
    }

    private static func path(_ url: URL) -> String { url.resolvingSymlinksInPath().standardizedFileURL.path }

    /// Returns a split by name; nil when there is none.
    package func split(_ name: String) -> IndexedSplit? {
        if let split = splits.first(where: { $0.name == name }) { return split }
        if name == "all" {
            return IndexedSplit(name: name, members: images.indices.filter { !images[$0].isUnannotated })
        }
        if name == "val", var test = splits.first(where: { $0.name == "test" }),
            splits.contains(where: { $0.name == "train" })
        {
            // The findings report this.
            test.name = name
            return test
        }
        guard name == "trainval" else { return nil }
        let parts = splits.filter { ["train", "val"].contains($0.name) }
        if parts.isEmpty { return nil }
        var seen: Set<Int> = []
        return IndexedSplit(
            name: name, members: parts.flatMap(\.members).filter { seen.insert($0).inserted },
            problems: parts.flatMap(\.problems))
    }
}

/// Maps objects to the network's class indices and drops those of other classes.
private struct ClassFilter {
    /// The network's index for each class of the data set; nil for classes that were not requested.
    private let indices: [Int?]
    private let names: [String]

    init(_ wanted: [String], of names: [String]) {
        let positions = Dictionary(wanted.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        indices = names.map { positions[$0] }
        self.names = names
    }

    func apply(
        to sample: Sample, places: [(number: Int, line: Int?)], ignoresDifficult: Bool,
        problems: inout [DatasetProblem]
    ) -> Sample {
        var result = sample
        result.objects = []
        result.objects.reserveCapacity(sample.objects.count)
        for (object, place) in zip(sample.objects, places) {
            guard let index = indices[object.classIndex] else {
                problems.append(
                    DatasetProblem(
                        file: sample.annotationURL ?? sample.imageURL, object: place.number, line: place.line,
                        rule: .unknownClass,
                        message: "its class '\(object.className.prefix(80))' was not requested; it was left out"))
                continue
            }
            var object = object
            object.classIndex = index
            if ignoresDifficult && object.difficult { object.isIgnored = true }
            result.objects.append(object)
        }
        return result
    }
}

extension DatasetIndex {
    /// The identity of each image in result files, by the path of its file.
    package var identities: [String: ImageIdentity] {
        Dictionary(
            images.compactMap { image in image.imageURL.map { (Self.path($0), image.identity) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// Reads only the VOC annotations of some images: files with the same names, in the images' folder or in folders beside it.
    ///
    /// - Throws: ``DatasetError`` when there are none.
    package init(besideImages images: [URL], in folder: URL) throws(DatasetError) {
        let root = folder.deletingLastPathComponent()
        let siblings = folders(in: root).map { root.appendingPathComponent($0) }
        let stems = Set(images.map { FileName.stem($0.lastPathComponent) })
        let annotations = ([folder] + siblings).flatMap { folder in
            stems.map { folder.appendingPathComponent("\($0).xml") }
        }
        let files = Set(annotations.filter(FileSystem.isFile)).sorted { $0.path < $1.path }
        self = try IndexBuilder(
            DatasetSource(root: root, format: .voc),
            files: files + images.map { folder.appendingPathComponent($0.lastPathComponent) }
        ).index()
    }
}

/// Returns the names of the folders in a folder that may be listed. Other people's folders may be beside a folder of images; nobody said that
/// they hold annotations, so they are no error.
private func folders(in root: URL) -> [String] {
    do throws(FileError) {
        return try FolderListing.entries(of: root).compactMap { entry in
            if case .success(.folder) = entry.kind, !entry.name.hasPrefix(".") { entry.name } else { nil }
        }
    } catch { return [] }
}
