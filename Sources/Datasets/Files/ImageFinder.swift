import Foundation
import Images

/// Finds the images that annotations refer to: by path where it fits, and by name where the path is from another machine or leads
/// into other folders.
package struct ImageFinder: Sendable {
    /// The result of a search.
    package enum Result: Sendable {
        case found(FolderTree.File)
        case none
        /// Several images fit equally well.
        case ambiguous([FolderTree.File])

        /// Whether no image was found.
        var isNone: Bool { if case .none = self { true } else { false } }
    }

    /// The context of a name, which decides between images that share it.
    package struct Place: Sendable {
        /// The folders of the file with the annotation, from the root down.
        package var folders: [Substring]
        /// The split of the annotation, if its file states one.
        package var split: String?
        /// The image file that the annotation names, for images that differ only in their extension.
        package var fileName: String?
        /// The image size that the annotation states, in pixels.
        package var width, height: Double?

        package init(folders: [Substring] = [], split: String? = nil, fileName: String? = nil) {
            self.folders = folders
            self.split = split
            self.fileName = fileName
        }
    }

    private let images: [FolderTree.File]
    private let byName: [String: [Int32]]
    private let byStem: [String: [Int32]]
    private let namesakes, stemNamesakes: SharedNames
    private let splits: FolderSplits

    package init(_ tree: FolderTree) {
        let images = tree.images
        var (byName, byStem): ([String: [Int32]], [String: [Int32]]) = ([:], [:])
        byName.reserveCapacity(images.count)
        byStem.reserveCapacity(images.count)
        for (index, image) in images.enumerated() {
            let name = image.name.lowercased()
            byName[name, default: []].append(Int32(index))
            byStem[FileName.stem(name), default: []].append(Int32(index))
        }
        self.images = images
        (self.byName, self.byStem) = (byName, byStem)
        splits = tree.splits
        // Names that differ in case are left to the full search, which prefers the exact one.
        let alike = byName.filter { Self.areAlike($0.value) { images[$0].name } }
        let stemsAlike = byStem.filter { Self.areAlike($0.value) { images[$0].stem } }
        namesakes = SharedNames(alike) { images[$0].folders }
        stemNamesakes = SharedNames(stemsAlike) { images[$0].folders }
    }

    private static func areAlike(_ files: [Int32], _ name: (Int) -> String) -> Bool {
        guard files.count > SharedNames.fewest else { return false }
        let first = name(Int(files[0]))
        return files.allSatisfy { name(Int($0)) == first }
    }

    /// Finds the image with a path or a name, which may have slashes of either kind, be absolute, or lack its extension.
    package func image(called path: String, at place: Place) -> Result {
        for path in Self.spellings(of: path) {
            let parts = path.split(separator: "/").filter { $0 != "." }
            guard let name = parts.last.map({ String($0).trimmingWhiteSpace() }), !name.isEmpty else { continue }
            let folders = Array(parts.dropLast())
            if let near = near(name.lowercased(), in: namesakes, path: folders, place) {
                return best(of: near, path: folders, place)
            }
            // An exact match first, then any case, then another extension: `900004.png` for 900004.jpg.
            let named = candidates(byName, name.lowercased())
            let exact = named.filter { images[$0].name == name }
            for group in [exact, named] where !group.isEmpty { return best(of: group, path: folders, place) }
            let stem = FileSystem.isImageName(name) ? FileName.stem(name) : name
            if let near = near(stem.lowercased(), in: stemNamesakes, path: folders, place) {
                return best(of: near, path: folders, place)
            }
            let alike = candidates(byStem, stem.lowercased())
            if !alike.isEmpty { return best(of: alike, path: folders, place) }
        }
        return .none
    }

    /// Finds the image with a stem, such as an annotation file's name without extension.
    package func image(ofStem stem: String, at place: Place) -> Result {
        // `photo.jpg.xml` belongs to photo.jpg, and `p0.xml.xml` to p0.jpg.
        if FileSystem.isImageName(stem) {
            if let near = near(stem.lowercased(), in: namesakes, path: [], place) {
                return best(of: near, path: [], place)
            }
            let named = candidates(byName, stem.lowercased())
            if !named.isEmpty { return best(of: named, path: [], place) }
        }
        if let near = near(stem.lowercased(), in: stemNamesakes, path: [], place) {
            return best(of: near, path: [], place)
        }
        let alike = candidates(byStem, stem.lowercased())
        if alike.isEmpty { return .none }
        let exact = alike.filter { images[$0].stem == stem }
        return best(of: exact.isEmpty ? alike : exact, path: [], place)
    }

    private func candidates(_ table: [String: [Int32]], _ key: String) -> [Int] {
        table[key, default: []].map(Int.init)
    }

    /// Returns, among many images of one name, those whose folders may fit best; nil when the folders rule out too few, or when
    /// the nearby images are in another split.
    private func near(_ name: String, in namesakes: SharedNames, path: [Substring], _ place: Place) -> [Int]? {
        guard namesakes.has(name) else { return nil }
        for count in stride(from: path.count, to: 0, by: -1) {
            let files = namesakes.files(of: name, endingWith: path.suffix(count))
            if !files.isEmpty { return files }
        }
        let split = place.split ?? splits.split(of: place.folders)
        let longestStart = namesakes.longestStart(of: name, place.folders)
        for count in stride(from: place.folders.count, to: 0, by: -1) {
            let files = namesakes.files(of: name, endingWith: place.folders.suffix(count))
            let nearest = files.map { Self.nearness(images[$0].folders, place) }.max() ?? 0
            // All other files share fewer folders.
            guard nearest > count - 1 + longestStart else { continue }
            let isOfSplit = split == nil || files.contains { splits.split(of: images[$0].folders) == split }
            return isOfSplit ? files : nil
        }
        return nil
    }

    private static func nearness(_ folders: [Substring], _ place: Place) -> Int {
        sharedStart(folders, place.folders) + sharedEnd(folders, place.folders)
    }

    /// Selects the best of several candidates, by one criterion after the other.
    private func best(of candidates: [Int], path: [Substring], _ place: Place) -> Result {
        if candidates.count == 1 { return .found(images[candidates[0]]) }
        var rest = candidates
        func keep(_ score: (FolderTree.File) -> Int) {
            let scores = rest.map { score(images[$0]) }
            guard let best = scores.max() else { return }
            rest = zip(rest, scores).filter { $0.1 == best }.map(\.0)
        }
        // The number of folders before the name shared with the requested path.
        if !path.isEmpty { keep { Self.sharedEnd($0.folders, path) } }
        // An image in another split is a different image.
        let split = place.split ?? splits.split(of: place.folders)
        if let split { keep { image in splits.split(of: image.folders).map { $0 == split ? 2 : 0 } ?? 1 } }
        keep { Self.isDerived($0) ? 0 : 1 }
        if let name = place.fileName.map(Self.lastPart) { keep { $0.name == name ? 1 : 0 } }
        let named = rest
        keep { Self.nearness($0.folders, place) }
        keep { $0.folders.last.map { Self.photographFolders.contains($0.lowercased()) } ?? false ? 1 : 0 }
        keep { -$0.folders.count }
        if rest.count == 1, let other = other(than: rest[0], of: named, place) { return .found(images[other]) }
        return rest.count == 1 ? .found(images[rest[0]]) : .ambiguous(rest.map { images[$0] })
    }

    /// Returns another candidate when the nearest image seems to be a resized copy: its size differs from the stated one, and exactly
    /// one other candidate has the stated size.
    private func other(than nearest: Int, of candidates: [Int], _ place: Place) -> Int? {
        guard candidates.count > 1, candidates.count <= 8, let width = place.width, let height = place.height,
            width > 0,
            images[nearest].folders != place.folders, !hasSize(images[nearest], width, height)
        else { return nil }
        let fitting = candidates.filter { hasSize(images[$0], width, height) }
        return fitting.count == 1 ? fitting[0] : nil
    }

    /// Returns whether an image has a given size, before or after its EXIF rotation.
    func hasSize(_ file: FolderTree.File, _ width: Double, _ height: Double) -> Bool {
        guard let header = try? ImageHeader(contentsOf: file.url) else { return false }
        let (own, other) = (Double(header.width), Double(header.height))
        return (own, other) == (width, height) || header.orientation.swapsAxes && (other, own) == (width, height)
    }

    /// Returns whether a file is in a folder of derived images, such as masks; these are used only where no other image has the name.
    private static func isDerived(_ file: FolderTree.File) -> Bool {
        file.folders.contains { folder in
            let words = folder.lowercased().split { !$0.isLetter }
            return words.contains { word in derived.contains { word.hasPrefix($0) } }
        }
    }

    private static let derived = [
        "mask", "segment", "trimap", "vis", "preview", "plot", "thumb", "overlay", "heatmap", "debug", "prediction",
        "detection", "result", "depth", "cache",
    ]
    private static let photographFolders: Set<String> = [
        "images", "image", "imgs", "img", "jpegimages", "pictures", "photos",
    ]

    /// Returns how many folders two paths share from the root down.
    static func sharedStart(_ left: [Substring], _ right: [Substring]) -> Int {
        zip(left, right).prefix { $0 == $1 }.count
    }

    /// Returns how many folders two paths share from the file up.
    static func sharedEnd(_ left: [Substring], _ right: [Substring]) -> Int {
        zip(left.reversed(), right.reversed()).prefix { $0 == $1 }.count
    }

    /// Returns the last part of a path with slashes of either kind.
    static func lastPart(_ path: String) -> String {
        path.split(whereSeparator: { "/\\".contains($0) }).last.map(String.init) ?? path
    }

    /// Returns the possible readings of a path written by tools on other systems, servers and browsers, the most likely first.
    private static func spellings(of path: String) -> [String] {
        var path = path
        // Label Studio's `/data/local-files/?d=images/a.jpg`.
        if let query = path.range(of: "?d=") { path = String(path[query.upperBound...]) }
        if path.contains("://"), let query = path.firstIndex(where: { "?#".contains($0) }) {
            path = String(path[..<query])
        }
        let decoded = path.contains("%") ? path.removingPercentEncoding : nil
        return [path, decoded].compactMap { $0?.replacingOccurrences(of: "\\", with: "/") }
    }
}
