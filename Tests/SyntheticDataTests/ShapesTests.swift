import DatasetChecks
import DatasetFixtures
import Datasets
import Foundation
import Images
import SyntheticData
import TestSupport
import Testing

@Suite struct ShapesTests {
    @Test func theSameSeedMakesTheSameFiles() throws {
        let folder = try TemporaryFolder()
        for (name, seed) in [("one", 4), ("two", 4), ("three", 5)] as [(String, UInt64)] {
            try ShapesSynthesizer(seed: seed, imageCount: 6, size: 48).write(to: folder.file(name))
        }
        let one = try folder.contents("one")
        #expect(one.count == 6 * 2 + 4)
        #expect(try folder.contents("two") == one)
        #expect(try folder.contents("three")["JPEGImages/000001.jpg"] != one["JPEGImages/000001.jpg"])
        #expect(throws: DatasetError.self) {
            try ShapesSynthesizer(seed: 4, imageCount: 1, size: 48).write(to: folder.file("one"))
        }
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let folder = try TemporaryFolder()
        let shapes = ShapesSynthesizer(seed: 2, imageCount: 32, size: 64)
        try shapes.write(to: folder.file("made"))
        let source = DatasetSource(root: folder.file("made"))
        let splits = try ["train", "val", "test"].map {
            try DatasetIndex(source).dataset(split: $0, classNames: ShapesSynthesizer.classNames)
        }
        #expect(splits.map(\.samples.count) == [24, 6, 2])
        #expect(splits.flatMap(\.problems) == [])
        for (index, sample) in splits.flatMap(\.samples).enumerated() {
            #expect(sample.objects == shapes.makeImage(index).objects)
            for object in sample.objects {
                #expect(object.box.clipped(width: 64, height: 64) == object.box)
                #expect(min(object.box.width, object.box.height) >= 2)
            }
        }
        let check = try DatasetCheck.run(source: source, inputSize: 64)
        #expect(check.problems.isEmpty)
        #expect(check.summary.ceiling.AP50 > 0.99)
        #expect(ShapesSynthesizer.classNames == ShapesSynthesizer.classNames.sorted())
    }

    @Test(arguments: [16, 17, 33]) func anySizeIsDrawn(size: Int) {
        let (image, _) = ShapesSynthesizer(seed: 9, imageCount: 1, size: size).makeImage(0)
        #expect((image.width, image.height) == (size, size))
    }

    @Test(arguments: ShapeKind.allCases) func distancesAreDistances(kind: ShapeKind) {
        // The outline: the points where the sign changes on a fine grid.
        let steps = (-60...60).map { Double($0) / 50 }
        var outline: [(x: Double, y: Double)] = []
        for x in steps {
            for y in steps where (kind.distance(x, y) < 0) != (kind.distance(x + 0.02, y) < 0) {
                outline.append((x + 0.01, y))
            }
            for y in steps where (kind.distance(x, y) < 0) != (kind.distance(x, y + 0.02) < 0) {
                outline.append((x, y + 0.01))
            }
        }
        for x in steps.enumerated().filter({ $0.offset % 7 == 0 }).map(\.element) {
            for y in steps.enumerated().filter({ $0.offset % 7 == 0 }).map(\.element) {
                let nearest = outline.map { (($0.x - x) * ($0.x - x) + ($0.y - y) * ($0.y - y)).squareRoot() }.min()
                #expect(abs(abs(kind.distance(x, y)) - (nearest ?? .infinity)) < 0.03)
            }
        }
        #expect(kind.distance(0, 0) < 0)
        #expect(kind.distance(0.99, 0.99) > 0)
        // The circumradius is 1.
        #expect(outline.map { ($0.x * $0.x + $0.y * $0.y).squareRoot() }.max().map { abs($0 - 1) < 0.03 } == true)
    }
}

@Suite struct CommittedShapesTests {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("Data/Shapes")

    @Test func theyAreWhatTheSeedMakes() throws {
        let source = DatasetSource(root: Self.folder)
        let shapes = ShapesSynthesizer(seed: 1, imageCount: 240, size: 128)
        let splits = try ["train", "val", "test"].map { try DatasetIndex(source).dataset(split: $0) }
        #expect(splits.map(\.samples.count) == [180, 45, 15])
        #expect(splits.flatMap(\.problems) == [])
        #expect(splits.allSatisfy { $0.classNames == ShapesSynthesizer.classNames })
        for (index, sample) in splits.flatMap(\.samples).enumerated() {
            let (image, objects) = shapes.makeImage(index)
            #expect(sample.objects == objects)
            // Another JPEG library may decode slightly different pixels, but not another image.
            let stored = try Image(contentsOf: sample.imageURL)
            let difference = zip(stored.pixels, image.pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            #expect(Double(difference) / Double(image.pixels.count) < 8, "\(sample.id)")
        }
    }

    @Test func theyAreSmall() throws {
        var bytes = 0
        for name in try FileManager.default.subpathsOfDirectory(atPath: Self.folder.path) {
            bytes += try Self.folder.appendingPathComponent(name).resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
        }
        #expect(bytes < 2_000_000)
    }
}
