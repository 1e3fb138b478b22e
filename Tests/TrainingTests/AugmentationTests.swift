import Boxes
import Datasets
import Foundation
import HeatmapTargets
import Images
import Tensors
import TestSupport
import Testing
import Training

extension AugmentationConfiguration {
    /// Draws the view of an image of these extents.
    func view(
        width: Int, height: Int, inputSize: InputExtent, random: inout SeededGenerator
    ) throws -> AffineMap<ImagePixels, InputPixels> {
        var draft = try SampleDraft(0, inputSize: inputSize, sampleCount: 1) { _ in
            SampleDraft.Part(
                image: ScaledImage(Image(width: width, height: height, fill: (0, 0, 0))), objects: [],
                file: URL(fileURLWithPath: "image"), view: SampleView(ofImage: width, height, in: inputSize),
                region: .whole(inputSize))
        }
        for transform in transforms { try transform.place(&draft, random: &random) }
        return draft.parts[0].view.map(inputSize: inputSize)
    }
}

extension AugmentationConfiguration {
    /// CenterNet's views, with the colours as they are, and a change.
    static func colorless(_ change: (inout AugmentationConfiguration) -> Void) -> AugmentationConfiguration {
        var configuration = AugmentationConfiguration()
        (configuration.brightness, configuration.contrast, configuration.saturation) = (0, 0, 0)
        configuration.lighting = 0
        change(&configuration)
        return configuration
    }
}

@Suite struct AugmentationTests {
    /// Returns where the bright rectangle of a black image lies after the warp: the box around all bright pixels.
    func brightBox(_ tensor: Tensor, size: Int) -> Box<InputPixels>? {
        var box: Box<InputPixels>?
        for row in 0..<size {
            for column in 0..<size where tensor[0, row, column] > 0.5 {
                let (x, y) = (Double(column), Double(row))
                box = Box(
                    xMin: min(box?.xMin ?? x, x), yMin: min(box?.yMin ?? y, y), xMax: max(box?.xMax ?? 0, x + 1),
                    yMax: max(box?.yMax ?? 0, y + 1))
            }
        }
        return box
    }

