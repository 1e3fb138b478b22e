import Foundation
import Images

/// The frames of a video, decoded by ffmpeg on demand.
struct VideoFrames: FrameSource {
    private let file: URL
    private let selection: FrameSelection
    private let ffmpeg: FFmpeg

    init(_ file: URL, _ selection: FrameSelection, _ ffmpeg: FFmpeg) {
        self.file = file
        self.selection = selection
        self.ffmpeg = ffmpeg
    }

    var count: Int? { nil }
    var files: [URL] { [file] }

    /// - Throws: ``VideoError/cannotStart(reason:)``.
    func frames() throws -> any FrameReader {
        do { return try VideoReader(file, selection, ffmpeg) } catch let refusal as ChildProgram.Refusal {
            throw VideoError.cannotStart(reason: refusal.reason)
        }
    }
}

/// Reads frames from ffmpeg's output, a PPM file for each frame (a short header with width and height, then red, green and blue of each
/// pixel), so that the size is that of the decoded frame, rotated upright if the video says so.
private final class VideoReader: FrameReader {
    private let path: String
    private let selection: FrameSelection
    private let complaints: ComplaintFile
    private let program: ChildProgram
    private let pipe: FileHandle
    private var frameCount = 0

    /// The allowed video formats. Without this list, ffmpeg would render a text file as a video, and follow playlists to other files.
    private static let formats =
        "mov,mp4,matroska,webm,avi,mpeg,mpegts,mpegvideo,flv,ogg,asf,gif,apng,mjpeg,m4v,h264,hevc,av1,ivf,obu,mxf,nut,dv,rm"

    init(_ file: URL, _ selection: FrameSelection, _ ffmpeg: FFmpeg) throws {
        path = file.relativePath
        self.selection = selection
        complaints = try ComplaintFile()
        let channel = try Channel()
        pipe = FileHandle(fileDescriptor: channel.ours, closeOnDealloc: true)
        // While this process also holds it open, the stream never ends.
        defer { close(channel.theirs) }
        // A fixed rate of 25 frames per second, ignoring the video's timestamps, so that no frames are dropped or duplicated.
        var arguments = FFmpeg.quiet + ["-protocol_whitelist", "file", "-format_whitelist", Self.formats]
        arguments += ["-i", FFmpeg.address(file), "-map", "0:v:0"]
        arguments += ["-vf", "select=not(mod(n\\,\(selection.every))),setpts=N/(25*TB)", "-r", "25"]
        if let maximum = selection.maximum { arguments += ["-frames:v", "\(maximum)"] }
        arguments += ["-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "pipe:1"]
        program = try ChildProgram(
            ffmpeg.program, arguments, input: .nothing, output: .descriptor(channel.theirs),
            errors: .descriptor(complaints.descriptor))
    }

    func next() throws -> Frame? {
        guard let header = try header() else { return try end() }
        let (width, height) = header
        let byteCount = 3 * width * height
        guard let data = try pipe.read(upToCount: byteCount), data.count == byteCount else { throw endOfPipe() }
        let number = frameCount * selection.every
        frameCount += 1
        return Frame(
            number: number, name: "frame-" + String("00000\(number)".suffix(max(6, "\(number)".count))),
            image: Image(width: width, height: height, pixels: [UInt8](data)))
    }

    /// Reads `P6`, width, height and maximum value, each followed by one blank; nil at the end of all frames.
    private func header() throws -> (width: Int, height: Int)? {
        var words: [String] = [""]
        while true {
            guard let byte = try pipe.read(upToCount: 1)?.first else {
                if words == [""] { return nil }
                throw endOfPipe()
            }
            if ![UInt8(ascii: "\n"), UInt8(ascii: " ")].contains(byte) {
                words[words.count - 1].unicodeScalars.append(Unicode.Scalar(byte))
                if words[words.count - 1].count > 10 { throw failure() }
            } else if words.count < 4 {
                words.append("")
            } else {
                break
            }
        }
        guard words[0] == "P6", words[3] == "255", let width = Int(words[1]), let height = Int(words[2]),
            width > 0, height > 0, width < 1 << 20, height < 1 << 20, width * height <= maximumPixelCount
        else { throw failure() }
        return (width, height)
    }

    /// Returns nil at the regular end of the frames; throws if there were none or decoding failed.
    private func end() throws -> Frame? {
        if program.waitForEnd() != 0 || frameCount == 0 { throw failure() }
        return nil
    }

    /// Waits for the program, which has closed its output, and returns its error.
    private func endOfPipe() -> VideoError {
        program.waitForEnd()
        return failure()
    }

    private func failure() -> VideoError {
        let prefix = FFmpeg.address(URL(fileURLWithPath: path)) + ": "
        let line = complaints.lastLine
        let reason = line.hasPrefix(prefix) ? String(line.dropFirst(prefix.count)) : line
        return frameCount == 0
            ? .notAVideo(path: path, reason: reason)
            : .endedEarly(path: path, frames: frameCount, reason: reason)
    }
}
