import Datasets
import Foundation
import Testing

/// Among many images of one name, the finder selects the same one as a comparison of all of them.
@Suite struct ImageFinderTests {
    /// All paths of up to three folders with three possible names, each with a file of the same name.
    private static let folders: [[Substring]] = {
        let names: [Substring] = ["a", "b", "c"]
        let two = names.flatMap { first in names.map { [first, $0] } }
        return [[]] + names.map { [$0] } + two + two.flatMap { folders in names.map { folders + [$0] } }
    }()

    /// Finds the best file by the rules of ``ImageFinder``, comparing all files.
    private func expected(
        _ files: [FolderTree.File], path: [Substring], place: ImageFinder.Place
    ) -> Set<FolderTree.File> {
        func start(_ left: [Substring], _ right: [Substring]) -> Int { zip(left, right).prefix { $0 == $1 }.count }
        func end(_ left: [Substring], _ right: [Substring]) -> Int { start(left.reversed(), right.reversed()) }
        func rank(_ file: FolderTree.File) -> [Int] {
            let near = start(file.folders, place.folders) + end(file.folders, place.folders)
            return [end(file.folders, path), near, -file.folders.count]
        }
        let ranks = files.map(rank)
        guard let best = ranks.max(by: { $0.lexicographicallyPrecedes($1) }) else { return [] }
        return Set(zip(files, ranks).filter { $0.1 == best }.map(\.0))
    }

    private func found(_ result: ImageFinder.Result) -> Set<FolderTree.File> {
        switch result {
        case .found(let file): [file]
        case .none: []
        case .ambiguous(let files): Set(files)
        }
    }

    @Test(arguments: [1, 2, 4])
    func manyOfOneNameAreFoundAsFewAre(_ step: Int) {
        let root = URL(fileURLWithPath: "/data")
        let paths = stride(from: 0, to: Self.folders.count, by: step).map { index in
            (Self.folders[index] + ["0.jpg"]).joined(separator: "/")
        }
        let tree = FolderTree(root: root, files: paths.map { root.appendingPathComponent($0, isDirectory: false) })
        let (files, finder) = (tree.images, ImageFinder(tree))
        for near in Self.folders {
            let place = ImageFinder.Place(folders: near)
            #expect(found(finder.image(ofStem: "0", at: place)) == expected(files, path: [], place: place))
            for path in Self.folders {
                let name = (path + ["0.jpg"]).joined(separator: "/")
                #expect(
                    found(finder.image(called: name, at: place)) == expected(files, path: path, place: place),
                    "\(name) beside \(near)")
            }
        }
    }
}
