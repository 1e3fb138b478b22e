import Foundation
import Synchronization
import Tensors

/// The format of darknet and the YOLO family: one text file per image with one line per object, also written by Ultralytics, Roboflow,
/// Label Studio, CVAT, makesense and labelImg. Objects are boxes, polygons, rotated boxes or poses.
enum YOLOFormat: AnnotationFormat {
    static let format = DatasetFormat.yolo
    static let title = "YOLO (labels/*.txt)"
    static let otherImages = OtherImages.background

    static func recognizes(_ opening: FileHead) -> Bool {
        guard case .text(let lines) = opening.content else { return false }
        switch opening.file.ending {
        case "txt": return YOLOLine.areLabels(lines)
        case "yaml", "yml": return YOLOConfiguration.isOne(lines)
        default: return false
        }
    }

    static func read(
        _ files: [FileHead], in tree: FolderTree, request: FormatRequest
    ) throws(DatasetError) -> RawDataset {
        var raw = RawDataset(format: format)
        let configuration = YOLOConfiguration.best(
            of: files.map(\.file).filter { $0.ending != "txt" }.map { YOLOConfiguration($0) })
        raw.problems += configuration?.problems ?? []
        raw.skeleton = configuration?.keypoints?.skeleton
        let labels = labelFiles(files, in: tree)
        let isNamed = configuration.map { !$0.names.isEmpty } ?? false
        let declared = isNamed ? configuration.map { YOLONames($0) } : nil
        let names: YOLONames = if let declared { declared } else { try YOLONames(in: tree) }
        raw.read(
            labels, names: names, keypoints: configuration?.keypoints,
            root: tree.root)
        if let configuration { try raw.divide(as: configuration, in: tree) }
        return raw
    }

    /// Returns the recognized files, and empty or unreadable files beside them that have the name of an image.
    private static func labelFiles(_ files: [FileHead], in tree: FolderTree) -> [FolderTree.File] {
        let recognized = Set(files.map(\.file).filter { $0.ending == "txt" })
        let folders = Set(recognized.map { $0.folders.joined(separator: "/") })
        let imageFolders = Set(tree.images.map { $0.folders.joined(separator: "/") })
        let stems = Set(tree.images.map { $0.stem.lowercased() })
        return tree.documents.filter { file in
            if recognized.contains(file) { return true }
            guard file.ending == "txt", stems.contains(file.stem.lowercased()) else { return false }
            let folder = file.folders.joined(separator: "/")
            return folders.contains(folder) || imageFolders.contains(folder)
                || file.folders.contains { $0.lowercased() == "labels" }
        }
    }
}

extension RawDataset {
    /// Reads label files on all cores.
    fileprivate mutating func read(
        _ labels: [FolderTree.File], names: YOLONames, keypoints: YOLOKeypoints?, root: URL
    ) {
        let lists = labels.map(names.list)
        let readings = Mutex([RawImage?](repeating: nil, count: labels.count))
        Parallel.forEach(labels.count) { index, _ in
            let reader = YOLOLabels(names: lists[index].map { names.lists[$0] }, keypoints: keypoints)
            let image = reader.image(labels[index])
            readings.withLock { $0[index] = image }
        }
        let indices = names.lists.map { declare($0, isOnly: names.lists.count == 1) }
        var unnamed: Set<Int> = []
        images = zip(readings.withLock { $0.compactMap { $0 } }, lists).map { image, list in
            var image = image
            for object in image.objects.indices {
                let number = image.objects[object].classIndex
                if let list {
                    image.objects[object].classIndex = indices[list][number] ?? 0
                } else if unnamed.insert(number).inserted {
                    image.objects[object].classIndex = classes.add("\(number)", id: number)
                } else {
                    image.objects[object].classIndex = classes.index(of: "\(number)")
                }
            }
            return image
        }
        reportNames(names, isUnnamed: !unnamed.isEmpty, root: root)
    }

    /// Adds the classes of a list.
    ///
    /// - Returns: The positions of the classes by number.
    private mutating func declare(_ list: YOLONames.List, isOnly: Bool) -> [Int: Int] {
        var indices: [Int: Int] = [:]
        for (number, name) in list.names.sorted(by: { $0.key < $1.key }) {
            indices[number] = isOnly ? classes.add(name, id: number) : classes.index(of: name)
        }
        return indices
    }

    private mutating func reportNames(_ names: YOLONames, isUnnamed: Bool, root: URL) {
        if isUnnamed {
            problems.append(
                .systematic(
                    root, .unnamedClasses,
                    "no data.yaml or classes.txt names the classes; their numbers were used as names"
                ))
        }
        guard names.lists.count > 1 else { return }
        let paths = names.lists.prefix(2).map(\.title).joined(separator: " and ")
        problems.append(
            .systematic(
                root, .unnamedClasses,
                "\(paths) name the classes differently; each label file was read with the nearest one"))
    }

    /// Assigns images to the splits of a configuration, including images without label files, which are background.
    fileprivate mutating func divide(as configuration: YOLOConfiguration, in tree: FolderTree) throws(DatasetError) {
        let finder = ImageFinder(tree)
        let splits = try YOLOSplits(configuration, in: tree, finder: finder)
        problems += splits.problems
        if splits.isEmpty { return }
        var claimed: Set<FolderTree.File> = []
        for index in images.indices {
            guard let label = images[index].annotationFile else { continue }
            let place = ImageFinder.Place(folders: SourcePlaces.imageFolders(of: label))
            switch finder.image(ofStem: label.stem, at: place) {
            case .found(let image):
                claimed.insert(image)
                images[index].imageFile = image
                images[index].split = splits.split(of: image)
            // None of the candidates may count as background.
            case .ambiguous(let candidates): claimed.formUnion(candidates)
            case .none: break
            }
        }
        let labelled = Set(claimed.compactMap(splits.split))
        var others: [FolderTree.File] = []
        for file in tree.images where !claimed.contains(file) {
            guard let split = splits.split(of: file) else { continue }
            // In a split without a single label file, the labels are missing.
            var image = RawImage(unlisted: file, state: labelled.contains(split) ? .annotated : .unannotated)
            image.split = split
            if labelled.contains(split) {
                others.append(file)
            } else {
                image.problems.append(
                    DatasetProblem(
                        file: file.url, rule: .missingAnnotation,
                        message: "no image of the split '\(split)' has a label file, so this image was left out"))
            }
            images.append(image)
        }
        guard let first = others.first else { return }
        problems.append(
            .systematic(
                first.url, .unlabelledImages,
                "\(others.count == 1 ? "1 image has" : "\(others.count) images have") no label file, starting with this one; by "
                    + "the format's convention they count as background"))
    }
}
