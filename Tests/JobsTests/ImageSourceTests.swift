import Datasets
import Foundation
import Jobs
import TestSupport
import Testing

@Suite("Images and their names")
struct ImageTests {
    @Test("A folder stands for its images, sorted by name; duplicates count once")
    func folders() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("pinpoint-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        #expect(throws: ImageSourceError.noImages(folder: folder.path)) { try ImageSource.collect([folder.path]) }
        for name in ["b.JPG", "a.png", "c.jpeg", "notes.txt", ".hidden.png"] {
            try Data().write(to: folder.appendingPathComponent(name))
        }
        let collected = try ImageSource.collect([folder.path, folder.appendingPathComponent("a.png").path])
        #expect(collected.map(\.name) == ["a", "b", "c"])
        #expect(throws: ImageSourceError.notFound("/nowhere")) { try ImageSource.collect(["/nowhere"]) }
    }

    @Test("What the system refuses is neither missing nor empty")
    func refused() throws {
        let folder = try TemporaryFolder()
        let loop = folder.file("loop").path
        try FileManager.default.createSymbolicLink(atPath: loop, withDestinationPath: "loop")
        let error = ImageSourceError.unreadable(path: loop, reason: "too many levels of symbolic links")
        #expect(throws: error) { try ImageSource.collect([loop]) }
        #expect("\(error)" == "\(loop) cannot be read: too many levels of symbolic links")
    }

    @Test("Names that differ only in Unicode normalization are different images")
    func normalization() throws {
        let folder = try TemporaryFolder()
        for name in ["e\u{301}.png", "\u{e9}.png"] { try folder.write(Data(), to: name) }
        let collected = try ImageSource.collect([folder.url.path])
        #expect(collected.count == 2 && Set(collected.map(\.name)).count == 2)
    }

    @Test("Results files identify images by their stems, whatever their output files are named")
    func identities() throws {
        let folder = try TemporaryFolder()
        for name in ["a/preview.png", "a/x.png", "b/x.png", "a/-y .png"] { try folder.write(Data(), to: name) }
        let collected = try ImageSource.collect(["a", "b"].map { folder.file($0).path })
        #expect(collected.map(\.identity) == [.text("-y "), .text("preview"), .text("a_x"), .text("b_x")])
        #expect(collected.map(\.name) == ["-y_", "preview_2", "a_x", "b_x"])
    }

    @Test("No result overwrites an input, whatever path leads to it")
    func inputsAreSpared() throws {
        let folder = try TemporaryFolder()
        let input = try folder.write("image", to: "in/x.png")
        try FileManager.default.createSymbolicLink(at: folder.file("link"), withDestinationURL: folder.file("in"))
        try FileManager.default.createDirectory(at: folder.file("out"), withIntermediateDirectories: true)
        try FileManager.default.linkItem(at: input, to: folder.file("out/x.png"))
        for place in ["in", "link", "in/../in", "out"] {
            let output = try OutputFolder(folder.file(place)).sparing([input])
            #expect(throws: OutputError.sameFile(output.file("x.png").relativePath, input.relativePath)) {
                try output.place("x", as: "png")
            }
            #expect(try output.place("y", as: "png").lastPathComponent == "y.png")
            output.removeFiles(withExtensions: ["png"])
        }
        #expect(try String(contentsOf: input, encoding: .utf8) == "image")
        let other = try OutputFolder(folder.file("in")).sparing([folder.file("nothing")])
        #expect(try other.place("x", as: "png").lastPathComponent == "x.png")
    }
}
