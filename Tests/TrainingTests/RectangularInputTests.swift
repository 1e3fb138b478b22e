import Boxes
import Datasets
import Foundation
import Graphs
import HeatmapTargets
import Images
import Networks
import Tensors
import TestSupport
import Testing
import Training

/// Inputs whose height and width differ, in training.
@Suite struct RectangularInputTests {
    static let extents = [
        InputExtent(rows: 64, columns: 96), InputExtent(rows: 96, columns: 64), InputExtent(rows: 32, columns: 128),
    ]

    private func loader(
        _ dataset: DetectionDataset, _ extent: InputExtent, _ augmentation: AugmentationConfiguration
    ) -> SampleLoader {
        SampleLoader(
            dataset: dataset, inputSize: extent, mean: [0, 0, 0], standardDeviation: [1, 1, 1],
            augmentation: augmentation, seed: 11)
    }

    /// From a box in image pixels to targets in cells, and from these back: the same box, wherever the view puts it.
    @Test(arguments: extents)
    func boxesComeBackFromTheirTargets(extent: InputExtent) throws {
        let folder = try TemporaryFolder()
        let dataset = try rectangles(in: folder.url, count: 6)
        let augmentation = AugmentationConfiguration.colorless { $0.border = 16 }
        var checked = 0
        for (augmentation, epochs) in [(AugmentationConfiguration.none, 1), (augmentation, 8)] {
            let loader = loader(dataset, extent, augmentation)
            for epoch in 0..<epochs {
                for index in 0..<6 {
                    let sample = try loader.load(index, epoch: epoch, position: index)
                    #expect(sample.input.shape == [3, extent.rows, extent.columns])
                    #expect(sample.targets.heatmap.shape == [2, extent.rows / 4, extent.columns / 4])
                    let cells = sample.view.followed(by: .outputStride(4))
                    let back = try #require(cells.inverse)
                    let visible = Box<OutputCells>(
                        xMin: 0, yMin: 0, xMax: Double(extent.columns / 4), yMax: Double(extent.rows / 4))
                    let inside = dataset.samples[index].objects.filter { object in
                        let box = cells(object.box)
                        return box.xMin >= 0 && box.yMin >= 0 && box.xMax <= visible.xMax && box.yMax <= visible.yMax
                    }
                    for object in inside {
                        let found = sample.targets.centers.contains { center in
                            let box = back(
                                Box<OutputCells>(
                                    centerX: Double(center.column) + Double(center.offsetX),
                                    centerY: Double(center.row) + Double(center.offsetY), width: Double(center.width),
                                    height: Double(center.height)))
                            return center.classIndex == object.classIndex
                                && sample.targets.heatmap[center.classIndex, center.row, center.column] == 1
                                && box.intersectionOverUnion(object.box) > 0.9999
                        }
                        #expect(found, "\(object.box) of image \(index), epoch \(epoch)")
                        checked += 1
                    }
                }
            }
        }
        #expect(checked > 12)
    }

    /// Without augmentation, all of an image is shown as validation shows it.
    @Test(arguments: extents)
    func noAugmentationIsTheWholeImage(extent: InputExtent) throws {
        var random = SeededGenerator(5)
        for (width, height) in [(300, 100), (100, 300), (80, 64)] {
            let view = try AugmentationConfiguration.none.view(
                width: width, height: height, inputSize: extent, random: &random)
            #expect(view == .wholeImage(width: width, height: height, inputSize: extent))
        }
    }

