import Boxes
import Datasets
import Foundation
import Graphs
import Images
import Inference
import Inspection
import InspectionJobs
import Jobs
import Networks
import Tensors
import Testing

/// Explanations that are right, wrong and flat by construction, of objects found by an untrained network, whose detections
/// serve as annotations.
@Suite struct FaithfulnessJobTests {
    private final class Watcher {
        var last: [String: (Int, Int)] = [:]
        var warnings: [String] = []

        func report(_ event: JobEvent) {
            switch event {
            case .working(let what, let finished, let count): last[what] = (finished, count)
            case .warning(let text): warnings.append(text)
            default: break
            }
        }
    }

    private let classNames = ["ring", "bar"]

    private func predictor() throws -> Predictor {
        let model = try Model(
            network: NetworkConfiguration(name: "compact", classCount: 2, headChannels: 8), classNames: classNames,
            inputSize: 64, seed: 4)
        // Boxes of about six cells, so that none is empty.
        try model.parameters.assign("heads.size.2.bias", Tensor([2], repeating: 6))
        return try Predictor(model: model, backend: ReferenceBackend())
    }

    /// Two images annotated with the highest-scoring detections of each class, and a file that is not an image.
    private func dataset(_ predictor: Predictor, in folder: URL) throws -> DetectionDataset {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var random = SeededGenerator(3)
        var samples: [Sample] = []
        for name in ["a", "b"] {
            let pixels = (0..<3 * 64 * 48).map { _ in UInt8(random.integer(in: 0...255)) }
            let file = folder.appendingPathComponent(name + ".png")
            try Image(width: 64, height: 48, pixels: pixels).writePNG(to: file)
            let found = try predictor.predict([predictor.read(file)])[0].detections
            let objects = [0, 0, 0, 1].compactMap { classIndex in
                found.first { $0.classIndex == classIndex && !$0.box.isEmpty }.map {
                    AnnotatedObject(classIndex: classIndex, className: classNames[classIndex], box: $0.box)
                }
            }
            samples.append(Sample(id: name, imageURL: file, objects: objects))
        }
        let broken = folder.appendingPathComponent("c.png")
        try Data("no image".utf8).write(to: broken)
        samples.append(Sample(id: "c", imageURL: broken, objects: samples[0].objects))
        return DetectionDataset(classNames: classNames, samples: samples, split: "val")
    }

    private func inFolder(_ body: (URL) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-\(UUID())")
        defer { try? FileManager.default.removeItem(at: folder) }
        try body(folder)
    }

    @Test func rowsAreJudgedByWhatTheyPointAt() throws {
        try inFolder { folder in
            let predictor = try predictor()
            let inspector = try Inspector(
                graph: predictor.detector.graph, parameters: predictor.detector.parameters, backend: ReferenceBackend())
            var settings = FaithfulnessJob.Settings(
                methods: [.gradCAM, .inputGradient, .random], layers: ["deep", "shallow"])
            settings.threshold = 0
            settings.steps = 3
            settings.objectLimit = 2
            let watcher = Watcher()
            var asked: [String] = []
            let job = FaithfulnessJob(
                predictor: predictor, settings: settings,
                explain: { input, method, layers, targets in
                    asked.append("\(method.rawValue) \(layers) \(targets.map(\.name))")
                    return targets.map { target in
                        if method == .inputGradient { return (nil, 2) }
                        // The peak's own cell, four pixels wide, or the corner farthest from it.
                        let place = target.terms[0].place
                        var map = Tensor([input.shape[2], input.shape[3]])
                        let isDeep = layers == ["deep"]
                        map[isDeep ? 4 * place[1] + 2 : place[1] < 8 ? 63 : 0, isDeep ? 4 * place[2] + 2 : 0] = 1
                        return (map, 4)
                    }
                }, logits: { try inspector.scores($0, target: $1) }, progress: watcher.report)
            let report = try job.run(dataset(predictor, in: folder))
            // The detections with the highest score of each class, in order of score, for each image.
            #expect(report.imageCount == 2 && report.objectCount == 4)
            #expect(asked.count == 6 && asked.allSatisfy { $0.contains("ring") && $0.contains("bar") })
            let rows = report.table.rows
            #expect(
                rows.map(\.name) == [
                    "grad-cam at deep", "grad-cam at shallow", "input-gradient", "random", "center-gaussian",
                ])
            #expect(rows.map(\.isBaseline) == [false, false, false, true, true])
            #expect(rows.map(\.mapCount) == [4, 4, 4, 4, 4] && rows.map(\.flatMapCount) == [0, 0, 4, 0, 0])
            #expect(rows[0].scores[.pointingGame] == 100 && rows[0].scores[.energyInBox] == 100)
            #expect(rows[1].scores[.pointingGame] == 0 && rows[2].scores[.energyInBox] == 0)
            #expect(rows[0].scores[.milliseconds] == 4 && rows[3].scores[.milliseconds].isNaN)
            #expect(rows.allSatisfy { $0.scores[.deletion] > 0 && $0.scores[.insertion] > 0 })
            #expect(watcher.last["scoring explanations"]! == (20, 20) && watcher.last["detecting objects"]! == (3, 3))
            #expect(watcher.warnings.count == 1)
            #expect(report.text.hasPrefix("4 objects found in 2 images of 'val'\n\nmethod"))
            #expect(try report.json["table"]["rows"].array().count == 5)
        }
    }

    @Test func anExplainersMapsAreJudged() throws {
        try inFolder { folder in
            let predictor = try predictor()
            let inspector = try Inspector(
                graph: predictor.detector.graph, parameters: predictor.detector.parameters, backend: ReferenceBackend())
            var settings = FaithfulnessJob.Settings(methods: [.hiResCAM, .inputGradient], layers: ["backbone.layer2"])
            settings.threshold = 0
            settings.steps = 2
            settings.objectLimit = 1
            settings.imageLimit = 1
            let job = FaithfulnessJob(
                predictor: predictor, explainer: Explainer(inspector), settings: settings, progress: { _ in })
            let rows = try job.run(dataset(predictor, in: folder)).table.rows
            #expect(rows.map(\.mapCount) == [1, 1, 1, 1])
            #expect(rows[0].layer == "backbone.layer2" && rows[1].layer == nil)
            #expect(rows[1].flatMapCount == 0 && rows[1].scores[.milliseconds] > 0)
        }
    }

    @Test func nothingFoundIsASentence() throws {
        try inFolder { folder in
            let predictor = try predictor()
            let data = try dataset(predictor, in: folder)
            var settings = FaithfulnessJob.Settings(methods: [.gradCAM], layers: ["deep"])
            settings.threshold = 1.1
            settings.imageLimit = 2
            let job = FaithfulnessJob(
                predictor: predictor, settings: settings, explain: { _, _, _, _ in [] }, logits: { _, _ in [] },
                progress: { _ in })
            let expected = FaithfulnessJobError.nothingFound(imageCount: 2, threshold: 1.1)
            #expect(throws: expected) { try job.run(data) }
            #expect(
                expected.description
                    == "there is nothing to explain: in 2 images no annotated object is found with a score of 1.1 or more"
            )
        }
    }
}
