import Boxes
import Datasets
import Evaluation
import Foundation
import Graphs
import Images
import Inference
import Networks
import PeakDecoding
import Tensors
import Testing

/// A network that needs no training: brightness gives the heatmap's logit, sizes and offsets are constant.
private struct Brightness: Operator {
    static let kind = "Brightness"
    let channels: Int
    let gain: Float
    let constant: Float
    /// The increase of the values from left to right, which is reversed in a mirrored image.
    var slope: Float = 0

    func outputShape(_ inputs: [[Int]]) throws(ShapeError) -> [Int] {
        [inputs[0][0], channels, inputs[0][2] / 4, inputs[0][3] / 4]
    }

    func forward(_ call: ForwardCall) {
        let (input, output) = (call.inputs[0], call.output)
        let (rows, columns) = (output.shape[2], output.shape[3])
        for index in 0..<output.count {
            let (column, row) = (index % columns, index / columns % rows)
            let (channel, image) = (index / (rows * columns) % channels, index / (rows * columns * channels))
            var sum: Float = 0
            for place in 0..<16 {
                let (y, x) = (4 * row + place / 4, 4 * column + place % 4)
                sum += input.pointer[((image * 3 + channel % 3) * 4 * rows + y) * 4 * columns + x]
            }
            output.pointer[index] = gain * sum / 16 + constant + slope * Float(column)
        }
    }

    func backward(_ call: BackwardCall) {}
}

@Suite struct PredictorTests {
    /// Red is class 0, green is class 1; every object is 6 x 4 cells, its centre in the middle of its cell.
    private func model(size: InputExtent = 64, slope: Float = 0) throws -> Model {
        var model = try Model(
            network: NetworkConfiguration(name: "compact", classCount: 2, headChannels: 16),
            classNames: ["red", "green"], inputSize: size, seed: 1)
        var graph = Graph()
        let image = graph.input("image")
        graph.output("heatmap", graph.add("heat", Brightness(channels: 2, gain: 4, constant: -3), image))
        graph.output("size", graph.add("size", Brightness(channels: 2, gain: 0, constant: 4, slope: slope), image))
        graph.output("offset", graph.add("offset", Brightness(channels: 2, gain: 0, constant: 0.5), image))
        model.graph = graph
        model.parameters = ParameterStore(for: graph, seed: 1)
        return model
    }

    /// A black image with bright squares of 8 x 8 pixels around centres.
    private func image(_ width: Int, _ height: Int, red: [(Int, Int)] = [], green: [(Int, Int)] = []) -> Image {
        var image = Image(width: width, height: height, fill: (0, 0, 0))
        for (centers, color) in [(red, (UInt8(255), UInt8(0), UInt8(0))), (green, (0, 255, 0))] {
            for (x, y) in centers {
                for v in y - 4..<y + 4 { for u in x - 4..<x + 4 { image[u, v] = color } }
            }
        }
        return image
    }

    @Test func boxesComeBackInImagePixels() throws {
        // 128 x 96: the square of 128 is halved to 64, so a cell is 8 image pixels, and the top border is 16.
        let predictor = try Predictor(model: model(), backend: ReferenceBackend())
        let prediction = try predictor.predict([image(128, 96, red: [(36, 20)], green: [(100, 76)])])[0]
        #expect(prediction.heatmap.shape == [2, 16, 16])
        let best = prediction.detections.prefix(2).sorted { $0.classIndex < $1.classIndex }
        #expect(best.map(\.classIndex) == [0, 1])
        for (detection, center) in zip(best, [(36.0, 20.0), (100.0, 76.0)]) {
            #expect(abs(detection.box.centerX - center.0) < 1e-6 && abs(detection.box.centerY - center.1) < 1e-6)
            #expect(abs(detection.box.width - 32) < 1e-6 && abs(detection.box.height - 32) < 1e-6)
            let cell = prediction.imageToCells(x: center.0, y: center.1)
            #expect(prediction.heatmap[detection.classIndex, Int(cell.y), Int(cell.x)] == detection.score)
        }
        let peak = prediction.heatmap.elements.max() ?? 0
        #expect(peak > 0.5 && peak <= 1 && (prediction.heatmap.elements.min() ?? -1) >= 0)
    }