    @Test func boxesFollowPixels() throws {
        var image = Image(width: 200, height: 120, fill: (0, 0, 0))
        let object = Box<ImagePixels>(xMin: 60, yMin: 30, xMax: 130, yMax: 85)
        for y in 30..<85 { for x in 60..<130 { image[x, y] = (255, 255, 255) } }
        var configuration = AugmentationConfiguration()
        configuration.border = 50
        var flips = 0
        for seed in 0..<40 {
            var random = SeededGenerator(UInt64(seed))
            let view = try configuration.view(width: 200, height: 120, inputSize: 96, random: &random)
            if view.a < 0 { flips += 1 }
            let expected = view(object).clipped(width: 96, height: 96)
            let found = brightBox(image.warped(by: view, size: 96), size: 96)
            guard let found else {
                #expect(expected.width < 1 || expected.height < 1, "\(expected) has no bright pixel")
                continue
            }
            for (edge, wanted) in [
                (found.xMin, expected.xMin), (found.yMin, expected.yMin), (found.xMax, expected.xMax),
                (found.yMax, expected.yMax),
            ] { #expect(abs(edge - wanted) <= 1, "\(found) where \(expected) was expected") }
        }
        #expect((8...32).contains(flips), "\(flips) of 40 views are mirrored")
    }

    @Test func viewsStayWithinTheRules() throws {
        let configuration = AugmentationConfiguration()
        var scales: Set<Int> = []
        for seed in 0..<400 {
            var random = SeededGenerator(UInt64(seed), 1)
            let view = try configuration.view(width: 400, height: 200, inputSize: 128, random: &random)
            let scale = 128 / (abs(view.a) * 400)
            scales.insert(Int((scale * 10).rounded()))
            #expect(abs(scale * 10 - (scale * 10).rounded()) < 1e-9)
            guard let center = view.inverse?(x: 64, y: 64) else {
                Issue.record("a view cannot be inverted")
                return
            }
            // 400 - 128 > 128 keeps the border; 200 - 128 <= 128 halves it.
            #expect((128...272).contains(center.x) && (64...136).contains(center.y), "\(center)")
        }
        #expect(scales == Set(6...13))
    }

    @Test func imageOfOnePixelHasAView() throws {
        var random = SeededGenerator(5)
        let view = try AugmentationConfiguration().view(width: 1, height: 1, inputSize: 32, random: &random)
        #expect(view.inverse != nil)
    }

    @Test func noAugmentationIsTheWholeImage() throws {
        var random = SeededGenerator(5)
        let view = try AugmentationConfiguration.none.view(width: 300, height: 100, inputSize: 64, random: &random)
        #expect(view == .wholeImage(width: 300, height: 100, inputSize: 64))
    }

    /// Compares the composed transform with the steps of CenterNet's `color_aug`, applied one after the other to one pixel.
    @Test func composedColorsAreTheStepsInTurn() {
        let pixel: [Double] = [0.8, 0.3, 0.1]
        let gray = 0.299 * pixel[0] + 0.587 * pixel[1] + 0.114 * pixel[2]
        let meanGray = 0.45
        var transform = ColorTransform()
        transform.saturation(0.7)
        transform.brightness(1.2)
        transform.contrast(1.3, meanGray: Float(meanGray))
        transform.add(SIMD3(0.01, -0.02, 0.03))
        transform.normalize(mean: [0.5, 0.4, 0.3], deviation: [0.2, 0.3, 0.4])
        var tensor = Tensor([3, 1, 1], elements: pixel.map(Float.init))
        tensor.withMutableView { transform.apply(to: $0) }
        for channel in 0..<3 {
            var value = 0.7 * pixel[channel] + 0.3 * gray
            value *= 1.2
            value = 1.3 * value - 0.3 * meanGray
            value += [0.01, -0.02, 0.03][channel]
            value = (value - [0.5, 0.4, 0.3][channel]) / [0.2, 0.3, 0.4][channel]
            #expect(abs(Double(tensor[channel, 0, 0]) - value) < 1e-5)
        }
    }

    /// In a whole sample, the target's peak lies on the bright rectangle, in its class.
    @Test(arguments: [
        AugmentationConfiguration.colorless { _ in }, .colorless { $0.verticalFlipProbability = 1 },
        .colorless { $0.quarterTurns = true }, .colorless { $0.rotation = 40 }, .colorless { $0.mosaic = 1 },
        .colorless { ($0.mosaic, $0.rotation, $0.verticalFlipProbability) = (1, 20, 0.5) },
        .colorless { $0.copyPaste = 5 },
    ]) func targetsStandOnTheObjects(configuration: AugmentationConfiguration) throws {
        let folder = try TemporaryFolder()
        let dataset = try rectangles(in: folder.url, count: 6)
        let loader = SampleLoader(
            dataset: dataset, inputSize: 64, mean: [0, 0, 0], standardDeviation: [1, 1, 1],
            augmentation: configuration, seed: 3)
        var checked = 0
        for index in 0..<6 {
            for epoch in 0..<4 {
                let sample = try loader.load(index, epoch: epoch, position: index)
                for center in sample.targets.centers where center.width > 3 && center.height > 3 {
                    // Where the box of a turned rectangle is cut, its middle need not be on the rectangle.
                    let (x, y) = (Float(center.column) + center.offsetX, Float(center.row) + center.offsetY)
                    let reach = (max(abs(x - 8), abs(y - 8)), max(center.width, center.height) / 2)
                    if configuration.rotation > 0 && reach.0 + reach.1 > 7.9 { continue }
                    let (row, column) = (4 * center.row + 2, 4 * center.column + 2)
                    let (red, blue) = (sample.input[0, row, column], sample.input[2, row, column])
                    #expect(center.classIndex == 1 ? red > blue + 0.3 : blue > red + 0.3)
                    #expect(sample.targets.heatmap[center.classIndex, center.row, center.column] == 1)
                    checked += 1
                }
            }
        }
        #expect(checked > 8)
    }
}

/// What transforms may do beyond those that there are.
@Suite struct SampleDraftTests {
    private func draft(_ images: [Image], objects: [[AnnotatedObject]]) throws -> SampleDraft {
        try SampleDraft(0, inputSize: 64, sampleCount: images.count) { index in
            SampleDraft.Part(
                image: ScaledImage(images[index]), objects: objects[index], file: URL(fileURLWithPath: "\(index)"),
                view: SampleView(ofImage: images[index].width, images[index].height, in: 64), region: .whole(64))
        }
    }

    /// Objects turn with their image: a quarter turn takes the right edge to the lower one.
    @Test func turnedObjectsFollowTheirPixels() throws {
        var image = Image(width: 64, height: 64, fill: (0, 0, 0))
        for y in 20..<30 { for x in 40..<60 { image[x, y] = (255, 255, 255) } }
        let object = AnnotatedObject(
            classIndex: 0, className: "a", box: Box(xMin: 40, yMin: 20, xMax: 60, yMax: 30))
        var draft = try draft([image], objects: [[object]])
        draft.parts[0].view.angle = .pi / 2
        let box = draft.parts[0].view.map(inputSize: 64)(object.box)
        #expect(abs(box.xMin - 34) < 1e-9 && abs(box.yMin - 40) < 1e-9)
        #expect(abs(box.xMax - 44) < 1e-9 && abs(box.yMax - 60) < 1e-9)
        var input = Tensor([3, 64, 64])
        _ = input.withMutableView { draft.draw(into: $0) }
        #expect(input[0, 50, 39] > 0.99 && input[0, 50, 30] < 0.01 && input[0, 36, 39] < 0.01)
    }

