import Boxes
import Foundation
import Images
import Synchronization
import Tensors

/// Reads a data set: finds its files, reads them with a format, finds and measures the images, validates the objects, and determines
/// the splits.
struct IndexBuilder {
    private let source: DatasetSource
    private let readsImages: Bool
    private let tree: FolderTree
    private var raw: RawDataset
    private let files: [URL]
    private var findings: [DatasetProblem] = []

    init(_ source: DatasetSource, readsImages: Bool) throws(DatasetError) {
        let choice = try FormatChoice(source)
        self.init(source, choice: choice, readsImages: readsImages)
    }

    /// Creates an index of the given files only, which are all images or annotations of one format.
    init(_ source: DatasetSource, files: [URL]) throws(DatasetError) {
        self.init(
            source, choice: try FormatChoice(source, tree: FolderTree(root: source.root, files: files)),
            readsImages: true)
    }

    private init(_ source: DatasetSource, choice: FormatChoice, readsImages: Bool) {
        self.source = source
        self.readsImages = readsImages
        tree = choice.tree
        raw = choice.raw
        files = choice.files
        findings = choice.findings + choice.tree.problems + raw.problems
    }

    /// Builds the index.
    ///
    /// - Throws: ``DatasetError`` when nothing is usable.
    func index() throws(DatasetError) -> DatasetIndex {
        var builder = self
        return try builder.build()
    }

    private mutating func build() throws(DatasetError) -> DatasetIndex {
        findings += raw.mergeEntriesOfOneFile(root: source.root)
        findings += raw.reportSharedIdentities(root: source.root)
        raw.orderByName()
        let ids = raw.names()
        if let identities = try IdentityFile(in: tree) {
            for (index, id) in ids.enumerated() where raw.images[index].identity == nil {
                raw.images[index].identity = identities.images[id]
            }
            raw.classes.number(by: identities.categories)
        }
        let objectKind = try raw.chooseObjects(source.objects, path: source.root.relativePath)
        var extents = measure()
        findings += raw.repairSystematicMistakes(extents: extents.map(\.extent), root: source.root)
        var images = judge(ids: ids, &extents, as: objectKind)
        let collapse = ProblemCollapse(images, root: source.root)
        findings += collapse.findings
        let isUsed = usedClasses(images)
        findings += raw.classes.findings(isUsed: isUsed, root: source.root)
        let classes = IndexedClasses(raw.classes, isUsed: isUsed)
        number(&images, by: classes.names)
        let division = SplitDivision(
            SplitDivision.Entry.all(of: raw.images, in: tree), names: ids, isUsable: images.map { $0.sample != nil },
            lists: try SplitLists(tree: tree, images: raw.images, names: ids, classNames: classes.names), source: source
        )
        findings += division.findings
        let index = DatasetIndex(
            source: source, format: raw.format, classes: classes, objectKind: objectKind, skeleton: raw.skeleton,
            hasSplits: division.isListed, findings: findings.sorted(), images: images, splits: division.splits,
            collapsedRules: collapse.rules, annotationFiles: files)
        try requireAnything(of: index)
        return index
    }

    private func requireAnything(of index: DatasetIndex) throws(DatasetError) {
        let isEmpty = index.images.allSatisfy { $0.sample == nil }
        guard isEmpty || index.classNames.isEmpty else { return }
        // Errors explain more than warnings.
        let all = index.findings + index.images.flatMap(\.problems)
        let problems = all.filter { $0.severity == .error && $0.rule != .emptySplit }
        guard let first = problems.first ?? all.first else {
            throw .noDataset(path: source.root.relativePath, reason: "its annotations contain no objects")
        }
        if !isEmpty && problems.isEmpty {
            throw .noDataset(path: source.root.relativePath, reason: "its annotations contain no objects")
        }
        throw .nothingUsable(path: source.root.relativePath, problems: all.count, first: first.description)
    }

    /// Returns which classes of the raw list have objects.
    private func usedClasses(_ images: [IndexedImage]) -> [Bool] {
        var used = raw.classes.entries.map { _ in false }
        for image in images {
            for object in image.sample?.objects ?? [] { used[object.classIndex] = true }
        }
        return used
    }