    /// Height and width of the input differ: the whole image is seen, undistorted, with borders on two sides or none.
    @Test(arguments: [
        InputExtent(rows: 96, columns: 128), InputExtent(rows: 128, columns: 96), InputExtent(rows: 96, columns: 160),
    ])
    func rectangularInputs(extent: InputExtent) throws {
        let predictor = try Predictor(model: model(size: extent), backend: ReferenceBackend())
        let scale = min(Double(extent.columns) / 128, Double(extent.rows) / 96)
        // Where the centres of two cells lie in the image, away from its edges.
        let view = AffineMap.wholeImage(width: 128, height: 96, inputSize: extent).followed(by: .outputStride(4))
        let prediction = try predictor.predict([image(128, 96, red: [(36, 24)], green: [(100, 72)])])[0]
        #expect(prediction.heatmap.shape == [2, extent.rows / 4, extent.columns / 4])
        for (classIndex, x, y) in [(0, 36.0, 24.0), (1, 100.0, 72.0)] {
            let best = try #require(prediction.detections.first { $0.classIndex == classIndex })
            let (cell, wanted) = (view(best.box), view(x: x, y: y))
            #expect(best.score > 0.2 && abs(cell.centerX - wanted.x) <= 1 && abs(cell.centerY - wanted.y) <= 1)
            #expect(abs(best.box.width - 16 / scale) < 1e-6 && abs(best.box.height - 16 / scale) < 1e-6)
        }
    }

    /// At its own resolution an image is what CenterNet's `--keep_res` makes of it: padded around to the next multiple above, pixel by pixel.
    @Test(arguments: [(90, 70, 96, 96), (128, 50, 160, 64), (64, 31, 96, 32), (33, 96, 64, 128)])
    func keepingTheResolutionIsPadding(width: Int, height: Int, columns: Int, rows: Int) throws {
        let image = image(width, height, red: [(20, 12)], green: [(width - 8, height - 9)])
        let (left, top) = (columns / 2 - width / 2, rows / 2 - height / 2)
        var padded = Image(width: columns, height: rows, fill: (0, 0, 0))
        for y in 0..<height { for x in 0..<width { padded[x + left, y + top] = image[x, y] } }
        let fixed = try Predictor(
            model: model(size: InputExtent(rows: rows, columns: columns)), backend: ReferenceBackend())
        let expected = try fixed.predict([padded])[0]
        var options = PredictorOptions()
        options.keepsResolution = true
        // Its own input size means nothing then.
        let predictor = try Predictor(model: model(size: 64), backend: ReferenceBackend(), options: options)
        let kept = try predictor.predict([image])[0]
        #expect(predictor.input(for: ScaledImage(image)).tensor == fixed.input(for: ScaledImage(padded)).tensor)
        #expect(kept.heatmap == expected.heatmap && kept.detections.count == expected.detections.count)
        for (one, other) in zip(kept.detections, expected.detections) {
            #expect(one.score == other.score && one.classIndex == other.classIndex)
            #expect(abs(one.box.xMin + Double(left) - other.box.xMin) < 1e-9)
            #expect(abs(one.box.yMax + Double(top) - other.box.yMax) < 1e-9)
        }
        let cell = kept.imageToCells(x: 0, y: 0)
        #expect(cell == (Double(left) / 4, Double(top) / 4))
    }

