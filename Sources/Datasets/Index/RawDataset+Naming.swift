import Foundation

extension RawDataset {
    /// Sorts images by path for formats with one file per image, which have no order of their own.
    mutating func orderByName() {
        switch format {
        case .voc, .yolo, .labelMe: images.sort { Self.order($0) < Self.order($1) }
        default: break
        }
    }

    private static func order(_ image: RawImage) -> String { image.imageFile?.path ?? image.annotationFile?.path ?? "" }

    /// Returns a unique name for each image: its file name without extension where that is unique, otherwise its path inside the
    /// data set.
    func names() -> [String] {
        // Unannotated images must not take names from annotated ones.
        var stems: [String: Int] = [:]
        for image in images where image.state != .unannotated { stems[Self.stem(image), default: 0] += 1 }
        let shared = sharedFolders
        var taken: Set<String> = []
        var names = images.map { image -> String in
            let stem = Self.stem(image)
            if image.state != .unannotated {
                if stems[stem] == 1 {
                    taken.insert(stem)
                    return stem
                }
            } else if stems[stem] == nil {
                return stem
            }
            return Self.path(image, below: shared)
        }
        var entries: [FolderTree.File: Int] = [:]
        for image in images { if let file = image.imageFile { entries[file, default: 0] += 1 } }
        // Images of the same name in one folder differ only in their extension.
        var (counts, numbers): ([String: Int], [String: Int]) = ([:], [:])
        for name in names { counts[name, default: 0] += 1 }
        for index in names.indices where stems[names[index]] != 1 {
            if counts[names[index]] == 1, taken.insert(names[index]).inserted { continue }
            // Two entries of one file have the same name, and `a.jpg` would be mistaken for the image a.jpg itself.
            let file = images[index].imageFile
            let isAlone = file.map { entries[$0] == 1 } ?? false
            let base = isAlone ? "\(names[index]).\(file?.ending ?? "")" : names[index]
            if taken.insert(base).inserted {
                names[index] = base
                continue
            }
            // Continue from the last number: starting over each time would take hours for many equal names.
            var (name, number) = (base, numbers[base] ?? 2)
            while !taken.insert(name).inserted {
                name = "\(base)#\(number)"
                number += 1
            }
            numbers[base] = number
            names[index] = name
        }
        return names
    }

    private static func stem(_ image: RawImage) -> String {
        if let file = image.imageFile { return file.stem }
        if let name = image.fileName, !name.isEmpty {
            let last = ImageFinder.lastPart(name)
            return FileSystem.isImageName(last) ? FileName.stem(last) : last
        }
        return image.annotationFile?.stem ?? image.identity?.description ?? ""
    }

    /// The folders, from the root down, that all images share: `JPEGImages` distinguishes nothing.
    private var sharedFolders: [Substring] {
        var shared: [Substring]?
        for image in images where image.state != .unannotated {
            guard let folders = image.imageFile?.folders else { continue }
            shared = shared.map { zip($0, folders).prefix { $0 == $1 }.map(\.0) } ?? folders
        }
        return shared ?? []
    }

    private static func path(_ image: RawImage, below shared: [Substring]) -> String {
        guard let file = image.imageFile else {
            if let file = image.annotationFile { return FileName.stem(file.path) }
            let folders = (image.fileName ?? "").split(whereSeparator: { "/\\".contains($0) }).dropLast()
            return (folders.filter { $0 != "." && $0 != ".." }.map(String.init) + [stem(image)]).joined(separator: "/")
        }
        let folders = file.folders.starts(with: shared) ? file.folders.dropFirst(shared.count) : file.folders[...]
        return (folders.map(String.init) + [file.stem]).joined(separator: "/")
    }
}
