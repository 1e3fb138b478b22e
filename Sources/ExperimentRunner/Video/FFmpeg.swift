import Foundation

/// The program that reads and writes videos, where it is installed.
public struct FFmpeg: Hashable, Sendable {
    /// Its file.
    public let program: URL

    /// Looks for it where programs are looked for.
    ///
    /// - Parameter searchPath: Folders, parted by colons; the environment's `PATH` unless said otherwise.
    /// - Returns: Nil when it is not installed.
    public init?(searchPath: String? = ProcessInfo.processInfo.environment["PATH"]) {
        let candidates = (searchPath ?? "").split(separator: ":").map {
            URL(fileURLWithPath: String($0)).appendingPathComponent("ffmpeg")
        }
        guard let program = candidates.first(where: { FileManager.default.isExecutableFile(atPath: $0.path) }) else {
            return nil
        }
        self.program = program
    }

    /// It asks nobody anything, and says only what goes wrong.
    static let quiet = ["-nostdin", "-hide_banner", "-loglevel", "error"]

    /// A file as ffmpeg's own address, so that no name is taken for an option or for a place in the net.
    static func address(_ file: URL) -> String { "file:" + file.standardizedFileURL.path }
}

/// A video that cannot be read or written.
public enum VideoError: Error, Equatable, CustomStringConvertible {
    /// Videos are read through a program that is not there.
    case ffmpegMissing
    /// It cannot be started.
    case cannotStart(reason: String)
    /// The file holds no moving image that can be read.
    case notAVideo(path: String, reason: String)
    /// Reading went well for some frames, and then no more.
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
