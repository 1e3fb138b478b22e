import Boxes
import Datasets
import Evaluation
import Foundation
import Inference
import JSON
import Tensors
import TestSupport
import Testing

/// Results files with boxes or classes in another format are recognized, but bad detectors are not mistaken for them.
@Suite struct ResultFormTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Images of several sizes with objects of three classes all over them.
    private func dataset(images: Int = 20, objects: Int = 3, seed: UInt64 = 1) -> DetectionDataset {
        var random = SeededGenerator(seed)
        let names = ["ant", "bee", "cow"]
        let samples = (0..<images).map { index in
            let (width, height) = (random.integer(in: 300...700), random.integer(in: 300...700))
            let boxes = (0..<objects).map { number -> AnnotatedObject in
                let (w, h) = (random.uniform(30, 140), random.uniform(30, 140))
                let (x, y) = (random.uniform(0, Double(width) - w), random.uniform(0, Double(height) - h))
                let classIndex = number % 3
                return AnnotatedObject(
                    classIndex: classIndex, className: names[classIndex],
                    box: Box(xMin: x, yMin: y, xMax: x + w, yMax: y + h))
            }
            return Sample(
                id: "n\(index)", imageURL: URL(fileURLWithPath: "/data/n\(index).jpg"), objects: boxes, width: width,
                height: height)
        }
        return DetectionDataset(classNames: names, samples: samples, split: "val")
    }

    private typealias Form = (_ box: Box<ImagePixels>, _ width: Double, _ height: Double) -> [Double]

    /// Writes a good detector's results in a given format.
    private func read(
        _ data: DetectionDataset, count: Int? = nil, classes: [Int] = [0, 1, 2], jitter: Double = 2,
        form: Form = { box, _, _ in [box.xMin, box.yMin, box.width, box.height] },
        where isWritten: (Int) -> Bool = { _ in true }
    ) throws -> COCOResults.Content {
        var random = SeededGenerator(9)
        var list: [JSONValue] = []
        for sample in data.samples {
            for object in sample.objects {
                func moved(_ value: Double) -> Double { value + random.uniform(-jitter, jitter) }
                let box = Box<ImagePixels>(
                    xMin: moved(object.box.xMin), yMin: moved(object.box.yMin), xMax: moved(object.box.xMax),
                    yMax: moved(object.box.yMax))
                let numbers = form(box, Double(sample.width ?? 1), Double(sample.height ?? 1))
                list.append([
                    "image_id": .string(sample.id), "category_id": .integer(classes[object.classIndex] + 1),
                    "bbox": .array(numbers.map { .number($0) }), "score": .number(random.uniform(0.3, 1)),
                ])
            }
        }
        list = list.enumerated().filter { isWritten($0.offset) }.map(\.element)
        if let count { list = Array(list.prefix(count)) }
        let file = try folder.write(JSONValue.array(list).text(pretty: false), to: "\(UUID()).json")
        return try COCOResults.read(from: file, dataset: data)
    }

    @Test func whatIsWrittenAsItShouldBeIsRead() throws {
        let data = dataset()
        let content = try read(data)
        #expect(content.detections.count == 60)
        #expect(data.report(on: content.detections).AP50 > 0.95)
    }

    private static var forms: [(String, Form)] {
        [
            ("[left, top, right, bottom],", { box, _, _ in [box.xMin, box.yMin, box.xMax, box.yMax] }),
            (
                "[center x, center y, width, height],",
                { box, _, _ in [box.centerX, box.centerY, box.width, box.height] }
            ),
            (
                "[left, top, width, height] in fractions",
                { box, w, h in [box.xMin / w, box.yMin / h, box.width / w, box.height / h] }
            ),
            (
                "[left, top, right, bottom] in fractions",
                { box, w, h in [box.xMin / w, box.yMin / h, box.xMax / w, box.yMax / h] }
            ),
            (
                "[center x, center y, width, height] in fractions",
                { box, w, h in [box.centerX / w, box.centerY / h, box.width / w, box.height / h] }
            ),
            ("[top, left, height, width],", { box, _, _ in [box.yMin, box.xMin, box.height, box.width] }),
        ]
    }

    @Test(arguments: 0..<6) func otherFormsAreRecognized(form: Int) throws {
        for seed in 1...4 as ClosedRange<UInt64> {
            let (words, write) = Self.forms[form]
            let error = #expect(throws: DetectionFileError.self) { try read(dataset(seed: seed), form: write) }
            #expect(error?.reason.hasPrefix("its boxes are \(words)") == true, "\(error!)")
        }
    }

    @Test func otherFormsWithManyFalseOnesAreRecognized() throws {
        let data = dataset()
        var random = SeededGenerator(4)
        // Every third box is random.
        let error = #expect(throws: DetectionFileError.self) {
            try read(data) { box, width, height in
                if random.chance(0.33) {
                    return [
                        random.uniform(0, width), random.uniform(0, height), random.uniform(9, 99),
                        random.uniform(9, 99),
                    ]
                }
                return [box.xMin, box.yMin, box.xMax, box.yMax]
            }
        }
        #expect(error?.reason.contains("[left, top, right, bottom]") == true)
    }

    @Test func swappedClassesAreRecognized() throws {
        for classes in [[1, 0, 2], [1, 2, 0], [2, 1, 0]] {
            let isWhole = classes == [1, 2, 0]
            let data = dataset()
            if isWhole {
                let error = #expect(throws: DetectionFileError.self) { try read(data, classes: classes) }
                #expect(error?.reason.hasPrefix("its classes are numbered differently: ") == true, "\(error!)")
                #expect(error?.reason.contains("category_id 1 ('ant') matches 'cow', which is 3") == true, "\(error!)")
            } else {
                // A third of the boxes are correct: this may be a detector that confuses two classes.
                #expect(try read(data, classes: classes).detections.count == 60)
            }
        }
    }

    @Test func detectorsThatConfuseClassesAreNotAccused() throws {
        let data = dataset(objects: 2)
        var toggle = 0
        // All boxes are labelled ant.
        #expect(try read(data, classes: [0, 0, 0]).detections.count == 40)
        // Half of the boxes are correct.
        #expect(
            try read(data, classes: [0, 1, 2]) { box, _, _ in
                toggle += 1
                return toggle % 2 == 0 ? [0, 0, 9, 9] : [box.xMin, box.yMin, box.width, box.height]
            }.detections.count == 40)
    }

    @Test(arguments: 0..<20 as Range<UInt64>) func randomBoxesAreNotAccused(seed: UInt64) throws {
        let data = dataset(seed: seed)
        var random = SeededGenerator(seed, 5)
        let content = try read(data) { _, width, height in
            [
                random.uniform(0, width), random.uniform(0, height), random.uniform(5, width / 2),
                random.uniform(5, height / 2),
            ]
        }
        #expect(content.detections.count == 60)
    }

    @Test func boxesThatAreAllAlikeAreNotAccused() throws {
        #expect(try read(dataset()) { _, width, height in [0, 0, width, height] }.detections.count == 60)
        #expect(try read(dataset()) { _, _, _ in [0, 0, 0, 0] }.detections.count == 60)
        #expect(try read(dataset()) { _, _, _ in [0.2, 0.3, 0.1, 0.1] }.detections.count == 60)
    }

    @Test func smallMistakesAreNotAccused() throws {
        // Boxes of half the size, and boxes that are shifted by a fifth of their width.
        #expect(
            try read(dataset()) { box, _, _ in [box.xMin, box.yMin, box.width / 2, box.height / 2] }.detections.count
                == 60)
        #expect(
            try read(dataset()) { box, _, _ in [box.xMin + box.width * 0.2, box.yMin, box.width, box.height] }
                .detections.count == 60)
    }

    @Test func fewBoxesSayTooLittle() throws {
        let data = dataset()
        #expect(try read(data, count: 1, form: Self.forms[0].1).detections.count == 1)
        #expect(try read(data, count: 0, form: Self.forms[0].1).detections.isEmpty)
        // Three boxes of other classes may be chance.
        #expect(try read(data, count: 3, classes: [1, 2, 0]).detections.count == 3)
    }

    @Test func anythingFoundAsWrittenIsNoOtherForm() throws {
        let data = dataset()
        var count = 0
        // A quarter of the boxes are in the correct format.
        let content = try read(data) { box, _, _ in
            count += 1
            return count % 4 == 0
                ? [box.xMin, box.yMin, box.width, box.height] : [box.xMin, box.yMin, box.xMax, box.yMax]
        }
        #expect(content.detections.count == 60)
    }

    @Test func imagesWithoutObjectsTellNothing() throws {
        var data = dataset()
        let full = data
        for index in data.samples.indices { data.samples[index].objects = [] }
        let list = full.samples.map { sample -> JSONValue in
            ["image_id": .string(sample.id), "category_id": 1, "bbox": [0.1, 0.1, 0.2, 0.2], "score": 0.5]
        }
        let file = try folder.write(JSONValue.array(list).text(pretty: false), to: "empty.json")
        #expect(try COCOResults.read(from: file, dataset: data).detections.count == 20)
    }
}
