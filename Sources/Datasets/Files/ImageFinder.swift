import Foundation

/// Finds images by what annotations call them: by their paths where these fit, and by their names where they are those of
/// another machine, or lead into other folders.
package struct ImageFinder: Sendable {
    /// What a name leads to.
    package enum Result: Sendable {
        case found(FolderTree.File)
        case none
        /// Several images fit equally well.
        case ambiguous([FolderTree.File])
    }

    /// Where a name stands, which decides between images that share it.
    package struct Place: Sendable {
        /// The folders of the file with the annotation, from the root down.
        package var folders: [Substring]
        /// The split that the annotation belongs to, if its file says so.
        package var split: String?
        /// The image that the annotation names, where namesakes in other formats lie beside each other.
        package var fileName: String?

        package init(folders: [Substring] = [], split: String? = nil, fileName: String? = nil) {
            self.folders = folders
            self.split = split
            self.fileName = fileName
        }
    }

    private let images: [FolderTree.File]
    private let byName: [String: [Int32]]
    private let byStem: [String: [Int32]]
    private let namesakes, stemNamesakes: Namesakes

    package init(_ images: [FolderTree.File]) {
        self.images = images
        var (byName, byStem): ([String: [Int32]], [String: [Int32]]) = ([:], [:])
        byName.reserveCapacity(images.count)
        byStem.reserveCapacity(images.count)
        for (index, image) in images.enumerated() {
            let name = image.name.lowercased()
            byName[name, default: []].append(Int32(index))
            byStem[FileName.stem(name), default: []].append(Int32(index))
        }
        (self.byName, self.byStem) = (byName, byStem)
        // Where they differ by upper and lower case, the right one is looked for among all.
        let alike = byName.filter { Self.areAlike($0.value) { images[$0].name } }
        let stemsAlike = byStem.filter { Self.areAlike($0.value) { images[$0].stem } }
        namesakes = Namesakes(alike) { images[$0].folders }
        stemNamesakes = Namesakes(stemsAlike) { images[$0].folders }
    }

    private static func areAlike(_ files: [Int32], _ name: (Int) -> String) -> Bool {
        guard files.count > Namesakes.fewest else { return false }
        let first = name(Int(files[0]))
        return files.allSatisfy { name(Int($0)) == first }
    }

    /// The image of a path or a name, which may have any slashes, be absolute, or lack its extension.
    package func image(called path: String, at place: Place) -> Result {
        for path in Self.spellings(of: path) {
            let parts = path.split(separator: "/").filter { $0 != "." }
            guard let name = parts.last.map(String.init) else { continue }
            let folders = Array(parts.dropLast())
            if let near = near(name.lowercased(), in: namesakes, path: folders, place) {
                return best(of: near, path: folders, place)
            }
            // Case last, and another extension after that: `900004.png` for 900004.jpg.
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

    /// The image that goes by a stem, such as an annotation's own name without extension.
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

    /// Of many images of one name all those that may fit best by their folders; nil where folders rule out too few.
    private func near(_ name: String, in namesakes: Namesakes, path: [Substring], _ place: Place) -> [Int]? {
        guard namesakes.has(name) else { return nil }
        for count in stride(from: path.count, to: 0, by: -1) {
            let files = namesakes.files(of: name, endingWith: path.suffix(count))
            if !files.isEmpty { return files }
        }
        let longestStart = namesakes.longestStart(of: name, place.folders)
        for count in stride(from: place.folders.count, to: 0, by: -1) {
            let files = namesakes.files(of: name, endingWith: place.folders.suffix(count))
            let nearest = files.map { Self.nearness(images[$0].folders, place) }.max() ?? 0
            // All others share fewer folders.
            if nearest > count - 1 + longestStart { return files }
        }
        return nil
    }

    /// How well an image fits; a greater one fits better.
    private struct Fit: Comparable {
        /// How many folders before the name are the same in the path asked for.
        var path: Int
        /// How many folders it shares with the annotation, from the root down and from the file up.
        var nearness: Int
        /// Whether it is the one that the annotation names.
        var isNamed: Int
        /// Whether its folder says the same split.
        var isInSplit: Int
        /// Fewer folders are better.
        var height: Int

        static func < (left: Fit, right: Fit) -> Bool {
            (left.path, left.nearness, left.isNamed, left.isInSplit, left.height)
                < (right.path, right.nearness, right.isNamed, right.isInSplit, right.height)
        }
    }

    private func best(of candidates: [Int], path: [Substring], _ place: Place) -> Result {
        if candidates.count == 1 { return .found(images[candidates[0]]) }
        let fits = candidates.map { fit(of: images[$0], path: path, place) }
        guard let best = fits.max() else { return .none }
        let chosen = zip(candidates, fits).filter { $0.1 == best }.map { images[$0.0] }
        return chosen.count == 1 ? .found(chosen[0]) : .ambiguous(chosen)
    }

    private func fit(of image: FolderTree.File, path: [Substring], _ place: Place) -> Fit {
        let folders = image.folders
        let isNamed = place.fileName.map { image.name == Self.lastPart($0) } ?? false
        let isInSplit = place.split.map { split in folders.contains { SplitName($0)?.split == split } } ?? false
        return Fit(
            path: Self.sharedEnd(folders, path),
            nearness: Self.nearness(folders, place),
            isNamed: isNamed ? 1 : 0, isInSplit: isInSplit ? 1 : 0, height: -folders.count)
    }

    private static func nearness(_ folders: [Substring], _ place: Place) -> Int {
        sharedStart(folders, place.folders) + sharedEnd(folders, place.folders)
    }

    private static func sharedStart(_ left: [Substring], _ right: [Substring]) -> Int {
        zip(left, right).prefix { $0 == $1 }.count
    }

    private static func sharedEnd(_ left: [Substring], _ right: [Substring]) -> Int {
        zip(left.reversed(), right.reversed()).prefix { $0 == $1 }.count
    }

    /// The last part of a path with slashes of either kind.
    static func lastPart(_ path: String) -> String {
        path.split(whereSeparator: { "/\\".contains($0) }).last.map(String.init) ?? path
    }

    /// A path as tools of other systems, servers and browsers write it, the likeliest reading first.
    private static func spellings(of path: String) -> [String] {
        var path = path.replacingOccurrences(of: "\\", with: "/")
        // Label Studio's `/data/local-files/?d=images/a.jpg`.
        if let query = path.range(of: "?d=") { path = String(path[query.upperBound...]) }
        if path.hasPrefix("file://") { path = String(path.dropFirst("file://".count)) }
        guard path.contains("%"), let decoded = path.removingPercentEncoding, decoded != path else { return [path] }
        return [path, decoded]
    }
}
