import Boxes
import DatasetFixtures
import Datasets
import Foundation
import TestSupport
import Testing

/// The division of images into folds.
@Suite struct FoldsTests {
    /// Images without files, with the classes given for each.
    private func dataset(_ classes: [[Int]], names: [String]? = nil) -> DetectionDataset {
        let samples = classes.enumerated().map { index, classes in
            let name = names?[index] ?? "image\(index)"
            return Sample(
                id: name, imageURL: URL(fileURLWithPath: "/nowhere/\(name).jpg"),
                objects: classes.map {
                    AnnotatedObject(classIndex: $0, className: "class\($0)", box: box(1, 1, 20, 20))
                })
        }
        return DetectionDataset(classNames: ["class0", "class1", "class2"], samples: samples, split: "train")
    }

    @Test(arguments: [2, 3, 5, 7]) func everyImageIsMeasuredOnceByANetworkThatNeverSawIt(_ count: Int) throws {
        let whole = dataset((0..<23).map { [[0], [0, 1], [2], []][$0 % 4] })
        let folds = try Folds(of: whole, count: count, seed: 3)
        var measured: [String] = []
        for fold in 0..<count {
            let (training, validation) = whole.parts(of: folds, fold: fold)
            #expect(Set(training.samples.map(\.id)).isDisjoint(with: validation.samples.map(\.id)))
            #expect(training.samples.count + validation.samples.count == 23)
            #expect((23 / count...23 / count + 1).contains(validation.samples.count))
            measured += validation.samples.map(\.id)
        }
        #expect(measured.sorted() == whole.samples.map(\.id).sorted())
    }

    @Test func aSeedAlwaysGivesTheSameFoldsWhateverTheOrderOfTheList() throws {
        let names = (0..<40).map { "n\($0)" }
        let folds = try Folds(of: dataset(names.map { _ in [0] }, names: names), count: 4, seed: 9)
        #expect(try Folds(of: dataset(names.map { _ in [0] }, names: names), count: 4, seed: 9) == folds)
        let reversed = try Folds(of: dataset(names.map { _ in [0] }, names: names.reversed()), count: 4, seed: 9)
        #expect(reversed.assignment == folds.assignment.reversed())
        #expect(try Folds(of: dataset(names.map { _ in [0] }, names: names), count: 4, seed: 10) != folds)
    }

    @Test func rareClassesAreSpreadOverTheFolds() throws {
        let whole = dataset((0..<60).map { $0 < 6 ? [0, 1] : [0] })
        let folds = try Folds(of: whole, count: 3, seed: 1)
        for fold in 0..<3 { #expect(folds.measured(in: fold).count { $0 < 6 } == 2) }
    }

    @Test func identicalFilesStayTogether() throws {
        let folder = try TemporaryFolder()
        let names = (0..<12).map { "\($0)" }
        for (index, name) in names.enumerated() {
            // Three pairs of identical files; all other files differ.
            let red = index < 6 ? UInt8(10 * (index / 2)) : UInt8(100 + 10 * index)
            try folder.image("images/\(name).jpg", red: red)
            try folder.write(
                annotation([object("cat", 1, 1, 20, 20)], filename: "\(name).jpg"), to: "annotations/\(name).xml")
        }
        let whole = try folder.index().dataset(split: "all")
        for seed in UInt64(0)..<8 {
            let folds = try Folds(of: whole, count: 3, seed: seed)
            let place = Dictionary(uniqueKeysWithValues: zip(whole.samples.map(\.id), folds.assignment))
            for pair in 0..<3 { #expect(place["\(2 * pair)"] == place["\(2 * pair + 1)"]) }
        }
        #expect(throws: DatasetError.tooFewForFolds(path: "all", images: 9, folds: 10)) {
            try Folds(of: whole, count: 10, seed: 0)
        }
    }

    @Test func filesThatAgreeOnlyAtTheirBeginningAreDifferent() throws {
        let folder = try TemporaryFolder()
        let beginning = Data(repeating: 7, count: 5000)
        let files = try [Data([1]), Data([2]), Data([1])].enumerated().map { index, end in
            try folder.write(beginning + end, to: "\(index).jpg")
        }
        let samples = (files + [files[1], folder.file("none.jpg"), folder.file("none too.jpg")]).map {
            Sample(id: $0.lastPathComponent, imageURL: $0, objects: [])
        }
        #expect(IdenticalImages.groups(of: samples) == [0, 1, 0, 1, 4, 5])
    }

    @Test func thePoolHasNoImageOfTheTestSplit() throws {
        let folder = try TemporaryFolder()
        for (index, name) in ["a", "b", "c", "d", "e"].enumerated() {
            try folder.image("JPEGImages/\(name).jpg", red: UInt8(20 * index))
            try folder.write(
                annotation([object("cat", 1, 1, 20, 20)], filename: "\(name).jpg"), to: "Annotations/\(name).xml")
        }
        try folder.write("a\nb\ne\n", to: "ImageSets/Main/train.txt")
        try folder.write("b\nc\n", to: "ImageSets/Main/val.txt")
        try folder.write("d\ne\n", to: "ImageSets/Main/test.txt")
        let pool = try folder.index().pool(of: ["train", "val"])
        #expect(pool.samples.map(\.id) == ["a", "b", "c"])
        #expect(pool.split == "train+val")
        // Without a validation split, `test` takes its place in training, but not here.
        try FileManager.default.removeItem(at: folder.file("ImageSets/Main/val.txt"))
        #expect(try folder.index().pool(of: ["train", "val"]).samples.map(\.id) == ["a", "b"])
    }
}
