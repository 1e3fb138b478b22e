import Foundation
import Images
import JSON
import Tensors
import TestSupport
import Testing

/// `pinpoint inspect` as a user runs it.
@Suite("Inspect")
struct InspectTests {
    private static func image() throws -> URL {
        try Fixture.shapes.get().appendingPathComponent("JPEGImages/000001.jpg")
    }

    private func inspect(_ arguments: [String], _ output: URL? = nil) throws -> Program.Outcome {
        try Program.run(
            ["inspect", Self.image().path, "--model", Fixture.run.get().path, "--threshold", "0.01"]
                + (output.map { ["--output", $0.path] } ?? []) + arguments)
    }

    @Test("Maps, their raw values, and the list of maps")
    func maps() throws {
        let folder = try TemporaryFolder()
        let outcome = try inspect(
            ["--method", "gradcam,hires-cam", "--layer", "backbone.layer*", "--top", "2", "--json"], folder.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
        let list = try JSONValue(parsing: outcome.output).array()
        let maps = try list[0]["maps"].array()
        #expect(maps.count == 2 * 2 * 4)
        for map in maps {
            let tensor = try Tensor(npy: Data(contentsOf: folder.file(map["file"].string())))
            let side = ["backbone.layer1": 16, "backbone.layer2": 8, "backbone.layer3": 4, "backbone.layer4": 2]
            #expect(try tensor.shape == [Int](repeating: side[map["layer"].string()] ?? 0, count: 2))
            let highest = try map["highest"].number()
            #expect(abs(Double(tensor.elements.max() ?? 0) - highest) < 1e-5 || highest == 0)
        }
        for method in ["grad-cam", "hires-cam"] {
            let sheet = try Image(contentsOf: folder.file("000001.\(method).png"))
            #expect(sheet.width > sheet.height)
        }
        #expect(try JSONValue(contentsOf: folder.file("inspection.json")).array().count == 1)
    }

    @Test("The box's own quantities, a class's peak, and any element")
    func targets() throws {
        let folder = try TemporaryFolder()
        func targets(_ arguments: [String]) throws -> [String] {
            let outcome = try inspect(arguments + ["--json"], folder.url)
            try #require(outcome.status == 0, "\(outcome.errors)")
            return try JSONValue(parsing: outcome.output).array()[0]["maps"].array().map { try $0["target"].string() }
        }
        let box = try targets(["--detection", "0", "--quantity", "box"])
        #expect(box.map { $0.split(separator: " ").last.map(String.init) } == ["left", "top", "right", "bottom"])
        #expect(try targets(["--class", "circle"]).count == 1)
        #expect(try targets(["--target", "size,1,3,4"]) == ["size[1, 3, 4]"])
        #expect(try targets(["--top", "2", "--sum"]).last == "all together")
    }

    @Test("Layer activations, decoding, and everything on one page")
    func views() throws {
        let folder = try TemporaryFolder()
        let features = try inspect(["--features", "all", "--layer", "backbone.layer2", "--count", "3"], folder.url)
        try #require(features.status == 0, "\(features.errors)")
        for name in [
            "features.png", "backbone.layer2.channels.png", "backbone.layer2.norm.npy", "backbone.layer2.pca.npy",
        ] {
            #expect(FileManager.default.fileExists(atPath: folder.file("000001.\(name)").path), "\(name)")
        }
        let decode = try inspect(["--decode"], folder.url)
        try #require(decode.status == 0, "\(decode.errors)")
        #expect(decode.output.contains("1 annotated image"))
        #expect(try JSONValue(contentsOf: folder.file("000001.decode.json")).object().count > 2)
        let page = try inspect(["--html", folder.file("page.html").path, "--top", "1", "--method", "grad-cam"])
        try #require(page.status == 0, "\(page.errors)")
        let text = try String(contentsOf: folder.file("page.html"), encoding: .utf8)
        #expect(text.hasPrefix("<!DOCTYPE html>") && text.contains("upsampler.level1.2") && !text.contains("http://"))
    }

    @Test("An object tracked through a folder of frames, or each frame on its own")
    func sequences() throws {
        let folder = try TemporaryFolder()
        for index in 1...3 {
            try FileManager.default.createDirectory(at: folder.file("frames"), withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                at: Fixture.shapes.get().appendingPathComponent("JPEGImages/00000\(index).jpg"),
                to: folder.file("frames/f\(index).jpg"))
        }
        func run(_ arguments: [String]) throws -> Program.Outcome {
            try Program.run(
                ["inspect", folder.file("frames").path, "--model", Fixture.run.get().path, "--threshold", "0.001"]
                    + arguments)
        }
        let followed = try run(["--output", folder.file("out").path])
        try #require(followed.status == 0, "\(followed.errors)")
        #expect(followed.output.hasPrefix("found in "))
        let lines = try JSONValue(contentsOf: folder.file("out/sequence.json")).array()
        #expect(lines.count == 3)
        #expect(try lines[0]["state"].string() == "found")
        #expect(try Image(contentsOf: folder.file("out/sequence.png")).width > 100)
        let each = try run(["--each", "--top", "1", "--output", folder.file("each").path])
        #expect(each.status == 0 && FileManager.default.fileExists(atPath: folder.file("each/f3.layer-cam.png").path))
        let elements = try run(["--target", "heatmap,0,0,0"])
        #expect(elements.status == 1 && elements.errors.contains("--each"))
    }

    /// A decoded frame takes 1.6 MB and its overlay more, so 60 frames would take 200 MB.
    @Test("Memory does not grow with the number of frames")
    func sequenceMemory() throws {
        var image = Image(width: 900, height: 600, fill: (90, 90, 90))
        for y in 200..<400 { for x in 300..<500 { image[x, y] = (255, 255, 255) } }
        let peaks = try [10, 70].map { count in
            let folder = try TemporaryFolder()
            let frames = folder.file("frames")
            try FileManager.default.createDirectory(at: frames, withIntermediateDirectories: true)
            try image.writePNG(to: frames.appendingPathComponent("0.png"))
            for index in 1..<count {
                try FileManager.default.linkItem(
                    at: frames.appendingPathComponent("0.png"), to: frames.appendingPathComponent("\(index).png"))
            }
            let child = try Program.Child([
                "inspect", frames.path, "--model", Fixture.run.get().path, "--threshold", "0.001", "--output",
                folder.file("out").path,
            ])
            let (outcome, peak) = try child.waitWatchingMemory()
            try #require(outcome.status == 0, "\(outcome.errors)")
            #expect(try JSONValue(contentsOf: folder.file("out/sequence.json")).array().count == count)
            return peak
        }
        #expect(peaks[0] > 10_000_000 && peaks[1] - peaks[0] < 60_000_000, "\(peaks)")
    }

    @Test("Which method explains the network best")
    func score() throws {
        let outcome = try Program.run([
            "inspect", "--score", "--model", Fixture.run.get().path, "--voc", Fixture.shapes.get().path, "--split",
            "train", "--method", "layer-cam", "--layer", "backbone.layer2", "--threshold", "0", "--limit", "4",
            "--json",
        ])
        // After two epochs, the network may find nothing, and reports that.
        guard outcome.status == 0 else {
            #expect(outcome.errors.hasPrefix("pinpoint: there is nothing to explain"), "\(outcome.errors)")
            return
        }
        let report = try JSONValue(parsing: outcome.output)
        #expect(try report["objects"].integer() > 0)
        #expect(try report["table"].object().count > 0)
    }

    @Test("An image of one pixel")
    func onePixel() throws {
        let folder = try TemporaryFolder()
        let dot = folder.file("dot.png")
        try Image(width: 1, height: 1, fill: (200, 100, 50)).writePNG(to: dot)
        let outcome = try Program.run([
            "inspect", dot.path, "--model", Fixture.run.get().path, "--class", "circle", "--output", folder.url.path,
        ])
        #expect(
            outcome.status == 0 || outcome.errors == "pinpoint: the heatmap of 'circle' has no peak in this image\n")
    }

