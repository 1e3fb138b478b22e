import Foundation
import Images
import Tensors
import TestSupport
import Testing

@Suite struct AnimatedPNGTests {
    private struct Chunk {
        let name: String
        let content: [UInt8]

        func number(_ start: Int, _ count: Int = 4) -> Int {
            content[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
        }
    }

    /// The chunks of a file, their checksums checked.
    private func chunks(_ file: URL) throws -> [Chunk] {
        let bytes = [UInt8](try Data(contentsOf: file))
        var (position, result) = (8, [Chunk]())
        while position < bytes.count {
            let count = bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
            let name = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
            let content = Array(bytes[position + 8..<position + 8 + count])
            #expect(PNGBytes.chunk(name, content) == Array(bytes[position..<position + 12 + count]))
            result.append(Chunk(name: name, content: content))
            position += 12 + count
        }
        return result
    }

    /// The frames as a browser composes them: each drawn in its rectangle over the one before.
    private func frames(_ chunks: [Chunk]) throws -> [Image] {
        var frames: [Image] = []
        var index = 0
        while let start = chunks[index...].firstIndex(where: { $0.name == "fcTL" }) {
            let control = chunks[start]
            let end = chunks[(start + 1)...].firstIndex { $0.name == "fcTL" || $0.name == "IEND" } ?? chunks.endIndex
            let data = chunks[start + 1..<end].flatMap { frames.isEmpty ? $0.content : Array($0.content.dropFirst(4)) }
            var file: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]
            file += PNGBytes.chunk("IHDR", Array(control.content[4..<12]) + [8, 2, 0, 0, 0])
            file += PNGBytes.chunk("IDAT", data) + PNGBytes.chunk("IEND", [])
            let part = try Image(data: Data(file))
            var whole = frames.last ?? part
            for y in 0..<part.height {
                for x in 0..<part.width { whole[x + control.number(12), y + control.number(16)] = part[x, y] }
            }
            frames.append(whole)
            index = end
        }
        return frames
    }

    @Test(arguments: [(1, 1), (17, 9), (300, 320)]) func framesComeBackExactly(width: Int, height: Int) throws {
        let folder = try TemporaryFolder()
        var images = [Image.noise(width, height), .noise(width, height, seed: 2), .noise(width, height, seed: 2)]
        var last = images[2]
        last[width / 2, height / 2] = (1, 2, 3)
        last[width - 1, height / 2] = (3, 2, 1)
        images.append(last)
        let moving = try AnimatedPNG(url: folder.file("a.png"), secondsPerFrame: 0.25)
        for image in images { try moving.append(image) }
        #expect(!FileManager.default.fileExists(atPath: folder.file("a.png").path), "no partial file is visible")
        try moving.finish()

        let chunks = try chunks(folder.file("a.png"))
        #expect(
            chunks.map(\.name).filter { !["IDAT", "fdAT"].contains($0) } == [
                "IHDR", "acTL", "fcTL", "fcTL", "fcTL", "fcTL", "IEND",
            ])
        #expect(chunks[1].number(0) == 4 && chunks[1].number(4) == 0, "four frames, looping forever")
        let numbered = chunks.filter { ["fcTL", "fdAT"].contains($0.name) }
        #expect(numbered.map { $0.number(0) } == Array(numbered.indices))
        for control in chunks where control.name == "fcTL" {
            #expect(Double(control.number(20, 2)) / Double(control.number(22, 2)) == 0.25)
        }
        #expect(try frames(chunks) == images)
        // Readers without support for animation see the first frame.
        #expect(try Image(contentsOf: folder.file("a.png")) == images[0])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path) == ["a.png"])
    }

    @Test func onlyWhatChangesIsWritten() throws {
        let folder = try TemporaryFolder()
        let moving = try AnimatedPNG(url: folder.file("a.png"), secondsPerFrame: 0.1)
        var image = Image.noise(400, 300)
        for step in 0..<20 {
            image[step * 10, 50] = (0, 0, 0)
            try moving.append(image)
        }
        try moving.finish()
        #expect(try Data(contentsOf: folder.file("a.png")).count < 2 * image.pngData().count)
    }

    @Test func whatCannotBeWrittenIsRefused() throws {
        let folder = try TemporaryFolder()
        let moving = try AnimatedPNG(url: folder.file("a.png"), secondsPerFrame: 0.1)
        #expect(throws: ImageError.cannotEncode(reason: "an animated image needs at least one frame")) {
            try moving.finish()
        }
        try moving.append(.noise(3, 3))
        let error = ImageError.cannotEncode(reason: "a frame of 3 x 4 pixels follows one of 3 x 3")
        #expect(throws: error) { try moving.append(.noise(3, 4)) }
        let nowhere = folder.file("no/a.png")
        let refusal = #expect(throws: FileWriteError.self) { try AnimatedPNG(url: nowhere, secondsPerFrame: 0.1) }
        #expect(refusal?.description == "\(nowhere.path) cannot be written: no such file or directory")
    }

    @Test func anUnfinishedFileGoesAway() throws {
        let folder = try TemporaryFolder()
        do {
            let moving = try AnimatedPNG(url: folder.file("a.png"), secondsPerFrame: 0.1)
            try moving.append(.noise(3, 3))
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
    }
}