    /// Bright pixels are where the view puts the box, with every transform that places images.
    @Test(arguments: extents)
    func boxesFollowPixels(extent: InputExtent) throws {
        let folder = try TemporaryFolder()
        let file = folder.file("a.png")
        var image = Image(width: 120, height: 90, fill: (0, 0, 0))
        let box = Box<ImagePixels>(xMin: 40, yMin: 30, xMax: 70, yMax: 54)
        for y in 30..<54 { for x in 40..<70 { image[x, y] = (255, 255, 255) } }
        try image.writePNG(to: file)
        let object = AnnotatedObject(classIndex: 0, className: "a", box: box)
        let samples = (0..<3).map {
            Sample(id: "\($0)", imageURL: file, annotationURL: nil, objects: [object], width: 120, height: 90)
        }
        let dataset = DetectionDataset(classNames: ["a"], samples: samples, split: "train")
        let changes: [(inout AugmentationConfiguration) -> Void] = [
            { _ in }, { $0.quarterTurns = true }, { $0.verticalFlipProbability = 0.5 }, { $0.copyPaste = 2 },
            { $0.mosaic = 1 },
        ]
        for (number, change) in changes.enumerated() {
            let isMosaic = number == 4
            let loader = loader(
                dataset, extent,
                .colorless {
                    $0.border = 16
                    change(&$0)
                })
            for position in 0..<12 {
                let sample = try loader.load(position % 3, epoch: 0, position: position)
                var expected = Tensor([extent.rows, extent.columns])
                for object in sample.objects {
                    for row in 0..<extent.rows {
                        for column in 0..<extent.columns {
                            let (x, y) = ((Double(column) + 0.5) / 4, (Double(row) + 0.5) / 4)
                            if x > object.box.xMin && x < object.box.xMax && y > object.box.yMin && y < object.box.yMax
                            {
                                expected[row, column] = 1
                            }
                        }
                    }
                }
                var (missing, surplus) = (0.0, 0.0)
                for row in 0..<extent.rows {
                    for column in 0..<extent.columns {
                        let difference = Double(expected[row, column] - sample.input[0, row, column])
                        if difference > 0 { missing += difference } else { surplus -= difference }
                    }
                }
                // Edges are smooth, and what little a mosaic leaves of an object at the edge of its part is not annotated.
                let outline = sample.objects.reduce(20.0) { $0 + 4 * ($1.box.width + $1.box.height) }
                #expect(missing < outline && (surplus < outline || isMosaic), "\(missing), \(surplus) for \(outline)")
            }
        }
    }

    /// A quarter turn shows an image as large as the input allows.
    @Test func turnedImagesFillTheInput() throws {
        let (extent, image) = (InputExtent(rows: 64, columns: 128), (width: 64, height: 128))
        var configuration = AugmentationConfiguration.none
        configuration.quarterTurns = true
        var widths: Set<Int> = []
        for seed in 0..<20 {
            var random = SeededGenerator(UInt64(seed))
            let view = try configuration.view(
                width: image.width, height: image.height, inputSize: extent, random: &random)
            let box = view(Box(xMin: 0, yMin: 0, xMax: 64, yMax: 128))
            #expect(box.xMin > -1e-9 && box.yMin > -1e-9 && box.xMax < 128 + 1e-9 && box.yMax < 64 + 1e-9)
            widths.insert(Int(box.width.rounded()))
        }
        #expect(widths == [32, 128])
    }

    @Test(arguments: [InputExtent(rows: 64, columns: 96), InputExtent(rows: 96, columns: 32)])
    func tinyTraining(extent: InputExtent) throws {
        let folder = try TemporaryFolder()
        let images = try rectangles(in: folder.url, count: 8)
        var configuration = TrainingConfiguration()
        (configuration.epochs, configuration.batchSize, configuration.warmUpSteps) = (6, 4, 2)
        (configuration.evaluateEvery, configuration.checkpointSeconds) = (6, 1e6)
        configuration.augmentation.border = 16
        let model = try Model(
            network: NetworkConfiguration(name: "compact", classCount: 2, headChannels: 16),
            classNames: fixtureClasses, inputSize: extent, seed: 3)
        var losses: [Double] = []
        let trainer = try Trainer(
            model: model, training: images, validation: images, configuration: configuration,
            backend: ReferenceBackend(), runFolder: folder.url.appendingPathComponent("run"),
            report: { if case .epochFinished(let record) = $0 { losses.append(record.losses.total) } })
        #expect(try trainer.run().steps == 12)
        #expect(losses.count == 6 && (losses.dropFirst(3).min() ?? .infinity) < losses[0], "\(losses)")
        let saved = try Model.load(folder.url.appendingPathComponent("run"))
        #expect(saved.inputSize == extent)
    }
}
