import Foundation
import Images
import Tensors

/// Writes an MP4 (H.264) through ffmpeg, frame by frame. The file appears under its name once it is finished.
public final class VideoWriter {
    private let url: URL
    private let file: AtomicFile
    private let width, height: Int
    private let complaints: ComplaintFile
    private let program: ChildProgram
    private var input: FileHandle?
    private var isFinished = false

    /// Creates a video with frames of this size; odd sizes are padded with a white row or column, as the format requires.
    ///
    /// - Throws: ``VideoError``.
    public init(
        url: URL, width: Int, height: Int, framesPerSecond: Double, ffmpeg: FFmpeg
    ) throws(VideoError) {
        precondition(
            width > 0 && height > 0 && framesPerSecond > 0,
            "\(width) x \(height) pixels, \(framesPerSecond) times a second, are no video")
        self.url = url
        (self.width, self.height) = (width, height)
        do { file = try AtomicFile(url, isRewritten: true) } catch {
            throw .cannotWrite(path: error.path, reason: error.reason)
        }
        do throws(ChildProgram.Refusal) {
            complaints = try ComplaintFile()
            let channel = try Channel()
            input = FileHandle(fileDescriptor: channel.ours, closeOnDealloc: true)
            defer { close(channel.theirs) }
            let arguments = Self.arguments(
                width: width, height: height, framesPerSecond: framesPerSecond, output: file.partial)
            program = try ChildProgram(
                ffmpeg.program, arguments, input: .descriptor(channel.theirs), output: .nothing,
                errors: .descriptor(complaints.descriptor))
        } catch { throw .cannotStart(reason: error.reason) }
    }

    deinit {
        if !isFinished { program.stop() }
    }

    private static func arguments(width: Int, height: Int, framesPerSecond: Double, output: URL) -> [String] {
        let input = [
            "-f", "rawvideo", "-pix_fmt", "rgb24", "-video_size", "\(width)x\(height)", "-framerate",
            "\(framesPerSecond)", "-i", "pipe:0",
        ]
        // Use and declare the colour space of high-definition television (BT.709); players would guess otherwise.
        let filter =
            "pad=ceil(iw/2)*2:ceil(ih/2)*2:color=white,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
        let colors = ["-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
        // The encoder's output depends on the number of threads.
        let encoder = [
            "-c:v", "libx264", "-crf", "18", "-threads", "4", "-fflags", "+bitexact", "-flags:v", "+bitexact",
        ]
        return FFmpeg.quiet + input + ["-an", "-vf", filter] + encoder + colors
            + ["-movflags", "+faststart", "-f", "mp4", "-y", FFmpeg.address(output)]
    }

    /// Writes the next frame.
    ///
    /// - Throws: ``VideoError/cannotWrite(path:reason:)``.
    public func append(_ image: Image) throws(VideoError) {
        precondition(
            (image.width, image.height) == (width, height),
            "a frame of \(image.width) x \(image.height) pixels in a video of \(width) x \(height)")
        guard let input else { throw failure() }
        let isWritten = image.pixels.withUnsafeBytes { bytes in
            var offset = 0
            while offset < bytes.count {
                let count = send(
                    input.fileDescriptor, bytes.baseAddress?.advanced(by: offset), bytes.count - offset,
                    Int32(MSG_NOSIGNAL))
                if count < 0 && errno == EINTR { continue }
                if count < 0 { return false }
                offset += count
            }
            return true
        }
        if !isWritten { throw failure() }
    }

    /// Finishes the video and moves it to its final path.
    ///
    /// - Throws: ``VideoError/cannotWrite(path:reason:)``.
    public func finish() throws(VideoError) {
        input = nil
        guard program.waitForEnd() == 0 else { throw failure() }
        do { try file.finish() } catch { throw .cannotWrite(path: error.path, reason: error.reason) }
        isFinished = true
    }

    private func failure() -> VideoError {
        input = nil
        program.waitForEnd()
        return .cannotWrite(path: url.relativePath, reason: complaints.lastLine)
    }
}
