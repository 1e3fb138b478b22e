import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// Files and folders that the system refuses: here links to themselves, which are refused to every user. Without those that concern more than
/// one image the data set would be another one, such as one with validation images among the training images.
@Suite struct RefusedFileTests {
    private let folder: TemporaryFolder
    private let reason = "too many levels of symbolic links"

    init() throws {
        folder = try TemporaryFolder()
        try folder.flat(["a", "b", "c"])
    }

    private func refuse(_ name: String) throws {
        let file = folder.file(name)
        try FileManager.default.createDirectory(
            at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(
            atPath: file.path, withDestinationPath: file.lastPathComponent)
    }

    @Test(
        "Whatever concerns more than one image is an error",
        arguments: [
            "ImageSets", "ImageSets/Main", "ImageSets/Main/val.txt", "train.txt", "data.yaml", "classes.txt",
            "identities.json", "more.csv", "instances_val.json",
        ])
    func shared(name: String) throws {
        try refuse(name)
        #expect(throws: DatasetError.unreadable(path: folder.file(name).relativePath, reason: reason)) {
            try folder.index()
        }
        #expect("\(DatasetError.unreadable(path: name, reason: reason))" == "\(name) cannot be read: \(reason)")
    }

    @Test func theDataSetItself() throws {
        try refuse("loop")
        #expect(throws: DatasetError.unreadable(path: folder.file("loop").relativePath, reason: reason)) {
            try DatasetIndex(DatasetSource(root: folder.file("loop")))
        }
    }

    /// A data set given by its one file still has lists beside it.
    @Test func listsBesideAGivenFile() throws {
        let other = try TemporaryFolder()
        try other.image("a.jpg")
        try other.write(
            """
            {"images": [{"id": 1, "file_name": "a.jpg", "width": 40, "height": 30}],
            "categories": [{"id": 1, "name": "cat"}],
            "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 2, 10, 5]}]}
            """, to: "all.json")
        let source = DatasetSource(root: other.file("all.json"))
        #expect(try DatasetIndex(source).dataset(split: "all").samples.count == 1)
        let list = other.file("train.txt")
        try FileManager.default.createSymbolicLink(atPath: list.path, withDestinationPath: "train.txt")
        // File by file, the list has the path that the tree gives it.
        do throws(DatasetError) {
            _ = try DatasetIndex(source)
            Issue.record("the list was passed over")
        } catch {
            #expect("\(error)".hasSuffix("train.txt cannot be read: \(reason)"))
        }
    }

    @Test func singleAnnotationsAndImagesAreReported() throws {
        for name in ["annotations/b.xml", "images/c.jpg"] {
            try FileManager.default.removeItem(at: folder.file(name))
            try refuse(name)
        }
        let data = try folder.index().dataset(split: "all")
        #expect(data.samples.map(\.id) == ["a"])
        #expect(Set(data.problems.map(\.rule)) == [.unreadableAnnotation, .unreadableImage])
        #expect(data.problems.allSatisfy { $0.message.contains(reason) }, "\(data.problems)")
    }

    @Test func linksToNothingAreReported() throws {
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("ImageSets").path, withDestinationPath: "not-mounted")
        let index = try folder.index()
        #expect(index.findings(of: .unreadableFolder).map(\.file.lastPathComponent) == ["ImageSets"])
        #expect(try index.dataset(split: "all").samples.count == 3)
    }

    @Test func listsOfClassNames() throws {
        try refuse("names.txt")
        let path = folder.file("names.txt").path
        #expect(throws: DatasetError.unreadable(path: path, reason: reason)) { try ClassNameList.names(path) }
    }
}
