import Foundation

extension RawDataset {
    /// Finds the image of each entry, and adds entries for images without annotations.
    mutating func link(in tree: FolderTree, others: OtherImages) {
        let finder = ImageFinder(tree)
        var undecided: [(index: Int, candidates: [FolderTree.File])] = []
        var claims: [String: Int] = [:]
        func claim(_ index: Int, _ file: FolderTree.File) {
            images[index].imageFile = file
            claims[Self.folder(file), default: 0] += 1
        }
        var places = SourcePlaces(tree)
        for index in images.indices {
            if let file = images[index].imageFile {
                claim(index, file)
                continue
            }
            switch images[index].find(with: finder, at: places.place(of: images[index])) {
            case .found(let file): claim(index, file)
            case .none: break
            case .ambiguous(let candidates): undecided.append((index, candidates))
            }
        }
        // Between a photograph and its masks in other folders, prefer the folder of the other photographs.
        let sure = claims
        for (index, candidates) in undecided {
            let votes = candidates.map { sure[Self.folder($0), default: 0] }
            let most = votes.max() ?? 0
            let leaders = zip(candidates, votes).filter { $0.1 == most }.map(\.0)
            if most > 0 && leaders.count == 1 {
                claim(index, leaders[0])
            } else if let first = candidates.first, Self.areEqual(candidates) {
                claim(index, first)
            } else {
                images[index].reportAmbiguity(candidates)
            }
        }
        for index in images.indices { images[index].reportImage() }
        // Images that an ambiguous annotation may refer to must not count as background.
        let open = Set(undecided.filter { images[$0.index].imageFile == nil }.flatMap(\.candidates))
        addOthers(in: tree, others, folders: Set(claims.keys), besides: open)
    }

    private static func folder(_ file: FolderTree.File) -> String { file.folders.joined(separator: "/") }

    /// Returns whether files are the same byte for byte.
    private static func areEqual(_ files: [FolderTree.File]) -> Bool {
        guard files.count <= 4, let first = try? Data(contentsOf: files[0].url, options: .mappedIfSafe) else {
            return false
        }
        return files.dropFirst().allSatisfy { (try? Data(contentsOf: $0.url, options: .mappedIfSafe)) == first }
    }

    /// Adds the images in the data set's folders that no annotation names.
    private mutating func addOthers(
        in tree: FolderTree, _ others: OtherImages, folders: Set<String>, besides open: Set<FolderTree.File>
    ) {
        if others == .ignored { return }
        let claimed = open.union(images.compactMap(\.imageFile))
        let left = tree.images.filter { !claimed.contains($0) && folders.contains(Self.folder($0)) }
        for file in left {
            var image = RawImage(unlisted: file, state: others == .background ? .annotated : .unannotated)
            if others == .unannotated {
                image.problems.append(
                    DatasetProblem(
                        file: file.url, rule: .missingAnnotation,
                        message: "this image has no annotation; it was left out"))
            }
            images.append(image)
        }
        if others == .background, let first = left.first {
            problems.append(
                .systematic(
                    first.url, .unlabelledImages,
                    "\(left.count == 1 ? "1 image has" : "\(left.count) images have") no label file, starting with this one; "
                        + "by the format's convention they count as background"))
        }
    }
}

extension RawImage {
    fileprivate func find(with finder: ImageFinder, at place: ImageFinder.Place) -> ImageFinder.Result {
        let name = place.fileName
        if let annotationFile {
            let own = finder.image(ofStem: annotationFile.stem, at: place)
            let named = name.map { finder.image(called: $0, at: place) } ?? .none
            // The image has the annotation file's name, unless the stated size fits only the image that the annotation names.
            if case .found(let file) = own, case .found(let other) = named, file != other, file.stem != other.stem,
                let width = statedWidth, let height = statedHeight, width > 0, !finder.hasSize(file, width, height),
                finder.hasSize(other, width, height)
            {
                return named
            }
            if !own.isNone { return own }
            // One extension of `p0.xml.xml` has been removed already.
            if !named.isNone { return named }
            let shorter = FileName.stem(annotationFile.stem)
            return shorter == annotationFile.stem ? .none : finder.image(ofStem: shorter, at: place)
        }
        return name.map { finder.image(called: $0, at: place) } ?? .none
    }

