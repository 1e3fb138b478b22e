import Foundation
import Images
import Jobs
import Tensors
import TestSupport
import Testing
import Visualization

@Suite("Where results go, and which errors are about an image")
struct OutputFolderTests {
    @Test("Two results that are one file are refused before any is written")
    func sameResults() throws {
        let folder = try TemporaryFolder()
        let output = try OutputFolder(folder.url)
        let places = ["a.png", "b.png", "c.png"].map(output.file)
        try output.requireApart(places)
        symlink("c.png", folder.file("a.png").path)
        #expect(throws: OutputError.sameFile(places[0].relativePath, places[2].relativePath)) {
            try output.requireApart(places)
        }
        // Also where the file exists already.
        try folder.write("x", to: "c.png")
        #expect(throws: OutputError.self) { try output.requireApart(places) }
        for name in ["a.png", "b.png"] {
            unlink(folder.file(name).path)
            symlink("/dev/null", folder.file(name).path)
        }
        try output.requireApart(places)
    }

    @Test("A folder that cannot be created is named with the reason")
    func folders() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "file")
        #expect(throws: OutputError.isFile(folder.file("file").path)) { try OutputFolder(folder.file("file")) }
        let below = folder.file("file/below")
        #expect(throws: OutputError.cannotCreate(folder: below.path, reason: "not a directory")) {
            try OutputFolder(below)
        }
    }

    @Test("Only what concerns the image leaves it out")
    func errors() throws {
        let file = URL(fileURLWithPath: "a.jpg")
        let full = #expect(throws: FileWriteError.self) {
            try writeAtomically(Data([1]), to: URL(fileURLWithPath: "/dev/full"))
        }
        #expect(UnusableImageError(try #require(full), file) == nil)
        #expect(UnusableImageError(DrawingError.noTiles, file) == nil)
        let damaged = UnusableImageError(ImageError.truncated(path: "a.jpg"), file)
        #expect(damaged?.description == "a.jpg ends before its image does")
        let wide = UnusableImageError(DrawingError.tooLarge(width: 65_500, height: 2), file)
        #expect(
            wide?.description
                == "a.jpg: a drawing of 65500 x 2 pixels is too large; each side can have up to 32767")
        var failures = ImageFailures(count: 2)
        try failures.note(file) { throw DrawingError.tooLarge(width: 40_000, height: 1) }
        #expect(failures.reasons.count == 1)
        #expect(throws: FileWriteError.self) { try failures.note(file) { throw try #require(full) } }
    }

    @Test("Images whose names are not UTF-8 are reported, each of them")
    func names() throws {
        let folder = try TemporaryFolder()
        try folder.write("x", to: "a.png")
        for byte in [0xfe, 0xff] as [CChar.Magnitude] {
            var path = folder.url.path.utf8CString.dropLast().map { $0 }
            path += [CChar(bitPattern: UInt8(ascii: "/")), CChar(bitPattern: byte)] + ".png".utf8CString
            let descriptor = open(path, O_WRONLY | O_CREAT, 0o644)
            try #require(descriptor >= 0)
            close(descriptor)
        }
        let images = try ImageSource.collect([folder.url.path])
        #expect(images.count == 3 && Set(images.map(\.name)).count == 3)
        let odd = images.filter { $0.name != "a" }
        for image in odd {
            let error = #expect(throws: ImageError.self) { try Image(contentsOf: image.file) }
            #expect(error?.description.contains("not UTF-8") == true)
        }
    }
}
