import Foundation
import JSON
import TestSupport
import Testing

@Suite("Data sets in other formats")
struct ConvertDataTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: [String]) throws -> (output: String, errors: String) {
        let outcome = try Program.run(arguments, in: folder.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return (outcome.output, outcome.errors)
    }

    /// Returns results in COCO's format that repeat the annotations of a split.
    private func results(of file: String) throws -> String {
        let document = try JSONValue(contentsOf: folder.file(file))
        let entries = try document["annotations"].array().map { entry -> JSONValue in
            [
                "image_id": try entry["image_id"], "category_id": try entry["category_id"],
                "bbox": try entry["bbox"], "score": 0.9,
            ]
        }
        return JSONValue.array(entries).text(pretty: false)
    }

    private func AP50(_ arguments: [String]) throws -> Double {
        try JSONValue(parsing: run(["evaluate", "--json"] + arguments).output)["AP50"].number()
    }

    @Test("A results file fits every converted copy of its data set")
    func copies() throws {
        _ = try run(["data", "synthesize", "shapes", "--count", "16", "--size", "48"])
        let said = try run(["data", "convert", "shapes", "coco", "--to", "coco"]).output
        #expect(said.hasPrefix("coco: 16 images, "), "\(said)")
        // Ids that are neither positions nor names.
        for split in ["train", "val", "trainval", "test"] {
            let file = folder.file("coco/annotations/instances_\(split).json")
            var text = try String(contentsOf: file, encoding: .utf8)
            text = text.replacing(/"(image_id|id)": ?(\d+)/) { "\"\($0.1)\": \(1000 - (Int($0.2) ?? 0))" }
            text = text.replacing(/"category_id": ?(\d+)/) { "\"category_id\": \(1000 - (Int($0.1) ?? 0))" }
            try Data(text.utf8).write(to: file)
        }
        try folder.write(try results(of: "coco/annotations/instances_val.json"), to: "found.json")
        for format in ["voc", "yolo", "coco"] {
            _ = try run(["data", "convert", "coco", "\(format) copy", "--to", format, "--link"])
            #expect(try AP50(["--detections", "found.json", "--voc", "\(format) copy"]) > 0.99, "\(format)")
            #expect(try run(["data", "check", "\(format) copy", "--annotations-only"]).output.contains("16 "))
        }
        let outcome = try Program.run(["evaluate", "--detections", "found.json", "--voc", "shapes"], in: folder.url)
        #expect(
            outcome.status == 1 && outcome.errors.contains("a number is never read as a position"), "\(outcome.errors)")
    }

    @Test("A demo on images of the run's data set writes the data set's ids")
    func demoOfARun() throws {
        _ = try run(["data", "synthesize", "shapes", "--count", "8", "--size", "64"])
        _ = try run(["data", "convert", "shapes", "coco", "--to", "coco"])
        _ = try run(
            ["run", "--voc", "coco", "--name", "numbers", "--set", "training.epochs=1", "--set", "outputs.threshold=0"]
                + Fixture.tinySettings)
        let drawn = try JSONValue(contentsOf: folder.file("Runs/numbers/detections/detections.json")).array()
        #expect(try !drawn.isEmpty && drawn.allSatisfy { (1...8).contains(try $0["image_id"].integer()) })
        let output = try run([
            "demo", "coco/images/000007.jpg", "--model", "Runs/numbers", "--threshold", "0", "--top", "2", "--json",
        ]).output
        let entries = try JSONValue(parsing: output).array()
        #expect(try !entries.isEmpty && entries.allSatisfy { try $0["image_id"].integer() == 7 })
        let file = try run(["evaluate", "--model", "Runs/numbers", "--json", "--output", "found"]).output
        #expect(
            try run(["evaluate", "--detections", "found/detections.json", "--voc", "coco", "--json"]).output == file)
        _ = try run(["data", "convert", "coco", "voc", "--to", "voc"])
        #expect(
            try run(["evaluate", "--detections", "found/detections.json", "--voc", "voc", "--json"]).output == file)
    }

    @Test("Wrong formats and folders give error messages")
    func wrongInput() throws {
        #expect(try Program.run(["data", "convert", "a", "b", "--to", "pdf"], in: folder.url).status == 64)
        let outcome = try Program.run(["data", "convert", "nothing", "b", "--to", "voc"], in: folder.url)
        #expect(outcome.status == 1 && outcome.errors.contains("nothing"), "\(outcome.errors)")
        _ = try run(["data", "synthesize", "shapes", "--count", "4", "--size", "48"])
        let inside = try Program.run(["data", "convert", "shapes", "shapes/copy", "--to", "voc"], in: folder.url)
        #expect(inside.status == 1 && inside.errors.contains("inside the data set"), "\(inside.errors)")
    }
}
