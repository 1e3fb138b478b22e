import Boxes
import DatasetChecks
import DatasetFixtures
import Datasets
import Foundation
import SyntheticData
import TestSupport
import Testing

@Suite struct FiguresTests {
    @Test func theSameSeedMakesTheSameFiles() throws {
        let folder = try TemporaryFolder()
        for (name, seed) in [("one", 4), ("two", 4), ("three", 5)] as [(String, UInt64)] {
            try FiguresSynthesizer(seed: seed, imageCount: 6, size: 48).write(to: folder.file(name))
        }
        let one = try folder.contents("one")
        #expect(one.count == 6 + 2)
        #expect(try folder.contents("two") == one)
        #expect(try folder.contents("three")["images/000001.jpg"] != one["images/000001.jpg"])
        #expect(throws: DatasetError.self) {
            try FiguresSynthesizer(seed: 4, imageCount: 1, size: 48).write(to: folder.file("one"))
        }
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let folder = try TemporaryFolder()
        let figures = FiguresSynthesizer(seed: 2, imageCount: 32, size: 64)
        try figures.write(to: folder.file("made"))
        let source = DatasetSource(root: folder.file("made"))
        let splits = try ["train", "val", "test"].map { try DatasetIndex(source).dataset(split: $0) }
        #expect(splits.map(\.samples.count) == [24, 6, 2])
        #expect(splits.flatMap(\.problems) == [])
        #expect(splits.allSatisfy { $0.skeleton == FiguresSynthesizer.skeleton })
        var looks: Set<KeypointVisibility> = []
        for (index, sample) in splits.flatMap(\.samples).enumerated() {
            let made = figures.makeImage(index).objects
            #expect(sample.objects.map(\.box) == made.map(\.box) && sample.objects.map(\.area) == made.map(\.area))
            for (read, drawn) in zip(sample.objects.flatMap(\.keypoints), made.flatMap(\.keypoints)) {
                #expect(read.visibility == drawn.visibility)
                #expect(abs(read.x - drawn.x) <= 0.005 && abs(read.y - drawn.y) <= 0.005)
                looks.insert(read.visibility)
            }
        }
        // Some keypoints are behind other figures, some outside.
        #expect(looks == [.absent, .hidden, .visible])
        #expect(try DatasetCheck.run(source: source, inputSize: 64).problems.isEmpty)
    }

    @Test func figuresFaceTheViewer() {
        let skeleton = FiguresSynthesizer.skeleton
        #expect(skeleton.mirrorPairs.count == 6 && skeleton.keypointCount == 13)
        for index in 0..<20 {
            for object in FiguresSynthesizer(seed: 3, imageCount: 1, size: 96).makeImage(index).objects {
                let (left, right) = (object.keypoints[1], object.keypoints[2])
                if left.isAnnotated && right.isAnnotated { #expect(left.x > right.x) }
            }
        }
    }
}