    /// More sizes than programs are kept, mirrored and at two scales: each image's result is what it is alone.
    @Test func imagesOfManySizesKeepTheirs() throws {
        var options = PredictorOptions()
        (options.keepsResolution, options.flip, options.scales, options.batchSize) = (true, true, [1, 0.5], 4)
        let images = (0..<11).map { image(30 + 32 * ($0 % 7), 40 + 20 * $0, red: [(14, 12)], green: [(20, 30)]) }
        let together = try Predictor(model: model(), backend: ReferenceBackend(), options: options).predict(images)
        #expect(Set(together.map { $0.heatmap.shape }).count > 8)
        for (image, prediction) in zip(images, together) {
            let alone = try Predictor(model: model(), backend: ReferenceBackend(), options: options).predict([image])[0]
            #expect(alone.detections == prediction.detections && alone.heatmap == prediction.heatmap)
            let best = try #require(prediction.detections.first { $0.classIndex == 0 })
            #expect(abs(best.box.centerX - 14) <= 6 && abs(best.box.centerY - 12) <= 6, "\(best)")
        }
    }

    /// The least recently used programs go where there are too many, or where their inputs are too large together.
    @Test func programsAreGivenUp() throws {
        let (model, backend) = (try model(), ReferenceBackend())
        var cache = ProgramCache()
        (cache.mostPrograms, cache.mostElements) = (3, 3 * 64 * 64 * 4)
        func use(_ side: Int) throws -> Bool {
            var isNew = false
            let shape = [1, 3, side, side]
            _ = try cache.program(for: shape) {
                isNew = true
                return try backend.compile(
                    model.graph, parameters: model.parameters, inputs: ["image": shape], mode: .inference)
            }
            return isNew
        }
        #expect(try use(32) && use(64) && !use(32) && use(96))
        #expect(cache.shapes.map { $0[2] } == [64, 32, 96])
        #expect(try use(80) && !use(96))
        #expect(cache.shapes.map { $0[2] } == [80, 96])
        #expect(try use(4) && use(8))
        #expect(cache.shapes.map { $0[2] } == [96, 4, 8])
        // Larger than all of them may be together.
        #expect(try use(256) && cache.shapes == [[1, 3, 256, 256]])
    }

