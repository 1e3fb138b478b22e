import Boxes
import Foundation
import Images
import Inference
import PeakDecoding
import Tensors
import Testing

@Suite struct DecoderTests {
    private func output(_ name: String, _ shape: [Int], isProbability: Bool = false) -> NetworkOutput {
        NetworkOutput(name: name, shape: shape, isProbability: isProbability)
    }

    @Test func aNetworkThatDoesNotFitIsNamedWithItsShapes() {
        let outputs = [output("scores", [1, 10]), output("things", [1, 7, 4])]
        #expect(throws: DecoderError.self) {
            try AnchorDecoder(kind: .retinaNet, outputs: outputs, input: InputExtent(side: 64))
        }
        do {
            _ = try YOLODecoder(version: .v8, outputs: [outputs[0]], input: InputExtent(side: 64))
            Issue.record("a table of classes was accepted as boxes")
        } catch {
            #expect("\(error)".contains("'scores' [1, 10]") && "\(error)".contains("yolov8"))
        }
    }

    @Test func anchorsThatAreNotAsManyAsTheAnswersAreRefused() {
        let outputs = [output("logits", [1, 99, 3]), output("boxes", [1, 99, 4])]
        do {
            _ = try AnchorDecoder(kind: .ssdlite, outputs: outputs, input: InputExtent(side: 320))
            Issue.record("99 anchors were accepted")
        } catch {
            #expect("\(error)".contains("3234") && "\(error)".contains("99"))
        }
    }

    /// The input for which maps of 8x8 cells are outputs at stride 4.
    private var extent: InputExtent { InputExtent(side: 32) }

    /// Not every CenterNet has cells of four pixels: lengths are in pixels whatever the stride.
    @Test(arguments: [32, 64, 256]) func centerNetsOfAnyStride(side: Int) throws {
        let outputs = [output("hm", [1, 2, 8, 8]), output("wh", [1, 2, 8, 8]), output("reg", [1, 2, 8, 8])]
        let decoder = try CenterNetDecoder(outputs: outputs, input: InputExtent(side: side))
        let box = Box<InputPixels>(xMin: 0, yMin: 0, xMax: 1, yMax: 1)
        let source = DetectionSource(Detection(classIndex: 1, score: 0.5, box: box, row: 2, column: 3))
        let stride = Float(side) / 8
        #expect(
            decoder.elements(of: .width, of: source) == [OutputElement("wh", [0, 2, 3], weight: stride)])
        #expect(
            decoder.elements(of: .left, of: source) == [
                OutputElement("wh", [0, 2, 3], weight: stride / 2), OutputElement("reg", [0, 2, 3], weight: -stride),
            ])
    }

    @Test("The heads of CenterNet are found by name or by order")
    func centerNetHeads() throws {
        let published = [output("wh", [1, 2, 8, 8]), output("hm", [1, 2, 8, 8]), output("reg", [1, 2, 8, 8])]
        #expect(try CenterNetDecoder(outputs: published, input: extent).outputs == ["hm", "wh", "reg"])
        let plain = [
            output("537", [1, 5, 8, 8], isProbability: true), output("8", [1, 2, 8, 8]), output("9", [1, 2, 8, 8]),
        ]
        let decoder = try CenterNetDecoder(outputs: plain, input: extent)
        #expect(decoder.outputs == ["537", "8", "9"] && decoder.holdsProbabilities)
        #expect(throws: DecoderError.self) { try CenterNetDecoder(outputs: Array(plain.prefix(2)), input: extent) }
    }

    @Test("Keypoint heads are found by pinpoint's or the published names, and must have matching shapes")
    func keypointHeads() throws {
        let skeleton = Skeleton(keypointNames: ["head", "left_hand", "right_hand"])
        func heads(_ names: [String], keypoints: Int) -> [NetworkOutput] {
            zip(names, [1, 2, 2, 2 * keypoints, keypoints, 2]).map { output($0, [1, $1, 8, 8]) }
        }
        let published = heads(["hm", "wh", "reg", "hps", "hm_hp", "hp_offset"], keypoints: 3)
        let decoder = try CenterNetDecoder(outputs: published, input: extent, skeleton: skeleton)
        #expect(decoder.outputs == ["hm", "wh", "reg", "hps", "hm_hp", "hp_offset"] && decoder.skeleton == skeleton)
        #expect(
            try CenterNetDecoder(outputs: Array(published.prefix(3)), input: extent, skeleton: skeleton).skeleton == nil
        )
        let wrong = heads(["hm", "wh", "reg", "hps", "hm_hp", "hp_offset"], keypoints: 4)
        #expect(throws: DecoderError.self) { try CenterNetDecoder(outputs: wrong, input: extent, skeleton: skeleton) }
        #expect(throws: DecoderError.self) {
            try CenterNetDecoder(outputs: Array(published.prefix(5)), input: extent, skeleton: skeleton)
        }
    }

    @Test("Grids after a sigmoid decode like grids before it", arguments: [YOLOVersion.v5, .v7])
    func gridsAfterASigmoid(version: YOLOVersion) throws {
        let shapes = [[1, 21, 8, 8], [1, 21, 4, 4], [1, 21, 2, 2]]
        let raw = shapes.enumerated().map { level, shape in
            Tensor(shape, elements: (0..<shape.reduce(1, *)).map { Float(($0 * 37 + level * 11) % 101) / 25 - 2 })
        }
        func found(_ tensors: [Tensor], isProbability: Bool) throws -> [Detection<InputPixels>] {
            let outputs = shapes.enumerated().map { output("\($0)", $1, isProbability: isProbability) }
            let decoder = try YOLODecoder(version: version, outputs: outputs, input: InputExtent(side: 64))
            #expect(decoder.scoreForm.probability(of: 1) == (isProbability ? 0.5 : nil))
            let named = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ("\($0)", $1) })
            return decoder.decode(named, mirrored: nil, item: 0, input: InputExtent(side: 64), limit: 20).detections
        }
        let before = try found(raw, isProbability: false)
        let after = try found(
            raw.map { Tensor($0.shape, elements: $0.elements.map { 1 / (1 + exp(-$0)) }) }, isProbability: true)
        #expect(before.count == 20 && before.map(\.candidate) == after.map(\.candidate))
        for (one, other) in zip(before, after) {
            #expect(abs(one.score - other.score) < 1e-6 && abs(one.box.xMin - other.box.xMin) < 1e-3)
            #expect(abs(one.box.height - other.box.height) < 1e-3)
        }
    }

    @Test("YOLOv4-tiny has its own anchors and scale; unpublished networks require anchors")
    func publishedGrids() throws {
        let two = [output("fine", [1, 21, 4, 4]), output("coarse", [1, 21, 2, 2])]
        let decoder = try YOLODecoder(version: .v4, outputs: two, input: InputExtent(side: 64))
        var fine = Tensor([1, 21, 4, 4], repeating: -9)
        // The second anchor at row 1, column 2: a high score, with the centre at its rightmost limit.
        for (attribute, value) in [Float(30), 0, 0, 0, 30, 30].enumerated() { fine[0, 7 + attribute, 1, 2] = value }
        let found = decoder.decode(
            ["fine": fine, "coarse": Tensor([1, 21, 2, 2], repeating: -9)], mirrored: nil, item: 0,
            input: InputExtent(side: 64), limit: 5
        ).detections[0]
        #expect(abs(found.box.width - 37) < 1e-4 && abs(found.box.height - 58) < 1e-4)
        #expect(abs(found.box.centerX - (3 + 0.025) * 16) < 1e-4 && abs(found.box.centerY - 1.5 * 16) < 1e-4)
        #expect(throws: DecoderError.self) {
            try YOLODecoder(version: .v5, outputs: two, input: InputExtent(side: 64))
        }
        let own = try YOLODecoder(
            version: .v5, outputs: two, input: InputExtent(side: 64), anchors: (1...12).map(Double.init))
        #expect(own.outputs == ["fine", "coarse"])
        let split = [output("boxes", [1, 64, 4, 4]), output("classes", [1, 80, 4, 4])]
        #expect(throws: DecoderError.self) {
            try YOLODecoder(version: .v8, outputs: split, input: InputExtent(side: 32))
        }
    }

    /// The finest grid has a cell for every 8 pixels, although 300 / 38 is less.
    @Test func theHeatmapOfAnSSDCoversItsInput() throws {
        let count = 8732
        let decoder = try AnchorDecoder(
            kind: .ssd, outputs: [output("logits", [1, count, 2]), output("boxes", [1, count, 4])],
            input: InputExtent(side: 300))
        var logits = Tensor([1, count, 2])
        // The first anchor at row 20, column 37 of the finest grid.
        logits[0, 4 * (20 * 38 + 37), 1] = 9
        let decoded = decoder.decode(
            ["logits": logits, "boxes": Tensor([1, count, 4])], mirrored: nil, item: 0, input: InputExtent(side: 300),
            limit: 1)
        #expect(decoded.heatmap.shape == [1, 38, 38] && decoded.heatmap[0, 20, 37] > 0.99)
        #expect(abs(decoded.detections[0].box.centerX - 298) < 5)
        #expect(decoder.scoreForm.probability(of: 0) == nil)
    }

    @Test func whatIsNoNumberIsNoObject() throws {
        let shape = [1, 3, 4, 4]
        let names = [output("heat", [1, 1, 4, 4]), output("scale", [1, 2, 4, 4]), output("offset", [1, 2, 4, 4])]
        let decoder = try CenterFaceDecoder(outputs: names)
        var heat = Tensor([1, 1, 4, 4])
        heat[0, 0, 1, 2] = .nan
        heat[0, 0, 2, 2] = 0.9
        heat[0, 0, 3, 3] = 0.8
        var scale = Tensor([1, 2, 4, 4])
        scale[0, 0, 3, 3] = .nan
        let found = decoder.decode(
            ["heat": heat, "scale": scale, "offset": Tensor([1, 2, 4, 4])], mirrored: nil, item: 0,
            input: InputExtent(side: 16), limit: 10)
        #expect(found.detections.map(\.row) == [2])
        #expect(shape.count == 4)
    }

    @Test("A mirrored image's faces are mirrored back and merged")
    func mirrored() throws {
        let names = [
            output("heat", [1, 1, 4, 4]), output("scale", [1, 2, 4, 4]), output("offset", [1, 2, 4, 4]),
            output("landmarks", [1, 10, 4, 4]),
        ]
        let decoder = try CenterFaceDecoder(outputs: names)
        func outputs(_ row: Int, _ column: Int) -> [String: Tensor] {
            var heat = Tensor([1, 1, 4, 4])
            heat[0, 0, row, column] = 0.9
            // The left eye a quarter into the box, all others on its left edge, which is the right edge in the mirrored image.
            var landmarks = Tensor([1, 10, 4, 4])
            let (eye, edge) = column == 0 ? (1, Float(0)) : (3, Float(1))
            for channel in stride(from: 1, to: 10, by: 2) { landmarks[0, channel, row, column] = edge }
            landmarks[0, eye, row, column] = abs(edge - 0.25)
            return [
                "heat": heat, "scale": Tensor([1, 2, 4, 4]), "offset": Tensor([1, 2, 4, 4]), "landmarks": landmarks,
            ]
        }
        let one = decoder.decode(outputs(1, 0), mirrored: nil, item: 0, input: InputExtent(side: 16), limit: 10)
        let both = decoder.decode(
            outputs(1, 0), mirrored: outputs(1, 3), item: 0, input: InputExtent(side: 16), limit: 10)
        #expect(one.detections.count == 1)
        #expect(both.detections[0].box == one.detections[0].box)
        #expect(one.detections[0].keypoints.map(\.x) == [1, 0, 0, 0, 0])
        #expect(both.detections.allSatisfy { $0.keypoints.map(\.x) == [1, 0, 0, 0, 0] })
        #expect(both.detections.dropFirst().allSatisfy { $0.score < 0.9 && $0.box == one.detections[0].box })
    }

    @Test("A tracker's peak is at the object, and its map covers the whole search image")
    func siamese() throws {
        let decoder = try SiameseDecoder(outputs: [output("r", [1, 1, 17, 17])], objectExtent: (30, 20), stride: 8)
        var response = Tensor([1, 1, 17, 17]).elements.map { _ in Float(-5) }
        response[4 * 17 + 10] = 3
        let decoded = decoder.decode(
            ["r": Tensor([1, 1, 17, 17], elements: response)], mirrored: nil, item: 0, input: InputExtent(side: 255),
            limit: 3)
        let found = decoded.detections[0]
        #expect(found.row == 4 && found.column == 10)
        #expect(abs(found.box.centerX - (127.5 + 2 * 8)) < 1e-9 && abs(found.box.centerY - (127.5 - 4 * 8)) < 1e-9)
        #expect(abs(found.box.width - 30) < 1e-9)
        #expect(decoded.heatmap.shape == [1, 33, 33])
        #expect(decoded.heatmap[0, 4 + 8, 10 + 8] > 0.9 && decoded.heatmap[0, 0, 0] == 0)
    }

    @Test("Suppression keeps the highest score of a class, and every class")
    func suppression() {
        func box(_ x: Double, _ score: Float, _ classIndex: Int = 0) -> Detection<InputPixels> {
            Detection(
                classIndex: classIndex, score: score, box: Box(xMin: x, yMin: 0, xMax: x + 10, yMax: 10), row: 0,
                column: 0)
        }
        let kept = nonMaximumSuppression(
            [box(0, 0.5), box(1, 0.9), box(20, 0.3), box(1, 0.4, 1), box(0, .nan)], overlap: 0.5, limit: 10)
        #expect(kept.map(\.score) == [0.9, 0.4, 0.3])
        #expect(nonMaximumSuppression([box(0, 0.5), box(6, 0.6)], overlap: 0.5, limit: 1).map(\.score) == [0.6])
    }
}

