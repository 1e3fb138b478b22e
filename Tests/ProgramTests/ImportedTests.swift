import Foundation
import Images
import JSON
import ONNX
import Tensors
import TestSupport
import Testing

/// Detectors as ONNX files, run and inspected through the program.
@Suite("Imported detectors")
struct ImportedTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func image() throws -> URL {
        try Fixture.shapes.get().appendingPathComponent("JPEGImages/000002.jpg")
    }

    /// Networks with random weights, exported by PyTorch.
    private static func file(_ name: String) -> String { Golden.file("onnx").appendingPathComponent(name).path }

    private func run(_ arguments: [String]) throws -> String {
        let outcome = try Program.run(arguments, in: folder.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        return outcome.output
    }

    private func problem(_ arguments: [String]) throws -> String {
        let outcome = try Program.run(arguments, in: folder.url)
        #expect(outcome.status == 1, "\(outcome.output)")
        return outcome.errors
    }

    /// Our own network as an imported ONNX file: every command gives the same results as with the model.
    @Test("An exported file gives the same results as its model")
    func ownFile() throws {
        let (model, image) = (try Fixture.run.get().path, try Self.image().path)
        _ = try run(["export", "--model", model, "--onnx", "tiny.onnx", "--dynamic"])
        func both(_ arguments: [String]) throws -> (String, String) {
            (
                try run(arguments + ["--model", model, "--output", "a"]),
                try run(arguments + ["--model", "tiny.onnx", "--output", "b"])
            )
        }
        let demo = try both(["demo", image, "--threshold", "0.01", "--flip", "--scales", "1,2", "--json"])
        #expect(demo.0 == demo.1 && demo.0.contains("bbox"))
        _ = try both(["heatmap", image])
        let maps = try ["a", "b"].map { try Data(contentsOf: folder.file("\($0)/000002.npy")) }
        #expect(maps[0] == maps[1])
        let looks = try both([
            "inspect", image, "--threshold", "0.01", "--detection", "0", "--method", "grad-cam", "--json",
        ])
        // Ignore the timings.
        func lines(_ text: String) -> [Substring] {
            text.split(separator: "\n").filter { !$0.contains("milliseconds") }
        }
        #expect(lines(looks.0) == lines(looks.1))
        let name = try JSONValue(parsing: looks.0).array()[0]["maps"].array()[0]["file"].string()
        let raw = try ["a", "b"].map { try Data(contentsOf: folder.file("\($0)/\(name)")) }
        #expect(raw[0] == raw[1])
        let voc = try Fixture.shapes.get().path
        let scores = try both(["evaluate", "--voc", voc, "--split", "train", "--json"])
        #expect(scores.0 == scores.1)
    }

    @Test("An hourglass's file accepts other sizes that the network can halve")
    func otherSizes() throws {
        _ = try run([
            "export", "--network", "hourglass-small", "--classes", "2", "--size", "64", "--onnx", "h.onnx", "--dynamic",
        ])
        let image = try Self.image().path
        _ = try run(["heatmap", image, "--model", "h.onnx", "--scales", "1.5", "--output", "maps"])
        #expect(try Tensor(npy: Data(contentsOf: folder.file("maps/000002.npy"))).shape == [2, 32, 32])
    }

    @Test(
        "YOLO with anchors and with distributions: detected, drawn and explained",
        arguments: [("grid_yolo", "yolov5"), ("distribution_yolo", "yolov8"), ("newer_yolo", "yolov5")])
    func yolo(name: String, decoder: String) throws {
        let options = ["--model", Self.file("\(name).onnx"), "--decoder", decoder]
        let size = name == "distribution_yolo" ? "12x16" : "16x20"
        let image = try Self.image().path
        let found = try JSONValue(
            parsing: run(
                ["demo", image, "--threshold", "0.02", "--output", "demo", "--json", "--size", size] + options))
        let detections = try found.array()
        try #require(!detections.isEmpty)
        for detection in detections { #expect(try detection["score"].number() >= 0.02) }
        _ = try run(["heatmap", image, "--output", "maps", "--size", size] + options)
        #expect(try Tensor(npy: Data(contentsOf: folder.file("maps/000002.npy"))).shape.count == 3)
        let maps = try JSONValue(
            parsing: run(
                [
                    "inspect", image, "--threshold", "0.02", "--detection", "0", "--method", "grad-cam", "--json",
                    "--size", size,
                ]
                    + options)
        ).array()[0]["maps"].array()
        #expect(maps.count == 1)
        let raw = try Tensor(npy: Data(contentsOf: folder.file("inspection/" + maps[0]["file"].string())))
        #expect(raw.shape.count == 2 && raw.elements.allSatisfy(\.isFinite))
    }

    /// The network is only the correlation: the template is a white square, and so is the object.
    @Test("A tracker's object is found in the search image, and explained")
    func siamese() throws {
        var model = ProtoModel()
        model.irVersion = 8
        model.opsetImport = [.with { $0.version = 17 }]
        model.graph = .with { graph in
            func port(_ name: String, _ shape: [Int]) -> ProtoValueInformation {
                .with { port in
                    port.name = name
                    port.type.tensorType.elemType = 1
                    port.type.tensorType.shape.dim = shape.map { extent in .with { $0.dimValue = Int64(extent) } }
                }
            }
            graph.input = [port("search", [1, 3, 16, 16]), port("template", [1, 3, 8, 8])]
            graph.output = [port("response", [1, 1, 9, 9])]
            graph.node = [
                .with {
                    ($0.opType, $0.input, $0.output) = ("Conv", ["search", "template"], ["response"])
                }
            ]
        }
        try model.serializedData().write(to: folder.file("tracker.onnx"))
        var search = Image(width: 16, height: 16, fill: (0, 0, 0))
        for y in 2..<10 { for x in 6..<14 { search[x, y] = (255, 255, 255) } }
        try search.writePNG(to: folder.file("search.png"))
        try Image(width: 8, height: 8, fill: (255, 255, 255)).writePNG(to: folder.file("template.png"))
        let options = [
            "search.png", "--model", "tracker.onnx", "--decoder", "siamese", "--template", "template.png", "--size",
            "16",
            "--brightness", "1", "--std", "10,10,10", "--object-share", "1", "--response-stride", "1", "--json",
        ]
        let found = try JSONValue(parsing: run(["demo"] + options)).array()[0]
        #expect(zip(try found["bbox"].numbers(), [6, 2, 8, 8]).allSatisfy { abs($0 - $1) < 1e-6 })
        // 3 channels of 64 cells, each with the square of 0.1.
        #expect(abs(try found["score"].number() - 1 / (1 + exp(-1.92))) < 1e-5)
        let map = try JSONValue(
            parsing: run(["inspect"] + options + ["--detection", "0", "--method", "grad-cam", "--layer", "search"]))
        #expect(try map.array()[0]["maps"].array().count == 1)
    }

    @Test("Any element of any output of any graph can be explained")
    func elements() throws {
        let image = try Self.image().path
        let output = try run([
            "inspect", image, "--model", Self.file("mobile.onnx"), "--target", "38,3", "--size", "17x14", "--json",
        ])
        #expect(try JSONValue(parsing: output).array()[0]["maps"].array()[0]["target"].string() == "38[3]")
        let errors = try problem([
            "inspect", image, "--model", Self.file("mobile.onnx"), "--target", "38,5", "--size", "17x14",
        ])
        #expect(errors.contains("38") && errors.contains("5"), "\(errors)")
    }

    @Test("A graph runs on raw arrays and writes every output to a file")
    func arrays() throws {
        let golden = try JSONValue(contentsOf: Golden.file("onnx").appendingPathComponent("styled.json"))
        try golden["inputs"]["x"].tensor().npyData().write(to: folder.file("x.npy"))
        for backend in ["onednn", "reference"] {
            _ = try run([
                "layers", "--onnx", Self.file("styled.onnx"), "--input", "x.npy", "--outputs", backend, "--backend",
                backend,
            ])
            for (name, expected) in try golden["outputs"].object() {
                let output = try Tensor(npy: Data(contentsOf: folder.file("\(backend)/\(name).npy")))
                #expect(relativeDifference(output, try expected.tensor()) < 1e-5, "\(name)")
            }
        }
        let table = try run(["layers", "--onnx", Self.file("styled.onnx")])
        #expect(table.contains("multiply-adds") && table.contains("Conv"))
    }

    @Test("Options that do not fit give error messages")
    func sentences() throws {
        let image = try Self.image().path
        let (yolo, mobile) = (Self.file("grid_yolo.onnx"), Self.file("mobile.onnx"))
        #expect(try problem(["demo", image, "--model", yolo]).contains("choose with --decoder"))
        let voc = try Fixture.shapes.get().path
        #expect(try problem(["evaluate", "--model", yolo, "--voc", voc]).contains("choose with --decoder"))
        let other = try problem(["demo", image, "--model", mobile, "--decoder", "retinanet"])
        #expect(other.contains("retinanet") && other.contains("'38' [1, 5]"), "\(other)")
        let scales = try problem(
            ["demo", image, "--model", yolo, "--decoder", "yolov5", "--size", "16x20", "--scales", "1,2"])
        #expect(scales.contains("supports only one input size"), "\(scales)")
        let classes = try problem(
            ["demo", image, "--model", yolo, "--decoder", "yolov5", "--size", "16x20", "--classes", "a"])
        #expect(classes.contains("names 1 class,"), "\(classes)")
        let keypoints = try problem(
            ["demo", image, "--model", yolo, "--decoder", "yolov5", "--size", "16x20", "--keypoints", "coco"])
        #expect(keypoints.contains("--keypoints is for CenterNet's keypoint heads"), "\(keypoints)")
        let own = try problem(["demo", image, "--model", Fixture.run.get().path, "--decoder", "yolov5"])
        #expect(own.contains("--decoder"), "\(own)")
        #expect(try problem(["demo", image, "--model", Self.file("siamese.onnx")]).contains("--template"))
        let broken = try folder.write(Data([0x3a, 0xff, 0xff, 0xff, 0xff, 0x7f]), to: "broken.onnx")
        #expect(try problem(["demo", image, "--model", broken.path]).contains("broken.onnx"))
    }
}