    /// A file that is decoded at an eighth of its size gives the same predictions, with boxes in the full image's pixels.
    @Test func coarselyReadImagesKeepTheirCoordinates() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var image = Image(width: 1021, height: 765, fill: (0, 0, 0))
        for y in 448..<576 { for x in 320..<448 { image[x, y] = (255, 0, 0) } }
        let file = folder.appendingPathComponent("large.jpg")
        try image.writeJPEG(to: file)
        let predictor = try Predictor(model: model(), backend: ReferenceBackend())
        let read = try predictor.read(file)
        #expect(read.reduction == 8 && read.image.width == 128)
        for prediction in try predictor.predict([read]) + predictor.predict([image]) {
            let best = try #require(prediction.detections.first)
            // A cell of 4 input pixels is 64 image pixels.
            #expect(best.classIndex == 0 && best.score > 0.5)
            #expect(abs(best.box.centerX - 384) <= 64 && abs(best.box.centerY - 512) <= 64, "\(best)")
            #expect(abs(best.box.width - 4 * 4 * 1021 / 64) < 1e-3)
        }
        var options = PredictorOptions()
        options.scales = [1, 4]
        let closer = try Predictor(model: model(), backend: ReferenceBackend(), options: options)
        #expect(try closer.read(file).reduction == 2)
    }

    @Test func batchesDoNotMatter() throws {
        var options = PredictorOptions()
        options.batchSize = 3
        let images = (0..<7).map { image(90 + 8 * $0, 70, red: [(20 + 6 * $0, 30)], green: [(60, 20 + 4 * $0)]) }
        let together = try Predictor(model: model(), backend: ReferenceBackend(), options: options).predict(images)
        let single = try Predictor(model: model(), backend: ReferenceBackend())
        #expect(together.count == 7)
        for (image, prediction) in zip(images, together) {
            let alone = try single.predict([image])[0]
            #expect(alone.detections == prediction.detections && alone.heatmap == prediction.heatmap)
        }
        #expect(try single.predict([Image]()).isEmpty)
    }

    /// For a symmetric network the mirrored image changes nothing; sizes that increase to the right average to the same value everywhere.
    @Test func theFlipTestAveragesTurnedBackMaps() throws {
        var options = PredictorOptions()
        options.flip = true
        let image = image(64, 64, red: [(10, 30)], green: [(50, 22)])
        let plain = try Predictor(model: model(), backend: ReferenceBackend()).predict([image])[0]
        let flipped = try Predictor(model: model(), backend: ReferenceBackend(), options: options).predict([image])[0]
        for (one, two) in zip(plain.heatmap.elements, flipped.heatmap.elements) { #expect(abs(one - two) < 1e-6) }
        #expect(plain.detections.prefix(2).map(\.box) == flipped.detections.prefix(2).map(\.box))
        let sloped = try Predictor(model: model(slope: 0.5), backend: ReferenceBackend(), options: options)
        for detection in try sloped.predict([image])[0].detections.prefix(2) {
            // (4 + c/2 + 4 + (15 - c)/2) / 2 = 7.75 cells of 4 pixels.
            #expect(abs(detection.box.width - 31) < 1e-5)
        }
    }

    @Test func severalScalesMerge() throws {
        var options = PredictorOptions()
        options.scales = [1, 2]
        let image = image(64, 64, red: [(18, 30)])
        let prediction = try Predictor(model: model(), backend: ReferenceBackend(), options: options).predict([image])[
            0]
        #expect(prediction.heatmap.shape == [2, 16, 16], "the heatmap is the one at the model's own size")
        let strong = prediction.detections.filter { $0.score > 0.5 }
        #expect(!strong.isEmpty && prediction.detections.count <= 100)
        for detection in strong {
            #expect(abs(detection.box.centerX - 18) < 4 && abs(detection.box.centerY - 30) < 4)
        }
    }

    @Test(arguments: [[], [0], [Double.nan], [9]]) func badScalesAreRefused(_ scales: [Double]) {
        var options = PredictorOptions()
        options.scales = scales
        #expect(throws: PredictorError.self) {
            try Predictor(model: model(), backend: ReferenceBackend(), options: options)
        }
    }

    @Test func aDataSetIsScored() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let centers = [(30, 30), (26, 46), (62, 38)]
        let samples = try centers.enumerated().map { index, center in
            let file = folder.appendingPathComponent("\(index).png")
            try image(96, 80, red: [center]).writePNG(to: file)
            let object = AnnotatedObject(
                classIndex: 0, className: "red",
                box: Box(centerX: Double(center.0), centerY: Double(center.1), width: 24, height: 24),
                difficult: false, truncated: false)
            return Sample(
                id: "\(index)", imageURL: file, annotationURL: nil, objects: [object], width: 96, height: 80)
        }
        try Data("broken".utf8).write(to: samples[1].imageURL)
        let dataset = DetectionDataset(classNames: ["red", "green"], samples: samples, split: "val")
        var options = PredictorOptions()
        options.batchSize = 2
        let predictor = try Predictor(model: model(), backend: ReferenceBackend(), options: options)
        var steps: [Int] = []
        let result = try evaluate(predictor: predictor, dataset: dataset) { finished, count in
            steps.append(finished)
            #expect(count == 3)
        }
        #expect(steps == [2, 3])
        #expect(result.imageCount == 2)
        #expect(result.unreadable.map(\.file) == [samples[1].imageURL])
        #expect(Set(result.detections.map(\.image)) == [0, 2])
        #expect(result.report.AP50 == 1, "\(result.report.AP50)")
        #expect(throws: CancellationError.self) {
            try evaluate(predictor: predictor, dataset: dataset) { _, _ in throw CancellationError() }
        }
    }
}