@Suite struct ImagePreparationTests {
    private var image: ScaledImage { ScaledImage(Image(width: 40, height: 20, fill: (255, 0, 51))) }

    @Test("Letterbox, top left and stretch, with inputs that are not square", arguments: ImagePreparation.Fit.allCases)
    func places(fit: ImagePreparation.Fit) {
        var preparation = ImagePreparation(extent: InputExtent(rows: 30, columns: 20))
        preparation.fit = fit
        preparation.border = .grey(0.5)
        let view = preparation.view(of: image, extent: preparation.extent)
        let (corner, end) = (view(x: 0, y: 0), view(x: 40, y: 20))
        let look = preparation.batch([image], extent: preparation.extent)
        #expect(look.shape == [1, 3, 30, 20])
        switch fit {
        case .stretch:
            #expect(corner == (0, 0) && end == (20, 30))
            #expect(look[0, 0, 29, 19] == 1 && look[0, 0, 0, 0] == 1)
        case .topLeft:
            #expect(corner == (0, 0) && end == (20, 10))
            #expect(look[0, 0, 9, 10] == 1 && look[0, 0, 10, 10] == 0.5 && look[0, 1, 10, 10] == 0.5)
        case .letterbox:
            #expect(corner == (0, 10) && end == (20, 20))
            #expect(look[0, 0, 9, 10] == 0.5 && look[0, 0, 15, 10] == 1 && look[0, 0, 20, 10] == 0.5)
        }
    }

    @Test("Colours: normalized, scaled to bytes, in BGR order")
    func colors() {
        var preparation = ImagePreparation(
            extent: InputExtent(side: 8), mean: [0.5, 0.5, 0.5], standardDeviation: [0.25, 0.5, 1])
        preparation.fit = .stretch
        let plain = preparation.batch([image], extent: preparation.extent)
        #expect(
            abs(plain[0, 0, 4, 4] - 2) < 1e-6 && abs(plain[0, 1, 4, 4] + 1) < 1e-6
                && abs(plain[0, 2, 4, 4] + 0.3) < 1e-6)
        (preparation.mean, preparation.standardDeviation) = ([0, 0, 0], [1, 1, 1])
        preparation.factor = 255
        preparation.channelOrder = .bgr
        let bytes = preparation.batch([image], extent: preparation.extent)
        #expect(abs(bytes[0, 0, 4, 4] - 51) < 1e-3 && abs(bytes[0, 2, 4, 4] - 255) < 1e-3)
    }
}
