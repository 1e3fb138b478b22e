import Foundation
import Images
import Networks
import Tensors
import TestSupport
import Testing
import WeightFiles

@Suite("Wrong input gives an error message and exit code 1")
struct WrongInputTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func expectSentence(
        _ arguments: [String], _ words: String..., at location: SourceLocation = #_sourceLocation
    )
        throws
    {
        let outcome = try Program.run(arguments, in: folder.url)
        let said = outcome.errors.split(separator: "\n").filter { $0.hasPrefix("pinpoint: ") }
        #expect(outcome.status == 1, "\(outcome.errors)", sourceLocation: location)
        #expect(said.count == 1, "\(outcome.errors)", sourceLocation: location)
        for word in words {
            #expect(said.joined().contains(word), "\(outcome.errors)", sourceLocation: location)
        }
        for trace in ["Fatal error", "Stack dump", "Current stack trace", "Error Domain="] {
            #expect(!outcome.errors.contains(trace), "\(outcome.errors)", sourceLocation: location)
        }
    }

    private func demo(_ image: URL) throws -> [String] {
        ["demo", image.path, "--model", try Fixture.run.get().path]
    }

    /// The files are all hole: they take no room, and reading them would take gigabytes.
    @Test("Huge files are refused by their size")
    func huge() throws {
        try folder.write("", to: "huge.json")
        #expect(truncate(folder.file("huge.json").path, 3 << 30) == 0)
        try expectSentence(["run", "huge.json"], "huge.json", "larger than 16 MB")
        let header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2147483648,), }\n"
        let head = [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8)
        try folder.write(head, to: "huge.npy")
        #expect(truncate(folder.file("huge.npy").path, off_t(head.count) + off_t(8 << 30)) == 0)
        try expectSentence(
            [
                "layers", "--onnx", Golden.file("onnx").appendingPathComponent("styled.onnx").path, "--input",
                "huge.npy",
            ],
            "huge.npy", "too large")
    }

    @Test("Missing and empty files and folders")
    func missing() throws {
        try expectSentence(try demo(folder.file("nothing.jpg")), "nothing.jpg")
        try FileManager.default.createDirectory(at: folder.file("empty"), withIntermediateDirectories: true)
        try expectSentence(try demo(folder.file("empty")), "empty", "no image")
        try expectSentence(["train", "--voc", folder.file("empty").path], "empty")
        try expectSentence(["data", "check", folder.file("empty").path], "empty")
        try expectSentence(["train", "--voc", folder.file("nothing").path], "nothing")
        try expectSentence(["data", "check", folder.file("nothing").path], "nothing")
        try expectSentence(["run", "nothing.json"], "nothing.json")
        try expectSentence(["layers", "--model", "nothing"], "nothing")
        try expectSentence(["bench", "--network", "alexnet"], "alexnet", "compact")
    }

    @Test("Files that are not images")
    func images() throws {
        let jpeg = folder.file("whole.jpg")
        try Image(width: 90, height: 70, fill: (200, 30, 60)).writeJPEG(to: jpeg)
        let whole = try Data(contentsOf: jpeg)
        try expectSentence(try demo(folder.write(whole.prefix(whole.count / 2), to: "half.jpg")), "half.jpg")
        try expectSentence(try demo(folder.write("no image at all", to: "text.png")), "text.png")
        try expectSentence(try demo(folder.write(Data(), to: "empty.png")), "empty.png")
        try expectSentence(try demo(folder.write(Self.hugePNG, to: "huge.png")), "huge.png", "60000")
    }

    /// A PNG with a valid header that claims 60000 x 60000 pixels.
    private static var hugePNG: Data {
        func bigEndian(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.bigEndian) { Array($0) } }
        func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
            let body = Array(name.utf8) + content
            return bigEndian(UInt32(content.count)) + body + bigEndian(checksum(body))
        }
        func checksum(_ bytes: [UInt8]) -> UInt32 {
            ~bytes.reduce(UInt32.max) { sum, byte in
                (0..<8).reduce(sum ^ UInt32(byte)) { rest, _ in rest & 1 == 1 ? rest >> 1 ^ 0xedb8_8320 : rest >> 1 }
            }
        }
        let header = bigEndian(60000) + bigEndian(60000) + [8, 2, 0, 0, 0]
        return Data(
            [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] + chunk("IHDR", header) + chunk("IDAT", [0x78, 0x9c])
                + chunk("IEND", []))
    }

    @Test("Invalid annotations")
    func annotations() throws {
        let bomb = """
            <?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">
            \((1...9).map { "<!ENTITY a\($0) \"" + String(repeating: $0 == 1 ? "&a;" : "&a\($0 - 1);", count: 10) + "\">" }
                .joined(separator: "\n"))
            ]><annotation><filename>&a9;</filename></annotation>
            """
        let half = "<annotation><object><name>cell</name><bndbox><xmin>3</xmin><ymin>4"
        for (name, text) in [("half", half), ("bomb", bomb)] {
            let image = folder.file("\(name)/images/one.png")
            try folder.write(text, to: "\(name)/annotations/one.xml")
            try folder.write(Data(), to: "\(name)/images/one.png")
            try Image(width: 64, height: 64, fill: (9, 9, 9)).writePNG(to: image)
            try expectSentence(["train", "--voc", folder.file(name).path] + Fixture.tinySettings)
            try expectSentence(["data", "check", folder.file(name).path])
        }
    }

    @Test("Classes that the data set does not have")
    func unknownClass() throws {
        let voc = try Fixture.shapes.get().path
        try expectSentence(
            ["train", "--voc", voc, "--set", #"dataset.classes=["zebra"]"#] + Fixture.tinySettings, "zebra")
    }

    @Test("Weights that are damaged, or another network's")
    func weights() throws {
        let whole = try Fixture.run.get().appendingPathComponent("weights/last.safetensors")
        let data = try Data(contentsOf: whole)
        let image = folder.file("image.png")
        try Image(width: 64, height: 64, fill: (90, 90, 90)).writePNG(to: image)
        func expect(_ file: URL, _ word: String, at location: SourceLocation = #_sourceLocation) throws {
            try expectSentence(["demo", image.path, "--model", file.path], word, at: location)
        }
        for part in [3, 100, data.count / 2, data.count - 1] {
            try expect(try folder.write(data.prefix(part), to: "cut-\(part).safetensors"), "cut-\(part)")
        }
        var file = try SafeTensorsFile(contentsOf: whole)
        var poisoned = file.tensors[0].tensor
        poisoned.withMutableElements { $0[0] = .nan }
        file.tensors[0].tensor = poisoned
        try file.write(to: folder.file("poisoned.safetensors"))
        try expect(folder.file("poisoned.safetensors"), file.tensors[0].name)

        var other = try SafeTensorsFile(contentsOf: whole)
        for (key, value) in other.metadata where value == "compact" { other.metadata[key] = "resnet18" }
        try other.write(to: folder.file("other.safetensors"))
        try expect(folder.file("other.safetensors"), "other.safetensors")

        try expect(try folder.write("not weights", to: "text.safetensors"), "text.safetensors")
        let checkpoint = try Fixture.run.get().appendingPathComponent("weights/resume.safetensors")
        try expect(checkpoint, "resume.safetensors")
    }

    @Test("Experiments with a misspelt key, and files that are not experiments")
    func experiments() throws {
        try folder.write("{\n\"dataset\": {\"root\": \"x\"},\n\"training\": {\"epoch\": 3}}", to: "slip.json")
        try expectSentence(["run", "slip.json"], "slip.json:3", "training.epoch", "training.epochs")
        try folder.write("{\"training\": ", to: "half.json")
        try expectSentence(["run", "half.json"], "half.json")
        let voc = try Fixture.shapes.get().path
        try expectSentence(["train", "--voc", voc, "--set", "training.epoch=3"], "training.epochs")
        try folder.write("[{\"image_id\": \"nobody\", \"category_id\": 1}]", to: "found.json")
        try expectSentence(["evaluate", "--detections", "found.json", "--voc", voc], "found.json")
    }
}
