import Boxes
import DatasetChecks
import DatasetFixtures
import Datasets
import Foundation
import SyntheticData
import TestSupport
import Testing

@Suite struct PointsTests {
    @Test func theSameSeedMakesTheSameFiles() throws {
        let folder = try TemporaryFolder()
        for (name, seed) in [("one", 4), ("two", 4), ("three", 5)] as [(String, UInt64)] {
            try PointsSynthesizer(seed: seed, imageCount: 4, size: 48).write(to: folder.file(name))
        }
        let one = try folder.contents("one")
        #expect(one.count == 4 + 1)
        #expect(try folder.contents("two") == one)
        #expect(try folder.contents("three")["points.csv"] != one["points.csv"])
        #expect(throws: DatasetError.self) {
            try PointsSynthesizer(seed: 4, imageCount: 1, size: 48).write(to: folder.file("one"))
        }
    }

    @Test func whatIsWrittenIsReadBackAndChecked() throws {
        let folder = try TemporaryFolder()
        let points = PointsSynthesizer(seed: 2, imageCount: 32, size: 96)
        try points.write(to: folder.file("made"))
        let source = DatasetSource(root: folder.file("made"))
        let index = try DatasetIndex(source)
        #expect(index.format == .csv && index.objectKind == .points && index.classNames == ["disc", "ring"])
        let splits = try ["train", "val", "test"].map { try index.dataset(split: $0) }
        #expect(splits.map(\.samples.count) == [24, 6, 2])
        #expect(splits.flatMap(\.problems) == [])
        for (index, sample) in splits.flatMap(\.samples).enumerated() {
            let made = points.makeImage(index).objects
            #expect(sample.objects.map(\.className) == made.map(\.className))
            for (read, drawn) in zip(sample.objects, made) {
                #expect(read.kind == .points && read.box.centerDistance(to: drawn.box) <= 0.008)
            }
        }
        let check = try DatasetCheck.run(source: source, inputSize: 192)
        #expect(check.problems.isEmpty && check.summary.objectKind == .points)
        let (boxes, ceiling) = (check.summary.boxes, check.summary.ceiling)
        #expect(boxes.widths.isEmpty && boxes.spacing.count == 7 && boxes.spacing == boxes.spacing.sorted())
        #expect(ceiling.AP > 0.9 && ceiling.lostObjects < check.summary.objects / 20)
        let text = check.text()
        for part in ["Points, for input size 192", "cells to the nearest of its class", "Ceiling"] {
            #expect(text.contains(part), "\(part)")
        }
    }

    @Test("Points can be copied as COCO only")
    func copies() throws {
        let folder = try TemporaryFolder()
        try PointsSynthesizer(seed: 2, imageCount: 4, size: 64).write(to: folder.file("made"))
        let check = try DatasetCheck.run(source: DatasetSource(root: folder.file("made")), inputSize: 64)
        try check.fix(into: folder.file("copy"))
        let copy = try DatasetIndex(DatasetSource(root: folder.file("copy")))
        #expect(copy.format == .coco && copy.objectKind == .points)
        let places = try [check.index, copy].map { index in
            try index.dataset(split: "all").samples.map { $0.objects.map(\.box) }
        }
        #expect(places[0] == places[1] && places[0].contains { !$0.isEmpty })
    }

    @Test("Crowds of many hundreds occur, and no image has more than a thousand points, all of them inside")
    func crowds() {
        let points = PointsSynthesizer(seed: 1, imageCount: 1, size: 256)
        let counts = (0..<12).map { index in
            let objects = points.makeImage(index).objects
            #expect(objects.allSatisfy { (0...256).contains($0.box.centerX) && (0...256).contains($0.box.centerY) })
            return objects.count
        }
        #expect(counts.contains { $0 > 300 } && counts.contains { $0 < 60 } && counts.allSatisfy { $0 <= 1000 })
    }
}
