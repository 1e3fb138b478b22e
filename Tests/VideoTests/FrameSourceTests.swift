import Foundation
import Images
import Jobs
import TestSupport
import Testing
import Video

@Suite("Images and videos as sequences")
struct FrameSourceTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// Uniform frames that differ in their grey value.
    private func shade(_ index: Int, width: Int = 64, height: Int = 48) -> Image {
        let gray = UInt8(20 + 20 * index)
        return Image(width: width, height: height, fill: (gray, gray, gray))
    }

    private func all(_ source: any FrameSource) throws -> [Frame] {
        let reader = try source.frames()
        var frames: [Frame] = []
        while let frame = try reader.next() { frames.append(frame) }
        #expect(try reader.next() == nil)
        return frames
    }

    @Test("Numbers in names count as numbers")
    func naturalOrder() {
        let ordered = [
            "a", "a1", "a01", "a2", "a2b", "a10", "a10.png", "b3", "frame2.png", "frame10.png",
            "frame99999999999999999999",
            "frame100000000000000000000",
        ]
        for (index, one) in ordered.enumerated() {
            for (place, other) in ordered.enumerated() where !(one.hasPrefix("a1") && other.hasPrefix("a01")) {
                if one == "a01" && other == "a1" { continue }
                #expect(naturallyPrecedes(one, other) == (index < place), "\(one) \(other)")
            }
        }
        #expect(naturallyPrecedes("a01", "a1") != naturallyPrecedes("a1", "a01"))
    }

    @Test("A folder is its images in natural order; every third, up to a maximum")
    func folders() throws {
        for index in 0..<11 { try shade(index).writePNG(to: folder.file("frame\(index).png")) }
        let source = try frameSource(at: folder.url.path, ffmpeg: nil)
        #expect(source.count == 11)
        #expect(try all(source).map(\.name) == (0..<11).map { "frame\($0)" })
        let some = try frameSource(at: folder.url.path, FrameSelection(every: 3, maximum: 3), ffmpeg: nil)
        for _ in 0..<2 {
            let frames = try all(some)
            #expect(frames.map(\.number) == [0, 3, 6] && frames.map { Int($0.image[0, 0].r) } == [20, 80, 140])
        }
        let one = try frameSource(at: folder.file("frame4.png").path, ffmpeg: nil)
        #expect(try all(one).map(\.name) == ["frame4"])
    }

    @Test("A broken image does not hide the next one")
    func brokenImages() throws {
        for index in 0..<3 { try shade(index).writePNG(to: folder.file("frame\(index).png")) }
        try folder.write("no image", to: "frame1.png")
        let reader = try frameSource(at: folder.url.path).frames()
        #expect(try reader.next()?.number == 0)
        #expect(throws: ImageError.self) { try reader.next() }
        #expect(try reader.next()?.number == 2)
    }

    @Test("Without ffmpeg, a video gives an error message")
    func notInstalled() throws {
        try folder.write("anything", to: "a.mp4")
        #expect(FFmpeg(searchPath: folder.url.path + "::/nowhere") == nil)
        #expect(FFmpeg(searchPath: nil) == nil)
        #expect(throws: VideoError.ffmpegMissing) { try frameSource(at: folder.file("a.mp4").path, ffmpeg: nil) }
        #expect(
            VideoError.ffmpegMissing.description
                == "reading videos needs ffmpeg, which is not installed; a folder of images works without it")
        #expect(throws: ImageSourceError.notFound("/nowhere.mp4")) { try frameSource(at: "/nowhere.mp4") }
    }

    /// A fake ffmpeg that does what a real one does only when things go wrong.
    private func pretender(_ script: String) throws -> FFmpeg {
        let text = try folder.write("#!/bin/sh\n" + script, to: "script")
        // Copied by a separate process: a file cannot be executed while this process has it open for writing, as would for a moment any
        // child that another test starts meanwhile.
        let install = Process()
        install.executableURL = URL(fileURLWithPath: "/usr/bin/install")
        install.arguments = ["-D", "-m", "755", text.path, folder.file("bin/ffmpeg").path]
        try install.run()
        install.waitUntilExit()
        try #require(install.terminationStatus == 0)
        return try #require(FFmpeg(searchPath: folder.file("bin").path))
    }

    @Test("A pipe that ends early, a failure and nonsense give error messages")
    func pipesThatEnd() throws {
        let file = try folder.write("anything", to: "a.mp4")
        func errors(_ script: String) throws -> (frames: Int, error: VideoError?) {
            let reader = try frameSource(at: file.path, ffmpeg: pretender(script)).frames()
            var count = 0
            do {
                while try reader.next() != nil { count += 1 }
                return (count, nil)
            } catch { return (count, error as? VideoError) }
        }
        let path = file.path
        let whole = #"printf 'P6\n2 1\n255\nabcdef';"#
        #expect(try errors(whole) == (1, nil))
        #expect(
            try errors(whole + #"printf 'P6\n2 1\n255\nabc'"#) == (1, .endedEarly(path: path, frames: 1, reason: "")))
        #expect(try errors(whole + "printf 'P6\\n2'") == (1, .endedEarly(path: path, frames: 1, reason: "")))
        let broken = VideoError.endedEarly(path: path, frames: 1, reason: "broken")
        #expect(try errors(whole + "echo oh >&2; echo broken >&2; exit 3") == (1, broken))
        #expect(
            try errors("echo 'file:\(path): Invalid data' >&2; exit 1") == (
                0, .notAVideo(path: path, reason: "Invalid data")
            ))
        #expect(try errors("exit 0") == (0, .notAVideo(path: path, reason: "")))
        #expect(try errors("kill -9 $$") == (0, .notAVideo(path: path, reason: "")))
        for nonsense in [
            "P5 2 1 255 ab", "P6 -2 1 255 ab", "P6 999999 999999 255 ab", "P6 99999999999999", "hello, world",
        ] {
            #expect(try errors("printf '\(nonsense)'") == (0, .notAVideo(path: path, reason: "")), "\(nonsense)")
        }
        #expect(
            VideoError.endedEarly(path: "a.mp4", frames: 1, reason: "").description == "a.mp4 ends early, after 1 frame"
        )
    }

    @Test(
        "More error output than a pipe holds does not block, and an endless program is killed",
        .timeLimit(.minutes(10)))
    func noDeadlocks() throws {
        let file = try folder.write("anything", to: "a.mp4")
        let noisy = try pretender(
            #"i=0; while [ $i -lt 3000 ]; do echo "$i 0123456789012345678901234567890123456789012345678901234567890123456789" >&2; i=$((i+1)); done; printf 'P6\n1 1\n255\nabc'"#
        )
        #expect(try all(try frameSource(at: file.path, ffmpeg: noisy)).count == 1)
        let pid = folder.file("pid")
        let endless = try pretender(#"echo $$ > "# + pid.path + #"; while true; do printf 'P6\n1 1\n255\nabc'; done"#)
        do {
            let reader = try frameSource(at: file.path, ffmpeg: endless).frames()
            for _ in 0..<5 { _ = try reader.next() }
        }
        let child = try #require(pid_t(String(contentsOf: pid, encoding: .utf8).trimmingCharacters(in: .newlines)))
        #expect(kill(child, 0) != 0, "it ended when nobody read any more")
    }

    @Test("Writing to a program that has ended gives an error message, and leaves no files", .timeLimit(.minutes(10)))
    func writersThatEnd() throws {
        let output = folder.file("out/a.mp4")
        try FileManager.default.createDirectory(at: folder.file("out"), withIntermediateDirectories: true)
        let refusing = try pretender("echo Unknown encoder >&2; exit 1")
        let expected = VideoError.cannotWrite(path: output.relativePath, reason: "Unknown encoder")
        do {
            let writer = try VideoWriter(url: output, width: 640, height: 480, framesPerSecond: 10, ffmpeg: refusing)
            #expect(throws: expected) {
                for index in 0..<9 { try writer.append(shade(index, width: 640, height: 480)) }
            }
        }
        do {
            let sleeping = try pretender("exec sleep 1000")
            _ = try VideoWriter(url: output, width: 8, height: 8, framesPerSecond: 10, ffmpeg: sleeping)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.file("out").path).isEmpty)
    }

    @Test("A written video can be read back", .enabled(if: FFmpeg() != nil), arguments: [(64, 48), (63, 47)])
    func roundTrip(width: Int, height: Int) throws {
        let ffmpeg = try #require(FFmpeg())
        let output = folder.file("a b:c.mp4")
        let writer = try VideoWriter(url: output, width: width, height: height, framesPerSecond: 12.5, ffmpeg: ffmpeg)
        for index in 0..<11 { try writer.append(shade(index, width: width, height: height)) }
        #expect(!FileManager.default.fileExists(atPath: output.path))
        try writer.finish()
        let frames = try all(try frameSource(at: output.path))
        #expect(frames.map(\.number) == Array(0..<11) && frames[10].name == "frame-000010")
        for (index, frame) in frames.enumerated() {
            #expect((frame.image.width, frame.image.height) == (64, 48))
            let seen = frame.image[20, 20]
            #expect([seen.r, seen.g, seen.b].allSatisfy { abs(Int($0) - 20 - 20 * index) <= 4 }, "\(seen)")
        }
        let some = try all(try frameSource(at: output.path, FrameSelection(every: 4, maximum: 2)))
        #expect(some.map(\.number) == [0, 4])
        #expect(abs(Int(some[1].image[20, 20].g) - 100) <= 4)
        #expect(try all(try frameSource(at: output.path, FrameSelection(every: 4))).map(\.number) == [0, 4, 8])
    }

    @Test("Files that are not videos give error messages", .enabled(if: FFmpeg() != nil))
    func notVideos() throws {
        let list = "#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n"
        for (name, content) in [
            ("a.mp4", "no video"), ("a.txt", "hello"), ("a.m3u8", list), ("-i.mkv", ""), ("c.avi", list),
        ] {
            let file = try folder.write(content, to: name)
            let reader = try frameSource(at: file.path).frames()
            do {
                _ = try reader.next()
                Issue.record("\(name) was read")
            } catch {
                guard case .notAVideo? = error as? VideoError else {
                    Issue.record("\(error)")
                    continue
                }
            }
        }
    }
}
