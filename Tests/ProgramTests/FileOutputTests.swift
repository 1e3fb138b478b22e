import Foundation
import Images
import TestSupport
import Testing

/// Where results go, and what is said when they cannot go there.
@Suite("Files that commands write")
struct FileOutputTests {
    private let folder: TemporaryFolder
    private let model: String
    private let image: Data

    init() throws {
        folder = try TemporaryFolder()
        model = try Fixture.run.get().path
        image = try Data(contentsOf: Fixture.shapes.get().appendingPathComponent("JPEGImages/000001.jpg"))
    }

    private func run(_ arguments: [String], status: Int32 = 0, limits: String? = nil) throws -> Program.Outcome {
        let outcome = try Program.run(arguments, in: folder.url, limits: limits)
        try #require(outcome.status == status, "\(arguments): \(outcome.errors)")
        return outcome
    }

    private func export(to name: String, status: Int32 = 0, limits: String? = nil) throws -> Program.Outcome {
        try run(["export", "--model", model, "--onnx", name], status: status, limits: limits)
    }

    private func mode(_ name: String) throws -> mode_t {
        var status = stat()
        try #require(lstat(folder.file(name).path, &status) == 0)
        return status.st_mode
    }

    /// All files in the folder and below, hidden ones too, with their sizes.
    private var sizes: [String: Int] {
        get throws {
            let manager = FileManager.default
            let names = try manager.subpathsOfDirectory(atPath: folder.url.path)
            return try Dictionary(
                uniqueKeysWithValues: names.compactMap { name in
                    let attributes = try manager.attributesOfItem(atPath: folder.file(name).path)
                    return attributes[.type] as? FileAttributeType == .typeRegular
                        ? (name, attributes[.size] as? Int ?? -1) : nil
                })
        }
    }

    // MARK: - What stands at the path

    @Test("Links, modes, pipes and devices stay what they are")
    func destinations() throws {
        try folder.write("old", to: "real.onnx")
        chmod(folder.file("real.onnx").path, 0o600)
        symlink("real.onnx", folder.file("link.onnx").path)
        _ = try export(to: "link.onnx")
        #expect(try mode("link.onnx") & S_IFMT == S_IFLNK)
        #expect(try mode("real.onnx") & 0o777 == 0o600)
        let expected = try Data(contentsOf: folder.file("real.onnx"))
        #expect(expected.count > 1000)
        try #require(mkfifo(folder.file("pipe").path, 0o600) == 0)
        _ = try export(to: "pipe", limits: "(cat pipe > piped &)")
        #expect(try mode("pipe") & S_IFMT == S_IFIFO)
        // The reader ends soon after the writer.
        for _ in 0..<1000 where try sizes["piped"] != expected.count { usleep(10_000) }
        #expect(try Data(contentsOf: folder.file("piped")) == expected)
        if mknod(folder.file("null").path, S_IFCHR | 0o666, 1 << 8 | 3) == 0 {
            _ = try export(to: "null")
            #expect(try mode("null") & S_IFMT == S_IFCHR)
        }
    }

    @Test("A full device is one sentence, and not a bad image")
    func fullDevice() throws {
        let outcome = try export(to: "/dev/full", status: 1)
        #expect(outcome.errors == "pinpoint: /dev/full cannot be written: no space left on device\n")
        for name in ["a", "b", "c"] { try folder.write(image, to: "in/\(name).jpg") }
        try FileManager.default.createDirectory(at: folder.file("out"), withIntermediateDirectories: true)
        for (command, end) in [("demo", "png"), ("heatmap", "heatmap.png"), ("inspect", "layer-cam.png")] {
            let blocked = "out/b.\(end)"
            symlink("/dev/full", folder.file(blocked).path)
            let arguments = command == "inspect" ? ["--each", "--class", "circle", "--method", "layer-cam"] : []
            let outcome = try run([command, "in", "--model", model, "--output", "out"] + arguments, status: 1)
            #expect(outcome.errors.contains("pinpoint: \(blocked) cannot be written: no space left on device"))
            #expect(!outcome.errors.contains("could not be used"))
            #expect(try sizes["out/a.\(end)"] ?? 0 > 0)
            #expect(try sizes["out/c.\(end)"] == nil, "nothing is written after it")
            unlink(folder.file(blocked).path)
        }
        let shapes = try Fixture.shapes.get().path
        symlink("/dev/full", folder.file("out/000001.png").path)
        symlink("/dev/full", folder.file("out/000002.png").path)
        let preview = try run(
            ["data", "preview", "--voc", shapes, "--output", "out"] + Fixture.tinySettings, status: 1)
        #expect(preview.errors.contains("cannot be written: no space left on device"))
    }

