import AuditJobs
import Auditing
import Boxes
import Datasets
import Evaluation
import Foundation
import Images
import JSON
import Jobs
import TestSupport
import Testing

@Suite("The files of an audit")
struct AuditFilesTests {
    private static let hostile = "<img src=x onerror=alert(1)>\"&,\n"
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Two images with a box each, one shifted, and a detection that nobody annotated.
    private func result() throws -> AuditResult {
        let names = [Self.hostile, "cell"]
        var samples: [Sample] = []
        var images: [AuditedImage?] = []
        for number in 0..<12 {
            let file = folder.file("image \(number).png")
            try Image(width: 120, height: 90, fill: (r: 200, g: 90, b: 90)).pngData().write(to: file)
            let box = Box<ImagePixels>(xMin: 20, yMin: 20, xMax: 50, yMax: 50)
            let shifted = Box<ImagePixels>(xMin: 35, yMin: 32, xMax: 65, yMax: 62)
            let object = AnnotatedObject(classIndex: 0, className: Self.hostile, box: number == 3 ? shifted : box)
            samples.append(
                Sample(
                    id: number == 3 ? Self.hostile : "image \(number)", imageURL: file, objects: [object], width: 120,
                    height: 90))
            var detections = [ScoredBox(image: 0, classIndex: 0, box: box, score: 0.7)]
            if number == 5 {
                let other = Box<ImagePixels>(xMin: 70, yMin: 20, xMax: 100, yMax: 50)
                detections.append(ScoredBox(image: 0, classIndex: 0, box: other, score: 0.7))
            }
            images.append(
                number == 7
                    ? nil
                    : AuditedImage(objects: [object], evidence: [0.7], detections: detections, width: 120, height: 90))
        }
        let dataset = DetectionDataset(classNames: names, samples: samples, split: "all")
        let output = try OutputFolder(folder.file("out"))
        return try AuditResult(dataset: dataset, output: output).written(images, folds: 3) { _ in }
    }

    @Test("Lists have every object once, in the order of ranks; an unreadable image has none")
    func lists() throws {
        let result = try result()
        #expect(result.imageCount == 11 && result.suspects.count == 12)
        let list = try JSONValue(contentsOf: folder.file("out/suspects.json"))["suspects"].array()
        #expect(try list.map { try $0["rank"].integer() } == Array(1...12))
        let first = list[0]
        #expect(try first["kind"].string() == "misplaced" && first["image"].string() == Self.hostile)
        #expect(try first["box"].array().map { try $0.number() } == [35, 32, 65, 62])
        #expect(try first["suggestedBox"].array().map { try $0.number() } == [20, 20, 50, 50])
        let missing = try #require(try list.first { try $0["kind"].string() == "missing" })
        #expect(try missing["class"] == .null && missing["suggestedClass"].string() == Self.hostile)
        let table = try String(contentsOf: folder.file("out/suspects.csv"), encoding: .utf8)
        #expect(table.components(separatedBy: "\r\n").count == 14)
        #expect(table.contains("\"<img src=x onerror=alert(1)>\"\"&,\n\""))
    }

    @Test("The page escapes all names and loads nothing")
    func page() throws {
        _ = try result()
        let page = try String(contentsOf: folder.file("out/audit.html"), encoding: .utf8)
        #expect(!page.contains("<img src=x"))
        #expect(page.contains("&lt;img src=x onerror=alert(1)&gt;"))
        #expect(page.contains("misplaced: ") && page.contains("missing: "))
        #expect(page.contains("default-src 'none'"))
        let sources = page.matches(of: /\ssrc="([^"]{0,15})/).map { String($0.1) }
        #expect(sources.count == 12 && sources.allSatisfy { $0.hasPrefix("data:image/") })
        #expect(!page.contains("href=") && !page.contains("http://") && !page.contains("https://"))
    }

    @Test("Annotations are a copy in which suspects are marked, and Pinpoint reads them")
    func annotations() throws {
        _ = try result()
        let plain = try String(contentsOf: folder.file("out/Annotations/image 1.xml"), encoding: .utf8)
        #expect(plain.contains("<filename>image 1.png</filename>") && !plain.contains("?"))
        let shifted = try String(contentsOf: folder.file("out/Annotations/image 3.xml"), encoding: .utf8)
        #expect(shifted.components(separatedBy: "<object>").count == 3)
        #expect(shifted.contains("?misplaced</name>") && shifted.contains("?suggested</name>"))
        let missing = try String(contentsOf: folder.file("out/Annotations/image 5.xml"), encoding: .utf8)
        #expect(missing.contains("?missing</name>"))
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("out/Annotations").path)
        #expect(names.count == 12)
    }

    @Test("A misnamed object has both names, a spurious one keeps its box")
    func marks() {
        let box = Box<ImagePixels>(xMin: 1, yMin: 2, xMax: 30, yMax: 40)
        let sample = Sample(
            id: "a", imageURL: URL(fileURLWithPath: "a.png"),
            objects: [
                AnnotatedObject(classIndex: 0, className: "rbc", box: box),
                AnnotatedObject(classIndex: 0, className: "rbc", box: box),
            ], width: 50, height: 50)
        // Suspects are made by rankings alone: here of two images in one.
        let image = AuditedImage(
            objects: [AnnotatedObject(classIndex: 0, className: "rbc", box: box)], evidence: [0],
            detections: [ScoredBox(image: 0, classIndex: 1, box: box, score: 0.9)], width: 50, height: 50)
        let suspects = DisagreementRanking([image], classCount: 2).suspects
        let objects = AuditedAnnotations.objects(of: sample, suspects: suspects, classNames: ["rbc", "wbc"])
        #expect(objects.map(\.className) == ["rbc?wbc", "rbc"])
        #expect(objects.map(\.box) == [box, box])
    }

    @Test("A crop shows the surroundings and stays in the image")
    func crop() {
        let box = Box<ImagePixels>(xMin: 10, yMin: 200, xMax: 110, yMax: 240)
        let part = CropWindow(around: [box], width: 640, height: 230)
        #expect(part.columns == 0..<150 && part.rows == 184..<230)
        #expect(part.moved(box) == Box(xMin: 10, yMin: 16, xMax: 110, yMax: 56))
        let outside = CropWindow(
            around: [Box(xMin: 900, yMin: -90, xMax: 950, yMax: -80)], width: 640, height: 230)
        #expect(!outside.columns.isEmpty && !outside.rows.isEmpty)
    }
}
