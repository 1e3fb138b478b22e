import Boxes
import Datasets
import Foundation
import Graphs
import Images
import Inference
import InspectionJobs
import JSON
import Jobs
import Networks
import Testing

@Suite struct DecodeJobTests {
    /// A folder with an image that has a VOC annotation beside it, and one that has none.
    private func folder() throws -> URL {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-decode-\(UUID())")
        for name in ["images", "annotations"] {
            try FileManager.default.createDirectory(
                at: folder.appendingPathComponent(name), withIntermediateDirectories: true)
        }
        for (name, width) in [("known", 96), ("unknown", 50)] {
            try Image(width: width, height: 64, fill: (200, 90, 40))
                .writePNG(to: folder.appendingPathComponent("images/\(name).png"))
        }
        try Data(
            """
            <annotation><filename>known.png</filename>
            <object><name>cat</name><bndbox><xmin>11</xmin><ymin>11</ymin><xmax>40</xmax><ymax>50</ymax></bndbox></object>
            <object><name>dog</name><bndbox><xmin>61</xmin><ymin>11</ymin><xmax>90</xmax><ymax>50</ymax></bndbox></object>
            </annotation>
            """.utf8
        ).write(to: folder.appendingPathComponent("annotations/known.xml"))
        return folder
    }

    private func predictor(scales: [Double] = [1]) throws -> Predictor {
        var options = PredictorOptions()
        options.scales = scales
        let model = try Model(
            network: NetworkConfiguration(name: "compact", classCount: 2, headChannels: 16),
            classNames: ["cat", "dog"], inputSize: 64, seed: 1)
        return try Predictor(model: model, backend: ReferenceBackend(), options: options)
    }

    @Test func sheetNumbersAndListingAgree() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = try OutputFolder(folder.appendingPathComponent("out"))
        let predictor = try predictor()
        // An untrained network has low peaks everywhere.
        let job = DecodeJob(predictor: predictor, threshold: 0.05, limit: 5, output: output, progress: { _ in })
        let images = try ImageSource.collect([folder.appendingPathComponent("images").path])
        let result = try job.run(images)
        try result.throwIfSomeFailed()

        #expect(try Image(contentsOf: output.file("known.decode.png")).width > 1000)
        let json = try JSONValue(parsing: try String(contentsOf: output.file("known.decode.json"), encoding: .utf8))
        #expect(json == (try result.json["images"]["known"]))
        let image = try Image(contentsOf: images[0].file)
        let kept = try json["peaks"].array().filter { try $0["outcome"].string() == "kept" }
        let found = try predictor.predict([image])[0].detections.prefix(5).filter { $0.score >= 0.05 }
        #expect(!found.isEmpty)
        for (peak, detection) in zip(kept, found) {
            #expect(try peak["row"].integer() == detection.row && peak["column"].integer() == detection.column)
            #expect(try abs(peak["box"].array()[0].number() - detection.box.xMin) < 1e-9)
        }
        #expect(kept.count == found.count)
        let misses = try json["misses"].array().count
        #expect(try json["found"].integer() + misses == 2)
        let counts = try result.json["missCounts"].object().map { try $0.value.integer() }
        #expect(counts.reduce(0, +) == misses)
        #expect(try result.json["annotatedImages"].integer() == 1)
        #expect(try result.json["images"]["unknown"].object()["misses"] == nil)
        #expect(result.text.contains("1 annotated image: "))
        #expect(!result.text.contains("one scale"))
    }

    @Test func severalSizesAreSaidToBeOneLook() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let job = DecodeJob(
            predictor: try predictor(scales: [1, 2]), threshold: 0.3,
            output: try OutputFolder(folder.appendingPathComponent("out")), progress: { _ in })
        let result = try job.run(try ImageSource.collect([folder.appendingPathComponent("images/known.png").path]))
        #expect(
            result.text.hasSuffix(
                "This is one scale, 64 x 64 pixels; the other scales of test-time augmentation are left out."))
    }

    @Test func aDataSetThatIsNoneIsAnError() throws {
        let folder = try folder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let nowhere = folder.appendingPathComponent("nowhere")
        let job = DecodeJob(
            predictor: try predictor(), threshold: 0.3, annotations: nowhere,
            output: try OutputFolder(folder.appendingPathComponent("out")), progress: { _ in })
        let images = try ImageSource.collect([folder.appendingPathComponent("images/known.png").path])
        #expect(throws: DatasetError.self) { try job.run(images) }
    }
}