    /// Replaces class positions in the raw list with positions in the list of names.
    private func number(_ images: inout [IndexedImage], by names: [String]) {
        let positions = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let indices = raw.classes.entries.map { positions[$0.name] ?? -1 }
        for image in images.indices {
            guard let count = images[image].sample?.objects.count else { continue }
            for object in 0..<count {
                let old = images[image].sample?.objects[object].classIndex ?? 0
                images[image].sample?.objects[object].classIndex = indices[old]
            }
        }
    }
}

extension IndexBuilder {
    /// An image's size, or the reason why it is unknown.
    struct Measurement: Sendable {
        var extent: ImageExtent?
        var problems: [DatasetProblem] = []
    }

    /// Reads the headers of all images, on all cores; or uses the sizes stated by the annotations.
    private func measure() -> [Measurement] {
        let results = Mutex([Measurement](repeating: Measurement(), count: raw.images.count))
        Parallel.forEach(raw.images.count) { index, _ in
            let result = measure(raw.images[index])
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0 }
    }

    private func measure(_ image: RawImage) -> Measurement {
        guard image.state == .annotated else { return Measurement() }
        if !readsImages, let width = image.statedWidth, let height = image.statedHeight, width >= 1, height >= 1,
            isPlace(width), isPlace(height)
        {
            return Measurement(extent: ImageExtent(width: Int(width), height: Int(height)))
        }
        guard let file = image.imageFile?.url else { return Measurement() }
        if case .other? = try? FileKind.of(file) {
            return Measurement(problems: [
                DatasetProblem(file: file, rule: .unreadableImage, message: "it is not a regular file; it was left out")
            ])
        }
        do {
            let header = try ImageHeader(contentsOf: file)
            var result = Measurement(
                extent: ImageExtent(width: header.width, height: header.height, orientation: header.orientation))
            if header.trueExtension(of: file) != nil {
                result.problems.append(
                    DatasetProblem(
                        file: file, rule: .extensionLies,
                        message: "its content is \(header.format.name) despite its extension; it was read as such"))
            }
            return result
        } catch {
            return Measurement(problems: [DatasetProblem(file: file, rule: .unreadableImage, message: "\(error)")])
        }
    }

    /// Returns every image with its valid objects.
    private func judge(
        ids: [String], _ measurements: inout [Measurement], as kind: ObjectKind
    ) -> [IndexedImage] {
        let judge = AnnotationValidator(
            classNames: raw.classes.entries.map(\.name), countsFromOne: raw.countsFromOne, kind: kind)
        let measured = measurements
        let results = Mutex([IndexedImage?](repeating: nil, count: raw.images.count))
        Parallel.forEach(raw.images.count) { index, _ in
            let result = self.judge(raw.images[index], id: ids[index], measured[index], by: judge)
            results.withLock { $0[index] = result }
        }
        return results.withLock { $0.compactMap { $0 } }
    }

    private func judge(
        _ image: RawImage, id: String, _ measurement: Measurement, by judge: AnnotationValidator
    ) -> IndexedImage {
        var result = IndexedImage(
            imageURL: image.imageFile?.url, problems: image.problems + measurement.problems,
            identity: image.identity ?? .text(id), isUnannotated: image.state == .unannotated)
        guard image.state == .annotated, let extent = measurement.extent else { return result }
        let file = image.imageFile?.url ?? source.root.appendingPathComponent(image.fileName ?? id)
        let (objects, problems) = judge.judge(image, extent: extent)
        result.problems += problems
        let annotated = image.objects.count + image.lostObjects
        if annotated > 0 && objects.isEmpty {
            result.problems.append(
                DatasetProblem(
                    file: image.source, line: image.line, rule: .noUsableObject,
                    message:
                        "it has \(annotated == 1 ? "1 object" : "\(annotated) objects"), none of them usable; "
                        + "\(file.lastPathComponent) was left out, since it would be trained on as background"))
            return result
        }
        var sample = Sample(
            id: id, imageURL: file, annotationURL: image.annotationFile?.url, objects: objects.map(\.object),
            width: extent.width, height: extent.height, identity: image.identity,
            path: image.imageFile?.path ?? image.fileName)
        sample.aliases = image.aliases
        result.sample = sample
        result.places = objects.map { ($0.number, $0.line) }
        return result
    }
}

extension [DatasetProblem] {
    /// Puts errors first and keeps the order otherwise.
    fileprivate func sorted() -> [DatasetProblem] {
        filter { $0.severity == .error } + filter { $0.severity == .warning }
    }
}
