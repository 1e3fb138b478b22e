import Foundation
import Images
import JSON
import Tensors
import TestSupport
import Testing

@Suite("Many images give the same results as one by one")
struct ManyImagesTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Writes images of many sizes and formats; one is larger than the network's input, one smaller than drawings.
    private func images(_ count: Int) throws -> URL {
        let place = folder.file("images")
        try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
        for index in 0..<count {
            var random = SeededGenerator(7, index)
            var image = Image(width: 60 + 37 * (index % 9), height: 50 + 29 * (index % 7), fill: (40, 90, 60))
            for _ in 0..<6 {
                let (left, top) = (random.integer(in: 0...image.width - 20), random.integer(in: 0...image.height - 20))
                let bright = UInt8(random.integer(in: 100...255))
                for y in top..<top + 18 {
                    for x in left..<left + 18 { image[x, y] = (bright, 255 - bright, bright / 2) }
                }
            }
            let name = place.appendingPathComponent("p\(100 + index)").path
            if index % 3 == 2 {
                try image.writePNG(to: URL(fileURLWithPath: name + ".png"))
            } else {
                try image.writeJPEG(to: URL(fileURLWithPath: name + ".jpg"))
            }
        }
        return place
    }

    private func run(_ arguments: [String], _ images: [String], to output: String, status: Int32 = 0) throws
        -> Program.Outcome
    {
        let outcome = try Program.run(
            [arguments[0]] + images + arguments.dropFirst() + [
                "--model", Fixture.run.get().path, "--output", output, "--threshold", "0.05",
            ], in: folder.url)
        #expect(outcome.status == status, "\(outcome.errors)")
        return outcome
    }

    private func contents(_ name: String) throws -> [String: Data] {
        let place = folder.file(name)
        let names = try FileManager.default.contentsOfDirectory(atPath: place.path)
        return try Dictionary(
            uniqueKeysWithValues: names.map { ($0, try Data(contentsOf: place.appendingPathComponent($0))) })
    }

    private func list(_ name: String) throws -> [JSONValue] {
        guard case .array(let entries) = try JSONValue(contentsOf: folder.file(name)) else { return [] }
        return entries
    }

    @Test("demo and heatmap write the same files, detections and lines with any number of threads")
    func sameResults() throws {
        let place = try images(23)
        let names = try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
        for command in ["demo", "heatmap"] {
            var lines = ""
            var detections: [JSONValue] = []
            for name in names {
                lines += try run([command], ["images/\(name)"], to: "one").output
                if command == "demo" {
                    detections += try list("one/detections.json")
                }
            }
            var expected = try contents("one")
            expected["detections.json"] = nil
            #expect(expected.count >= names.count)
            for threads in ["1", "2", "5"] {
                let all = try run([command, "--threads", threads], ["images"], to: "many\(threads)")
                #expect(all.output.replacingOccurrences(of: "many\(threads)/", with: "one/") == lines)
                var found = try contents("many\(threads)")
                if command == "demo" {
                    #expect(try list("many\(threads)/detections.json") == detections && !detections.isEmpty)
                }
                found["detections.json"] = nil
                #expect(found == expected)
                try FileManager.default.removeItem(at: folder.file("many\(threads)"))
            }
            try FileManager.default.removeItem(at: folder.file("one"))
        }
    }

    @Test("An unreadable image is reported, and the others are processed")
    func unreadable() throws {
        let place = try images(12)
        try folder.write("no image", to: "images/p104.jpg")
        try folder.write(Data(), to: "images/p109x.png")
        for command in ["demo", "heatmap"] {
            let outcome = try run([command], ["images"], to: command, status: 1)
            #expect(outcome.errors.contains("2 of 13 images could not be used: "))
            let (first, second) = (outcome.errors.range(of: "p104.jpg"), outcome.errors.range(of: "p109x.png"))
            let order = try (#require(first).lowerBound, #require(second).lowerBound)
            #expect(order.0 < order.1)
            #expect(outcome.output.split(separator: "\n").count == 11)
            #expect(try contents(command).count { $0.key.hasPrefix("p") } >= 11)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: place.path).count == 13)
    }

    @Test("A write error ends the job with an error message; earlier results remain")
    func unwritable() throws {
        _ = try images(20)
        // A folder blocks the path of a drawing.
        try FileManager.default.createDirectory(
            at: folder.file("out/p106.png/full"), withIntermediateDirectories: true)
        let outcome = try run(["demo"], ["images"], to: "out", status: 1)
        #expect(outcome.errors.contains("p106.png cannot be written: is a directory"), "\(outcome.errors)")
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.file("out").path).sorted()
        #expect(names == (100...106).map { "p\($0).png" })
    }

    @Test("Ten times as many images take no more memory")
    func memory() throws {
        let place = try images(9)
        let files = try FileManager.default.contentsOfDirectory(atPath: place.path).sorted()
        func peak(_ copies: Int) throws -> Int {
            let many = folder.file("copies\(copies)")
            try FileManager.default.createDirectory(at: many, withIntermediateDirectories: true)
            for copy in 0..<copies {
                for file in files {
                    try FileManager.default.createSymbolicLink(
                        at: many.appendingPathComponent("\(copy)-\(file)"),
                        withDestinationURL: place.appendingPathComponent(file))
                }
            }
            let child = try Program.Child(
                ["demo", many.path, "--model", Fixture.run.get().path, "--output", "out\(copies)"], in: folder.url)
            let (outcome, peak) = try child.waitWatchingMemory()
            #expect(outcome.status == 0, "\(outcome.errors)")
            return peak
        }
        let (few, many) = try (peak(4), peak(40))
        #expect(many < few + 12 << 20, "\(many >> 20) MB for 360 images, \(few >> 20) MB for 36")
    }
}
