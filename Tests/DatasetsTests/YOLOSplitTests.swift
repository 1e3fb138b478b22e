import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// Splits defined by `data.yaml`, and hostile files.
@Suite struct YOLOSplitTests {
    private func names(_ folder: TemporaryFolder, _ split: String) throws -> [String] {
        try DatasetIndex(DatasetSource(root: folder.url)).dataset(split: split).samples.map(\.id).sorted()
    }

    /// Writes images with label files in the given folders.
    private func make(_ folders: [String: [String]], labels: (String) -> String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for (path, names) in folders {
            for name in names {
                try folder.image("\(path)/\(name).jpg", red: UInt8(name.utf8.first ?? 0))
                try folder.write("0 0.5 0.5 0.5 0.5\n", to: "\(labels(path))/\(name).txt")
            }
        }
        return folder
    }

    @Test func ultralyticsLayout() throws {
        let folder = try make(["images/part1": ["a", "b"], "images/part2": ["c"]]) {
            $0.replacingOccurrences(of: "images", with: "labels")
        }
        try folder.image("images/part2/d.jpg", red: 3)
        try folder.write(
            "path: ../datasets/coco8\ntrain: images/part1\nval: images/part2\ntest:\nnames:\n  0: cat\n",
            to: "coco8.yaml")
        #expect(try names(folder, "train") == ["a", "b"])
        #expect(try names(folder, "val") == ["c", "d"])
    }

    @Test func roboflowLayout() throws {
        let folder = try make(["train/images": ["a", "b"], "valid/images": ["c"], "test/images": ["d"]]) {
            $0.replacingOccurrences(of: "images", with: "labels")
        }
        try folder.write(
            "train: ../train/images\nval: ../valid/images\ntest: ../test/images\n\nnc: 1\nnames: ['cat']\n\nroboflow:\n  version: 1\n",
            to: "data.yaml")
        #expect(try names(folder, "train") == ["a", "b"])
        #expect(try names(folder, "val") == ["c"])
        #expect(try names(folder, "test") == ["d"])
    }

    @Test func listsOfImages() throws {
        let folder = try make(["images": ["a", "b", "c"]]) { _ in "labels" }
        try folder.write("/home/me/set/images/a.jpg\r\n./images/c.jpg\r\n", to: "autosplit_train.txt")
        try folder.write("./images/b.jpg\n./images/gone.jpg\n", to: "autosplit_val.txt")
        try folder.write(
            "path: .\ntrain: autosplit_train.txt\nval: [autosplit_val.txt]\nnames: [cat]\n", to: "data.yaml")
        #expect(try names(folder, "train") == ["a", "c"])
        #expect(try names(folder, "val") == ["b"])
        let index = try DatasetIndex(DatasetSource(root: folder.url))
        #expect(index.findings.contains { $0.rule == .missingFromSplit && $0.message.contains("gone.jpg") })
    }

    @Test func cvatsDarknetLayout() throws {
        let folder = try make(["obj_train_data": ["a", "b"], "obj_valid_data": ["c"]]) { $0 }
        try folder.write("cat\n", to: "obj.names")
        try folder.write("classes = 1\ntrain = data/train.txt\nnames = data/obj.names\n", to: "obj.data")
        try folder.write("data/obj_train_data/a.jpg\ndata/obj_train_data/b.jpg\n", to: "train.txt")
        try folder.write("data/obj_valid_data/c.jpg\n", to: "valid.txt")
        #expect(try names(folder, "train") == ["a", "b"])
        #expect(try names(folder, "val") == ["c"])
    }

    @Test func aFolderThatIsNotThereIsTold() throws {
        let folder = try make(["images/train": ["a", "b"], "images/val": ["c"]]) {
            $0.replacingOccurrences(of: "images", with: "labels")
        }
        try folder.write("train: images/train\nval: images/valuation\nnames: [cat]\n", to: "data.yaml")
        let index = try DatasetIndex(DatasetSource(root: folder.url))
        #expect(index.findings.contains { $0.rule == .missingFromSplit && $0.message.contains("images/valuation") })
        #expect(try index.dataset(split: "val").samples.map(\.id) == ["c"])
    }

