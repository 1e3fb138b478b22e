import Foundation

/// The ffmpeg program, which reads and writes videos.
public struct FFmpeg: Hashable, Sendable {
    /// The program's file.
    public let program: URL

    /// Searches for the program.
    ///
    /// - Parameter searchPath: Folders, separated by colons; by default the environment's `PATH`.
    /// - Returns: Nil if ffmpeg is not installed.
    public init?(searchPath: String? = ProcessInfo.processInfo.environment["PATH"]) {
        let candidates = (searchPath ?? "").split(separator: ":").map {
            URL(fileURLWithPath: String($0)).appendingPathComponent("ffmpeg")
        }
        guard let program = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            return nil
        }
        self.program = program
    }

    /// Options to ask no questions and to print only errors.
    static let quiet = ["-nostdin", "-hide_banner", "-loglevel", "error"]

    /// Returns a file as an ffmpeg URL, so that no name is taken for an option or a network address.
    static func address(_ file: URL) -> String { "file:" + file.standardizedFileURL.path }
}

/// An error in reading or writing a video.
public enum VideoError: Error, Equatable, CustomStringConvertible {
    /// ffmpeg, which reads videos, is not installed.
    case ffmpegMissing
    /// ffmpeg cannot be started.
    case cannotStart(reason: String)
    /// The file does not contain a readable video.
    case notAVideo(path: String, reason: String)
    /// Reading failed after some frames.
    case endedEarly(path: String, frames: Int, reason: String)
    /// Writing failed.
    case cannotWrite(path: String, reason: String)

    /// A sentence for the terminal.
    public var description: String {
        func because(_ reason: String) -> String { reason.isEmpty ? "" : ": \(reason)" }
        switch self {
        case .ffmpegMissing:
            return "reading videos needs ffmpeg, which is not installed; a folder of images works without it"
        case .cannotStart(let reason): return "ffmpeg cannot be started" + because(reason)
        case .notAVideo(let path, let reason): return "\(path) cannot be read as a video" + because(reason)
        case .endedEarly(let path, let frames, let reason):
            return "\(path) ends early, after \(frames) \(frames == 1 ? "frame" : "frames")" + because(reason)
        case .cannotWrite(let path, let reason): return "\(path) cannot be written" + because(reason)
        }
    }
}
