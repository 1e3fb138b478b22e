import Boxes
import Datasets
import Foundation
import Graphs
import HeatmapTargets
import TestSupport
import Testing
import Training

/// Crowds and ignored objects from the data set to the targets, and training without any objects.
@Suite struct IgnoredObjectTests {
    private func loader(_ dataset: DetectionDataset) -> SampleLoader {
        SampleLoader(
            dataset: dataset, inputSize: 64, mean: [0, 0, 0], standardDeviation: [1, 1, 1], augmentation: .none,
            seed: 3)
    }

    @Test func theyMaskTheirCellsAndNothingElse() throws {
        let folder = try TemporaryFolder()
        let plain = try rectangles(in: folder.url, count: 2)
        var masked = plain
        let classIndex = plain.samples[0].objects[0].classIndex
        var crowd = AnnotatedObject(
            classIndex: classIndex, className: fixtureClasses[classIndex],
            box: Box(xMin: 0, yMin: 0, xMax: 80, yMax: 64), crowd: true)
        #expect(crowd.isIgnored)
        crowd.crowd = false
        masked.samples[0].objects.append(crowd)
        let before = try loader(plain).load(0, epoch: 0, position: 0).targets
        let after = try loader(masked).load(0, epoch: 0, position: 0).targets
        #expect(after.centers == before.centers && after.peakCount == before.peakCount)
        let cells = after.heatmap.elements.count / 2
        for (index, value) in after.heatmap.elements.enumerated() {
            let old = before.heatmap.elements[index]
            if index / cells != classIndex { #expect(value == old) } else { #expect(value == max(old, value)) }
        }
        #expect(after.heatmap.elements.count { $0 == DetectionTargets.ignoredTarget } > cells / 2)
    }

    @Test func difficultObjectsAreIgnoredWhereTheSourceSaysSo() throws {
        let folder = try TemporaryFolder()
        _ = try rectangles(in: folder.url, count: 1)
        let object = { (difficult: Int) in
            "<object><name>red</name><difficult>\(difficult)</difficult><bndbox><xmin>5</xmin><ymin>5</ymin><xmax>40</xmax>"
                + "<ymax>\(30 + difficult)</ymax></bndbox></object>"
        }
        try folder.write("<annotation>\(object(0))\(object(1))</annotation>", to: "train-0.xml")
        for difficult in DifficultObjects.allCases {
            let source = DatasetSource(root: folder.url, difficult: difficult)
            let data = try DatasetIndex(source).dataset(split: "all", classNames: fixtureClasses)
            #expect(data.samples[0].objects.map(\.difficult) == [false, true])
            #expect(data.samples[0].objects.map(\.isIgnored) == [false, difficult == .ignore])
            let targets = try loader(data).load(0, epoch: 0, position: 0).targets
            #expect(targets.centers.count == (difficult == .ignore ? 1 : 2))
            #expect(targets.heatmap.elements.contains(DetectionTargets.ignoredTarget) == (difficult == .ignore))
        }
    }

    @Test(arguments: [true, false]) func trainingOnNothingIsRefused(hasIgnored: Bool) throws {
        let folder = try TemporaryFolder()
        var data = try rectangles(in: folder.url, count: 4)
        for sample in data.samples.indices {
            if hasIgnored {
                for object in data.samples[sample].objects.indices {
                    data.samples[sample].objects[object].isIgnored = true
                }
            } else {
                data.samples[sample].objects = []
            }
        }
        #expect(throws: TrainingError.noObjects(split: "train", images: 4)) {
            try Trainer(
                model: smallModel(), training: data, validation: nil, configuration: TrainingConfiguration(),
                backend: ReferenceBackend(), runFolder: folder.file("run"))
        }
    }
}