    /// `train/images` and `val/images` are not both `images`.
    @Test func foldersOfAnotherLayoutSayNothing() throws {
        let folder = try make(["images": ["a", "b", "c"]]) { _ in "labels" }
        try folder.write("train: ../train/images\nval: ../val/images\nnames: [cat]\n", to: "data.yaml")
        let index = try DatasetIndex(DatasetSource(root: folder.url))
        #expect(!index.hasSplits)
        #expect(index.findings.count { $0.rule == .missingFromSplit } == 2)
    }

    @Test func foldersOfAnotherMachineAreFound() throws {
        let folder = try make(["part1": ["a", "b"], "part2": ["c"]]) { $0 }
        try folder.write("train: /content/set/part1\nval: C:\\set\\part2\\\nnames: [cat]\n", to: "data.yaml")
        #expect(try names(folder, "train") == ["a", "b"])
        #expect(try names(folder, "val") == ["c"])
    }

    @Test func oneFolderForTwoSplitsIsTold() throws {
        let folder = try make(["images": ["a", "b", "c"]]) { _ in "labels" }
        try folder.write("train: images\nval: images\nnames: [cat]\n", to: "data.yaml")
        let index = try DatasetIndex(DatasetSource(root: folder.url))
        #expect(index.findings.contains { $0.rule == .derivedSplit && $0.message.contains("same folder") })
        #expect(try index.dataset(split: "trainval").samples.count == 3)
    }

    @Test func theConfigurationMayBeNamedItself() throws {
        let folder = try make(["images/train": ["a", "b"], "images/val": ["c"]]) {
            $0.replacingOccurrences(of: "images", with: "labels")
        }
        let yaml = try folder.write("train: images/train\nval: images/val\nnames: [cat]\n", to: "data.yaml")
        let index = try DatasetIndex(DatasetSource(root: yaml))
        #expect(try index.dataset(split: "train").samples.map(\.id) == ["a", "b"])
    }

    // MARK: - Hostile files

    @Test(arguments: [
        String(repeating: "[", count: 100_000), String(repeating: "- ", count: 100_000),
        String(repeating: "{a: ", count: 100_000), String(repeating: "? ", count: 100_000),
        (0..<2000).map { String(repeating: " ", count: $0) + "a:\n" }.joined(),
        "a: &a [x]\n" + (0..<100).map { "b\($0): &b\($0) [*a, *a, *a]\n" }.joined(),
        "&a [*a]", "*x", "!!binary x", "%YAML 9.9\n---\n", "\u{0}", "--- a\n--- b\n", "\"\\uD800\"", "a: b: c",
    ])
    func noYAMLEndsTheProgram(_ text: String) throws {
        let folder = try make(["images": ["a"]]) { _ in "labels" }
        try folder.write("names: [cat]\nnc: 1\nx:\n  \(text)\n", to: "data.yaml")
        try folder.write("names: [cat]\nnc: 1\n\(text)\n", to: "more.yaml")
        try folder.write("names:\n  \(text)\nnc: 1\n", to: "names.yaml")
        let index = try DatasetIndex(DatasetSource(root: folder.url))
        #expect(try index.dataset(split: "all").samples.count == 1)
    }

    @Test func cutFilesAreReadAsFarAsTheyGo() throws {
        let label = Array("0 0.5 0.5 0.25 0.2\r\n1 0.1 0.2 0.3 0.4 0.5 0.6 0.7\r\n".utf8)
        let yaml = Array("train: images\nnc: 2\nnames: ['cat', \"dog\"] # two\nkpt_shape: [1, 3]\n".utf8)
        let folder = try make(["images": ["a", "b"]]) { _ in "labels" }
        for length in 0...max(label.count, yaml.count) {
            try folder.write(label.prefix(length), to: "labels/a.txt")
            try folder.write(yaml.prefix(length), to: "data.yaml")
            let index = try DatasetIndex(DatasetSource(root: folder.url))
            #expect(try index.dataset(split: "all").samples.count <= 2)
        }
    }
}