    fileprivate mutating func reportAmbiguity(_ candidates: [FolderTree.File]) {
        let names = candidates.prefix(3).map(\.path).joined(separator: " and ")
        problems.append(
            DatasetProblem(
                file: source, line: line, rule: .ambiguousImage,
                message:
                    "several images match its name '\((fileName ?? annotationFile?.stem ?? "").prefix(120))': \(names); "
                    + "it was left out"))
    }

    /// Reports a missing image, or one with an unexpected name.
    fileprivate mutating func reportImage() {
        guard let imageFile else {
            if problems.contains(where: { $0.rule == .ambiguousImage }) { return }
            let tried = fileName.flatMap { $0.isEmpty ? nil : $0 } ?? annotationFile?.stem ?? ""
            problems.append(
                DatasetProblem(
                    file: source, line: line, rule: .missingImage,
                    message: "there is no image '\(tried.prefix(120))'"
                        + (annotationFile == nil ? "" : ", and none named \(annotationFile?.stem.prefix(80) ?? "")")
                        + "; \(identity.map { "image \($0)" } ?? "the annotation") was left out"))
            return
        }
        guard annotationFile != nil, let fileName, !fileName.isEmpty else { return }
        let called = ImageFinder.lastPart(fileName)
        let stem = FileSystem.isImageName(called) ? FileName.stem(called) : called
        if stem.lowercased() != imageFile.stem.lowercased() {
            problems.append(
                DatasetProblem(
                    file: source, rule: .wrongFilename,
                    message: "it names the image '\(called.prefix(80))', but \(imageFile.name) was used, as the "
                        + "annotation has that name"))
        } else if let annotationFile, annotationFile.stem.lowercased() != stem.lowercased(),
            annotationFile.stem != imageFile.name, FileName.stem(annotationFile.stem) != stem
        {
            problems.append(
                DatasetProblem(
                    file: source, rule: .wrongFilename,
                    message: "its image '\(called.prefix(80))' has a different name than the annotation; it was used"))
        }
    }
}

/// Determines the contexts of image names from the files that contain them; one file may name all images.
struct SourcePlaces {
    private let root: String
    private var last: (source: URL, folders: [Substring], split: String?)?

    init(_ tree: FolderTree) { root = tree.root.standardizedFileURL.path + "/" }

    mutating func place(of image: RawImage) -> ImageFinder.Place {
        let name = image.fileName.flatMap { $0.isEmpty ? nil : $0 }
        if let file = image.annotationFile {
            var place = ImageFinder.Place(folders: Self.imageFolders(of: file), split: image.split, fileName: name)
            (place.width, place.height) = (image.statedWidth, image.statedHeight)
            return place
        }
        if last?.source != image.source {
            let path = image.source.standardizedFileURL.path
            let folders = path.hasPrefix(root) ? path.dropFirst(root.count).split(separator: "/").dropLast() : []
            // `instances_val2017.json` describes the images in `val2017`.
            let split = SplitName(FileName.stem(image.source.lastPathComponent))?.split
            last = (image.source, Array(folders), split)
        }
        var place = ImageFinder.Place(
            folders: last?.folders ?? [], split: image.split ?? last?.split, fileName: name)
        (place.width, place.height) = (image.statedWidth, image.statedHeight)
        return place
    }

    /// Returns the image folders of an annotation file: label files are in `labels`, their images under the same path in `images`.
    static func imageFolders(of file: FolderTree.File) -> [Substring] {
        var folders = file.folders
        if let place = folders.lastIndex(where: { $0.lowercased() == "labels" }), file.ending == "txt" {
            folders[place] = "images"
        }
        return folders
    }
}