    /// Two images side by side, as a mosaic has them: each is drawn in its region, and objects end at its edge.
    @Test func severalImagesShareTheInput() throws {
        let images = [(255, 0), (0, 255)].map { Image(width: 64, height: 64, fill: (UInt8($0.0), UInt8($0.1), 0)) }
        let object = AnnotatedObject(
            classIndex: 0, className: "a", box: Box(xMin: 8, yMin: 8, xMax: 56, yMax: 24))
        var draft = try draft(images, objects: [[object], [object]])
        draft.parts.append(try draft.part(1))
        draft.parts[0].region = InputRegion(x: 0, y: 0, width: 32, height: 64)
        draft.parts[1].region = InputRegion(x: 32, y: 0, width: 32, height: 64)
        var input = Tensor([3, 64, 64])
        let gray = input.withMutableView { draft.draw(into: $0) }
        #expect(input[0, 10, 31] == 1 && input[1, 10, 31] == 0 && input[0, 10, 32] == 0 && input[1, 10, 32] == 1)
        #expect(abs(gray - (0.299 + 0.587) / 2) < 1e-3)
        let objects = draft.parts.flatMap { $0.targetObjects(inputSize: 64, skeleton: nil) }
        #expect(objects.map(\.box.xMin) == [2, 8] && objects.map(\.box.xMax) == [8, 14])
    }

    /// What was mirrored or moved shows the same pixels as before, elsewhere.
    @Test func viewsAreMirroredAndMovedAsTheyAreShown() {
        var view = SampleView(ofImage: 100, 60, in: 64)
        (view.centerX, view.centerY, view.side, view.angle, view.isMirrored) = (40, 20, 50, 0.7, true)
        let before = view.map(inputSize: 64)(x: 33, y: 25)
        var moved = view
        moved.move(x: 5, y: -3, inputSize: 64)
        let after = moved.map(inputSize: 64)(x: 33, y: 25)
        #expect(abs(after.x - before.x - 5) < 1e-9 && abs(after.y - before.y + 3) < 1e-9)
        view.mirror()
        let mirrored = view.map(inputSize: 64)(x: 33, y: 25)
        #expect(abs(mirrored.x - (64 - before.x)) < 1e-9 && abs(mirrored.y - before.y) < 1e-9)
    }

    /// Mosaics and pasted objects end before the run does.
    @Test func theLastEpochsAreOfOneImageEach() throws {
        let folder = try TemporaryFolder()
        let dataset = try rectangles(in: folder.url, count: 6)
        let configuration = AugmentationConfiguration.colorless { ($0.mosaic, $0.closingShare) = (1, 0.2) }
        func sample(_ configuration: AugmentationConfiguration, epoch: Int) throws -> Tensor {
            try SampleLoader(
                dataset: dataset, inputSize: 64, mean: [0, 0, 0], standardDeviation: [1, 1, 1],
                augmentation: configuration, seed: 3, epochs: 10
            ).load(2, epoch: epoch, position: 2).input
        }
        let plain = AugmentationConfiguration.colorless { _ in }
        #expect(try sample(configuration, epoch: 7) != sample(plain, epoch: 7))
        #expect(try sample(configuration, epoch: 8) == sample(plain, epoch: 8))
    }

    /// Whoever has one object in a hundred is pasted as often as the others.
    @Test func rareObjectsArePastedAsOftenAsOthers() throws {
        let folder = try TemporaryFolder()
        let image = folder.file("a.png")
        try Image(width: 64, height: 64, fill: (90, 90, 90)).writePNG(to: image)
        let samples = (0..<20).map { index in
            Sample(
                id: "\(index)", imageURL: image, annotationURL: nil,
                objects: [
                    AnnotatedObject(
                        classIndex: index == 0 ? 1 : 0, className: index == 0 ? "rare" : "common",
                        box: Box(xMin: 4, yMin: 4, xMax: 16, yMax: 14))
                ], width: 64, height: 64)
        }
        let dataset = DetectionDataset(classNames: ["common", "rare"], samples: samples, split: "train")
        let loader = SampleLoader(
            dataset: dataset, inputSize: 64, mean: [0, 0, 0], standardDeviation: [1, 1, 1],
            augmentation: .colorless {
                ($0.copyPaste, $0.minimumScale, $0.maximumScale, $0.movesCenter) = (4, 1, 1, false)
            }, seed: 1)
        var counts = [0, 0]
        for position in 0..<200 {
            for object in try loader.load(1 + position % 19, epoch: 0, position: position).objects.dropFirst() {
                counts[object.classIndex] += 1
                // Pasted whole, at its own size.
                #expect(abs(object.box.width - 3) < 1e-9 && abs(object.box.height - 2.5) < 1e-9)
            }
        }
        #expect(counts[0] > 100 && counts[1] > 100, "\(counts)")
    }

    @Test func presetsAreNamed() {
        var configuration = AugmentationConfiguration()
        #expect(configuration.preset == .published)
        for preset in AugmentationConfiguration.Preset.allCases where preset != .custom {
            configuration.preset = preset
            #expect(configuration.preset == preset)
        }
        configuration.preset = .none
        #expect(configuration == .none)
        configuration.brightness = 0.1
        configuration.preset = .custom
        #expect(configuration.preset == .custom && configuration.brightness == 0.1)
    }
}
