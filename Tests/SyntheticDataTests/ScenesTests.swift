import DatasetChecks
import DatasetFixtures
import Datasets
import Foundation
import Images
import SyntheticData
import Tensors
import TestSupport
import Testing

@Suite struct ScenesTests {
    @Test func theSameSeedMakesTheSameFilesOnAnyNumberOfThreads() throws {
        let folder = try TemporaryFolder()
        for (name, seed, workers) in [("one", 4, 1), ("two", 4, 3), ("three", 5, 1)] as [(String, UInt64, Int)] {
            try Parallel.withWorkers(workers) {
                try ScenesSynthesizer(seed: seed, imageCount: 6, size: 48).write(to: folder.file(name))
            }
        }
        let one = try folder.contents("one")
        #expect(one.count == 6 * 2 + 4)
        #expect(try folder.contents("two") == one)
        #expect(try folder.contents("three")["JPEGImages/000001.jpg"] != one["JPEGImages/000001.jpg"])
        #expect(throws: DatasetError.self) {
            try ScenesSynthesizer(seed: 4, imageCount: 1, size: 48).write(to: folder.file("one"))
        }
    }

    @Test func imagesDoNotDependOnTheirNumber() {
        let (image, objects) = ScenesSynthesizer(seed: 4, imageCount: 1, size: 48).makeImage(3)
        let other = ScenesSynthesizer(seed: 4, imageCount: 9, size: 48).makeImage(3)
        #expect(other.image == image && other.objects == objects)
        #expect(ScenesSynthesizer(seed: 4, imageCount: 9, size: 48).makeImage(4).image != image)
    }

    @Test func whatIsWrittenIsReadBack() throws {
        let folder = try TemporaryFolder()
        let scenes = ScenesSynthesizer(seed: 2, imageCount: 32, size: 96)
        try scenes.write(to: folder.file("made"))
        let source = DatasetSource(root: folder.file("made"))
        let splits = try ["train", "val", "test"].map {
            try DatasetIndex(source).dataset(split: $0, classNames: scenes.classNames)
        }
        #expect(splits.map(\.samples.count) == [24, 6, 2])
        #expect(splits.flatMap(\.problems) == [])
        for (index, sample) in splits.flatMap(\.samples).enumerated() {
            #expect(sample.objects == scenes.makeImage(index).objects)
            for object in sample.objects {
                #expect(object.box.clipped(width: 96, height: 96) == object.box)
                #expect(min(object.box.width, object.box.height) >= 3)
            }
        }
    }

    @Test(arguments: [16, 17, 33]) func anySizeIsDrawn(size: Int) {
        for index in 0..<24 {
            let (image, _) = ScenesSynthesizer(seed: 9, imageCount: 1, size: size).makeImage(index)
            #expect((image.width, image.height) == (size, size))
        }
    }

    @Test func classesAreFormsOfMaterials() {
        #expect(ScenesSynthesizer.maximumClassCount == SceneForm.allCases.count * SceneMaterial.allCases.count)
        for count in [1, 5, 20, 33, ScenesSynthesizer.maximumClassCount] {
            let names = ScenesSynthesizer(imageCount: 1, size: 32, classCount: count).classNames
            #expect(names.count == count && names == names.sorted() && Set(names).count == count)
        }
        // Few classes are forms of any material; of more, the first have different forms and all materials.
        let forms = SceneForm.allCases.count
        #expect(SceneClass.first(forms).allSatisfy { $0.material == nil && $0.name == $0.form.rawValue })
        let more = SceneClass.first(forms + 1)
        #expect(Set(more.map(\.form)).count == forms && !more.contains { $0.material == nil })
        #expect(Set(more.map(\.material)).count == SceneMaterial.allCases.count)
    }

    @Test(arguments: [6, ScenesSynthesizer.maximumClassCount]) func everyClassOccursAndNoOther(count: Int) {
        let scenes = ScenesSynthesizer(seed: 1, imageCount: 1, size: 64, classCount: count)
        var seen = [Int](repeating: 0, count: count)
        for index in 0..<count * 4 {
            var classes: Set<Int> = []
            for object in scenes.makeImage(index).objects {
                #expect(object.className == scenes.classNames[object.classIndex])
                classes.insert(object.classIndex)
            }
            for number in classes { seen[number] += 1 }
        }
        #expect(seen.allSatisfy { $0 >= 2 }, "\(seen)")
    }

    @Test func objectsAreOfAllSizesAndNumbers() {
        let scenes = ScenesSynthesizer(seed: 7, imageCount: 1, size: 128)
        var sides: [Double] = []
        var counts: [Int] = []
        for index in 0..<200 {
            let objects = scenes.makeImage(index).objects
            counts.append(objects.count)
            sides += objects.map { max($0.box.width, $0.box.height) / 128 }
        }
        // Each range is twice the one before it.
        for low in [0.03, 0.06, 0.12, 0.24, 0.48] {
            let share = Double(sides.count { $0 >= low && $0 < 2 * low }) / Double(sides.count)
            #expect(share > 0.01, "\(low): \(share)")
        }
        #expect(
            counts.contains(0) && counts.contains(1) && counts.contains { $0 > 30 } && counts.allSatisfy { $0 <= 100 })
        #expect(counts.sorted()[100] >= 3)
    }

    @Test func imagesHaveTheSpectrumOfPhotographs() {
        // Neighbours are alike, distant pixels less so, and no octave is missing: the mean difference grows with each doubling.
        let scenes = ScenesSynthesizer(seed: 3, imageCount: 1, size: 128)
        var differences = [Double](repeating: 0, count: 6)
        for index in 0..<60 {
            let image = scenes.makeImage(index).image
            for (octave, lag) in [1, 2, 4, 8, 16, 32].enumerated() {
                var sum = 0
                for y in stride(from: 0, to: 128, by: 3) {
                    for x in stride(from: 0, to: 128 - lag, by: 3) {
                        sum += abs(Int(image[x, y].g) - Int(image[x + lag, y].g))
                    }
                }
                differences[octave] += Double(sum) / Double(128 - lag)
            }
        }
        for (near, far) in zip(differences, differences.dropFirst()) {
            #expect(far / near > 1.05 && far / near < 2, "\(differences)")
        }
    }
}
