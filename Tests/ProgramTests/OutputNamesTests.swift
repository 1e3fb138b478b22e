import Foundation
import Images
import TestSupport
import Testing

/// Image names from people, cameras and other programs, and the output names made from them.
@Suite("Output files of oddly named inputs")
struct OutputNamesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let names = [
        "-rf.jpg", ".hidden.jpg", "a b.jpg", "two\nlines.jpg", "\"it's\".jpg", "100%.jpg", "%2e%2e%2f.jpg", "~.jpg",
        String(repeating: "n", count: 251) + ".jpg", String(repeating: "ö", count: 125) + ".jpg", "😀👩‍👧.jpg",
        "e\u{301}.jpg", "\u{e9}.jpg", "X.jpg", "x.jpg", "x.png", "y.jpg", "y.heatmap.jpg", "preview.jpg",
        "detections.jpg", " .jpg", "no extension",
    ]

    private func images() throws -> [String] {
        let image = try Image(contentsOf: Fixture.shapes.get().appendingPathComponent("JPEGImages/000001.jpg"))
        let data = try image.jpegData()
        for name in Self.names { try folder.write(data, to: "in/" + name) }
        try folder.write(data, to: "b/x.jpg")
        return Self.names.map { "in/" + $0 } + ["b/x.jpg"]
    }

    private func run(_ arguments: [String]) throws {
        let outcome = try Program.run(arguments + ["--model", Fixture.run.get().path], in: folder.url)
        try #require(outcome.status == 0, "\(outcome.errors)")
    }

    private func files(_ name: String) throws -> [String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file(name).path)
        for name in names {
            let signs = Array(name.unicodeScalars)
            #expect(signs.first != "." && signs.first != " " && !signs.contains { $0.value < 32 }, "\(name)")
            #expect(name.utf8.count <= 255)
        }
        return names
    }

    @Test("Each image has its own file, in the folder, and the same name in each command")
    func commands() throws {
        let inputs = try images()
        try run(["demo", "--output", "demo", "--threshold", "0", "--top", "1"] + inputs)
        try run(["heatmap", "--output", "heatmap"] + inputs.reversed())
        try run(["inspect", "--output", "inspect", "--each", "--class", "circle", "--method", "eigen-cam"] + inputs)
        try run(["inspect", "--output", "decode", "--decode"] + inputs)
        let stems = Set(try files("demo").filter { $0 != "detections.json" }.map { String($0.dropLast(4)) })
        #expect(stems.count == inputs.count)
        for (command, end) in [("heatmap", ".heatmap.png"), ("inspect", ".eigen-cam.png"), ("decode", ".decode.png")] {
            let found = try files(command).filter { $0.hasSuffix(end) }.map { String($0.dropLast(end.count)) }
            #expect(Set(found) == stems, "\(command)")
        }
        let kept = try FileManager.default.contentsOfDirectory(atPath: folder.file("in").path)
        #expect(kept.count == Self.names.count)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 6, "nothing lies outside")
    }

    @Test("A second run replaces the first one's files and adds none")
    func again() throws {
        _ = try images()
        for _ in 0..<2 { try run(["heatmap", "in", "--output", "out"]) }
        let once = try files("out")
        try run(["heatmap", "in", "--output", "out"])
        #expect(try files("out") == once)
    }

    @Test("An input image is never overwritten by its drawing")
    func inputsAreKept() throws {
        let image = try Image(contentsOf: Fixture.shapes.get().appendingPathComponent("JPEGImages/000001.jpg"))
        for name in ["x.png", "x.heatmap.png", "x.npy", "detections.json", "x.layer-cam.png", "x.decode.png"] {
            try folder.write(try image.pngData(), to: "in/\(name)")
        }
        try FileManager.default.createSymbolicLink(at: folder.file("link"), withDestinationURL: folder.file("in"))
        let names = try files("in")
        let before = try names.map { try Data(contentsOf: folder.file("in/\($0)")) }
        let model = try Fixture.run.get().path
        for (arguments, name) in [
            (["demo", "in/x.png"], "x.png"), (["demo", "in/detections.json"], "detections.json"),
            (["heatmap", "in/x.png", "in/x.heatmap.png"], "x.heatmap.png"), (["heatmap", "in/x.npy"], "x.npy"),
            (["inspect", "in/x.png", "--html", "link/x.png"], "x.png"),
            (["inspect", "in/x.png", "in/x.layer-cam.png"], "x.layer-cam.png"),
            (["inspect", "in/x.decode.png", "in/x.png", "--decode"], "x.decode.png"),
        ] {
            let output = arguments.contains("--html") ? [] : ["--output", "link"]
            let outcome = try Program.run(arguments + output + ["--model", model], in: folder.url)
            #expect(outcome.status == 1)
            let sentence = "link/\(name) and in/\(name) are the same file; choose another place for the results"
            #expect(outcome.errors == "pinpoint: \(sentence)\n")
            #expect(try files("in") == names)
            #expect(try names.map { try Data(contentsOf: folder.file("in/\($0)")) } == before)
        }
    }
}
