import Boxes
import Foundation
import Images
import Inspection
import InspectionJobs
import JSON
import Jobs
import PeakDecoding
import Tensors
import TestSupport
import Testing
import Video

@Suite("Tracking an object through a sequence")
struct SequenceJobTests {
    /// Grey images with one moving white square, generated on demand.
    private struct Squares: FrameSource {
        let total: Int
        var isEmpty: @Sendable (Int) -> Bool = { _ in false }
        var count: Int? { total }
        var files: [URL] { [] }
        func frames() -> any FrameReader { Reader(source: self) }

        private final class Reader: FrameReader {
            let source: Squares
            var index = 0

            init(source: Squares) { self.source = source }

            func next() -> Frame? {
                if index == source.total { return nil }
                defer { index += 1 }
                var image = Image(width: 32, height: 24, fill: (90, 90, 90))
                if !source.isEmpty(index) {
                    for y in 8..<14 { for x in 0..<6 { image[index % 20 + x, y] = (255, 255, 255) } }
                }
                return Frame(number: index, name: "frame\(index)", image: image)
            }
        }
    }

    /// Detects white squares, and explains them by one high cell at their centre, higher in later frames.
    private func inspector(flat: Bool = false) -> FrameInspector {
        FrameInspector { image in
            let image = image.image
            let white = (0..<image.width * image.height).filter { image.pixels[3 * $0] == 255 }.map { $0 % image.width }
            guard let left = white.min(), let right = white.max() else { return [] }
            let box = Box<ImagePixels>(xMin: Double(left), yMin: 8, xMax: Double(right + 1), yMax: 14)
            return [Detection(classIndex: 0, score: 0.9, box: box, row: 0, column: 0)]
        } explain: { _, detection in
            var cells = Tensor([6, 8], repeating: flat ? 0 : -1)
            if !flat { cells[2, Int(detection.box.centerX / 4)] = Float(detection.box.centerX) }
            return FrameInspector.Map(
                cells: cells, imageToCells: AffineMap(scaleX: 0.25, scaleY: 0.25), flatNote: nil)
        }
    }

    private func job(
        _ source: any FrameSource, _ folder: TemporaryFolder, flat: Bool = false, ffmpeg: FFmpeg? = nil,
        start: ObjectTracker.Start = .ofClass(0)
    ) throws -> SequenceJob {
        SequenceJob(
            source: source, inspector: inspector(flat: flat), classNames: ["square"],
            options: .init(start: start, title: "square"), output: try OutputFolder(folder.url), ffmpeg: ffmpeg,
            progress: { _ in })
    }

    @Test("Every frame has its image, its raw map and its line in the list")
    func results() throws {
        let folder = try TemporaryFolder()
        let result = try job(Squares(total: 12, isEmpty: { $0 == 0 || (4...5).contains($0) }), folder).run()
        #expect((result.frameCount, result.foundCount) == (12, 9))
        let names = Set(try FileManager.default.contentsOfDirectory(atPath: folder.file("maps").path))
        let found = (0..<12).filter { ![0, 4, 5].contains($0) }
        #expect(names == Set((0..<12).map { "frame\($0).png" } + found.map { "frame\($0).npy" }))
        let raw = try Tensor(npy: Data(contentsOf: folder.file("maps/frame7.npy")))
        #expect(raw.shape == [6, 8] && raw[2, 2] == 10 && raw[0, 0] == -1, "neither rectified nor scaled")

        let json = try JSONValue(contentsOf: folder.file("sequence.json"))
        guard case .array(let lines) = json else {
            Issue.record("no array")
            return
        }
        func member(_ line: Int, _ name: String) -> JSONValue? {
            if case .object(let object) = lines[line] { object[name] } else { nil }
        }
        func numbers(_ values: [Double]) -> JSONValue { .array(values.map(JSONValue.number)) }
        #expect(lines.count == 12)
        #expect(member(0, "state") == "lost" && member(0, "reason") == "not seen yet")
        #expect(member(4, "reason") == "no detection of its class" && member(6, "state") == "found")
        #expect(member(7, "centerOfBox") == numbers([10, 11]) && member(7, "centerOfHeat") == numbers([10, 10]))
        #expect(member(7, "heatToBox") == .number(1) && member(7, "flat") == false)
        #expect(member(7, "range") == numbers([-1, 10]))
        let text = try String(contentsOf: folder.file("sequence.json"), encoding: .utf8)
        #expect(text.split(separator: "\n").count == 14, "one line per frame")
        #expect(try Image(contentsOf: folder.file("sequence.png")).width > 800)
        #expect(!FileManager.default.fileExists(atPath: folder.file("sequence.mp4").path))
    }

    @Test("All frames share one colour range: equal values have equal colours")
    func sharedRange() throws {
        let folder = try TemporaryFolder()
        _ = try job(Squares(total: 16), folder).run()
        // The centre of the high cell; the image is enlarged twenty times, to 640 pixels.
        func color(_ frame: Int) throws -> Int {
            let image = try Image(contentsOf: folder.file("maps/frame\(frame).png"))
            let cell = Int(Double(frame + 3) / 4)
            let pixel = image[(4 * cell + 2) * 20, 10 * 20]
            return Int(pixel.r) - Int(pixel.b)
        }
        // Low values are blue on white, high ones red; scaled separately, each would be red.
        #expect(try color(1) < 60 && color(15) > 80)
    }

    @Test("Flat maps are not coloured; nothing to track gives an error message")
    func flatAndNothing() throws {
        let folder = try TemporaryFolder()
        _ = try job(Squares(total: 3), folder, flat: true).run()
        let text = try String(contentsOf: folder.file("sequence.json"), encoding: .utf8)
        #expect(text.contains("\"flat\":true") && text.contains("\"centerOfHeat\":null"))
        let nothing = SequenceError.neverFound(frames: 4, "not seen yet")
        #expect(throws: nothing) { try job(Squares(total: 4, isEmpty: { _ in true }), folder).run() }
        #expect(throws: SequenceError.noFrames) { try job(Squares(total: 0), folder).run() }
        let third = SequenceError.neverFound(frames: 4, "there is no detection 3, only 1")
        #expect(throws: third) { try job(Squares(total: 4), folder, start: .detection(3)).run() }
        #expect(third.description == "there is nothing to follow in 4 frames: there is no detection 3, only 1")
    }

    @Test("A broken image is skipped, and no image is overwritten")
    func foldersOfImages() throws {
        let folder = try TemporaryFolder()
        let images = folder.file("maps")
        try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
        let reader = Squares(total: 4).frames()
        while let frame = try reader.next() {
            try frame.image.writePNG(to: images.appendingPathComponent(frame.name + ".png"))
        }
        try folder.write("no image", to: "maps/frame2.png")
        let source = try frameSource(at: images.path)
        #expect(throws: OutputError.self) { try job(source, folder).run() }
        let output = try TemporaryFolder()
        let result = try job(source, output).run()
        #expect((result.frameCount, result.foundCount) == (4, 3))
        #expect(throws: ImageSourceError.self) { try result.throwIfSomeFailed() }
    }

    @Test("With ffmpeg there is a video of all frames", .enabled(if: FFmpeg() != nil))
    func video() throws {
        let folder = try TemporaryFolder()
        _ = try job(Squares(total: 7), folder, ffmpeg: FFmpeg()).run()
        let reader = try frameSource(at: folder.file("sequence.mp4").path).frames()
        var count = 0
        while try reader.next() != nil { count += 1 }
        #expect(count == 7)
    }
}