    @Test("A limit of the size of files is a sentence, and leaves no part of a file")
    func sizeLimit() throws {
        let outcome = try export(to: "m.onnx", status: 1, limits: "ulimit -f 8")
        #expect(outcome.errors == "pinpoint: m.onnx cannot be written: file too large\n")
        #expect(try sizes.isEmpty)
        let noise = (0..<3 * 400 * 300).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 2_654_435 >> 7) }
        try folder.write(Image(width: 400, height: 300, pixels: noise).pngData(), to: "set/JPEGImages/a.png")
        try folder.write(
            "<annotation><filename>a.png</filename><object><name>x</name><bndbox><xmin>5</xmin><ymin>5</ymin>"
                + "<xmax>90</xmax><ymax>90</ymax></bndbox></object></annotation>", to: "set/Annotations/a.xml")
        for command in [["check", "set", "--fix", "copy"], ["convert", "set", "copy", "--to", "coco"]] {
            let copied = try run(["data"] + command, status: 1, limits: "ulimit -f 8")
            #expect(copied.errors.contains("a.png: cannot be written: file too large"), "\(copied.errors)")
            #expect(try sizes.keys.allSatisfy { !$0.hasPrefix("copy/") })
            try FileManager.default.removeItem(at: folder.file("copy"))
        }
    }

    // MARK: - Outputs that are inputs

    @Test("No command replaces what it reads, whatever name leads to it")
    func sameFile() throws {
        let weights = try Data(contentsOf: URL(fileURLWithPath: model + "/weights/best.safetensors"))
        try folder.write(weights, to: "m.safetensors")
        try folder.write(image, to: "x.jpg")
        symlink("m.safetensors", folder.file("link").path)
        link(folder.file("m.safetensors").path, folder.file("hard.onnx").path)
        try FileManager.default.createDirectory(at: folder.file("out"), withIntermediateDirectories: true)
        symlink("../m.safetensors", folder.file("out/x.png").path)
        link(folder.file("m.safetensors").path, folder.file("out/detections.json").path)
        symlink("../m.safetensors", folder.file("out/x.heatmap.png").path)
        symlink("../m.safetensors", folder.file("out/inspection.json").path)
        let shapes = try Fixture.shapes.get().path
        for (arguments, output) in [
            (["export", "--model", "m.safetensors", "--onnx", "m.safetensors"], "m.safetensors"),
            (["export", "--model", "m.safetensors", "--onnx", "link"], "link"),
            (["export", "--model", "link", "--onnx", "hard.onnx"], "hard.onnx"),
            (["convert", "m.safetensors", "--names", "published", "--output", "link"], "link"),
            (["inspect", "x.jpg", "--model", "m.safetensors", "--html", "link"], "link"),
            (["inspect", "x.jpg", "--model", "m.safetensors", "--html", "x.jpg"], "x.jpg"),
            (["inspect", "x.jpg", "--model", "m.safetensors", "--output", "out"], "out/inspection.json"),
            (["demo", "x.jpg", "--model", "m.safetensors", "--output", "out"], "out/detections.json"),
            (["heatmap", "x.jpg", "--model", "m.safetensors", "--output", "out"], "out/x.heatmap.png"),
            (["evaluate", "--model", "m.safetensors", "--voc", shapes, "--output", "out"], "out/detections.json"),
            (["quantize", "--model", "m.safetensors", "--voc", shapes, "--output", "link"], "link"),
        ] {
            let outcome = try run(arguments, status: 1)
            #expect(outcome.errors.contains("\(output) and "), "\(arguments): \(outcome.errors)")
            #expect(outcome.errors.contains("are the same file"), "\(arguments): \(outcome.errors)")
            #expect(try Data(contentsOf: folder.file("m.safetensors")) == weights)
            #expect(try Data(contentsOf: folder.file("x.jpg")) == image)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("out").path).count == 4)
        let training = ["train", "--voc", shapes, "--name", "own", "--pretrained", "Runs/own"] + Fixture.tinySettings
        try folder.write(weights, to: "Runs/own/weights/best.safetensors")
        #expect(try run(training + ["--replace"], status: 1).errors.contains("are the same file"))
        #expect(try Data(contentsOf: folder.file("Runs/own/weights/best.safetensors")) == weights)
    }

    @Test("Two results that a link makes one file are refused")
    func sameResults() throws {
        for name in ["a.jpg", "b.jpg"] { try folder.write(image, to: name) }
        try FileManager.default.createDirectory(at: folder.file("out"), withIntermediateDirectories: true)
        symlink("b.png", folder.file("out/a.png").path)
        let outcome = try run(["demo", "a.jpg", "b.jpg", "--model", model, "--output", "out"], status: 1)
        #expect(outcome.errors.contains("out/a.png and out/b.png are the same file"))
    }

    // MARK: - Images that cannot be drawn

    /// More pixels in a row than cairo draws, and as many as JPEG stores.
    private func wide() throws -> Data { try Image(width: 65_500, height: 2, fill: (90, 90, 90)).jpegData() }

    @Test("An image too wide to be drawn is named and left out")
    func wideImage() throws {
        for name in ["a", "c"] { try folder.write(image, to: "in/\(name).jpg") }
        try folder.write(wide(), to: "in/b.jpg")
        let outcome = try run(["heatmap", "in", "--model", model, "--output", "out"], status: 1)
        #expect(outcome.errors.contains("1 of 3 images could not be used: in/b.jpg: a drawing of 65500 x"))
        #expect(try sizes["out/a.heatmap.png"] != nil && sizes["out/c.heatmap.png"] != nil)
        #expect(try sizes.keys.allSatisfy { !$0.hasPrefix("out/b") })
    }

    @Test(
        "A run with such an image ends with its figures and its report, and data check names it",
        .timeLimit(.minutes(5)))
    func wideImageInARun() throws {
        let shapes = folder.file("shapes")
        try FileManager.default.copyItem(at: Fixture.shapes.get(), to: shapes)
        let list = try String(contentsOf: shapes.appendingPathComponent("ImageSets/Main/val.txt"), encoding: .utf8)
        let name = String(try #require(list.split(separator: "\n").first))
        try folder.write(wide(), to: "shapes/JPEGImages/\(name).jpg")
        try folder.write(
            "<annotation><filename>\(name).jpg</filename><size><width>65500</width><height>2</height><depth>3</depth>"
                + "</size></annotation>", to: "shapes/Annotations/\(name).xml")
        let outcome = try run(
            ["run", "--voc", "shapes", "--name", "wide", "--set", "training.epochs=1"] + Fixture.tinySettings)
        #expect(outcome.errors.contains("\(name).jpg: a drawing of 65500 x"), "\(outcome.errors)")
        #expect(try sizes["Runs/wide/metrics.json"] != nil && sizes["Runs/wide/report.html"] != nil)
        let check = try run(["data", "check", "shapes"])
        #expect(check.output.contains("\(name).jpg: too-large-to-draw"), "\(check.output)")
    }
}