    @Test(
        "Requests that cannot be fulfilled give error messages",
        arguments: [
            (["--detection", "4000"], "there is no detection 4000: this image has 0 to "),
            (["--layer", "heads.size.0"], " is not computed from the layer 'heads.size.0', so no gradient reaches it"),
            (
                ["--layer", "backbone.laier4"],
                "there is no layer called 'backbone.laier4'; the nearest are backbone.layer4"
            ),
            (["--layer", "nowhere.*"], "there is no layer called 'nowhere.*'"),
            (["--target", "heatmap,99,0,0"], "there is no element 99,0,0 in the output 'heatmap', whose shape is "),
            (["--target", "warmth,0,0,0"], "there is no layer called 'warmth'"),
            (["--class", "dragon"], "there is no class 'dragon'; there are "),
            (["--method", "cam", "--layer", "backbone.layer4"], "which is 'heads.heatmap.1'"),
        ])
    func sentences(arguments: [String], sentence: String) throws {
        let folder = try TemporaryFolder()
        let outcome = try inspect(arguments, folder.url)
        #expect(outcome.status == 1)
        #expect(outcome.errors.hasPrefix("pinpoint: ") && outcome.errors.contains(sentence), "\(outcome.errors)")
        #expect(outcome.errors.split(separator: "\n").count == 1)
    }

    @Test(
        "Wrong usage",
        arguments: [
            ["--method", "gradcamm"], ["--opacity", "2"], ["--quantity", "weight"], ["--features", "median"],
            ["--target", "heatmap"], ["--detection", "0", "--class", "circle"], ["--decode", "--score"],
        ])
    func usage(arguments: [String]) throws {
        let outcome = try inspect(arguments)
        #expect(outcome.status == 64, "\(outcome.errors)")
    }
}
