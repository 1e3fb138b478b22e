import Foundation
import Images
import Jobs
import Tensors

/// One image of a sequence.
public struct Frame: Sendable {
    /// The frame's number in the folder or video, from 0; with every third frame only, these are 0, 3, 6, ….
    public let number: Int
    /// The base name of files made from the frame.
    public let name: String
    /// The frame's pixels.
    public let image: Image

    /// Creates a frame.
    public init(number: Int, name: String, image: Image) {
        self.number = number
        self.name = name
        self.image = image
    }
}

/// A sequence of images that can be read several times.
public protocol FrameSource: Sendable {
    /// The number of frames; nil if it is unknown before reading.
    var count: Int? { get }
    /// The files that are read, so that no result overwrites them.
    var files: [URL] { get }
    /// The base names of files made from the frames, as far as they are known before reading.
    var names: [String] { get }
    /// Starts reading at the first frame.
    func frames() throws -> any FrameReader
}

extension FrameSource {
    /// Empty: the names are unknown before reading.
    public var names: [String] { [] }
}

/// Reads a sequence once.
public protocol FrameReader: AnyObject {
    /// Returns the next frame; nil after the last.
    ///
    /// - Throws: An error about the frame; after an ``ImageError``, which concerns only this image, reading can continue.
    func next() throws -> Frame?
}

/// A selection of the frames of a sequence.
public struct FrameSelection: Hashable, Sendable {
    /// Every Nth frame is selected, starting with the first.
    public var every: Int
    /// The maximum number of frames; nil for all.
    public var maximum: Int?

    /// Creates a selection, by default of every frame.
    public init(every: Int = 1, maximum: Int? = nil) {
        precondition(every > 0 && maximum ?? 1 > 0, "every \(every)th frame and at most \(maximum ?? 0) select nothing")
        self.every = every
        self.maximum = maximum
    }

    /// All frames.
    public static let all = FrameSelection()
}

/// Opens the sequence at a path: a folder is its images in natural order of their names, with numbers compared as numbers; an
/// image is a sequence of one; any other file is a video, and so is a GIF.
///
/// - Parameter ffmpeg: The program that reads videos.
/// - Throws: ``ImageSourceError`` for a path that does not exist or cannot be read and for a folder without images;
///   ``VideoError/ffmpegMissing``.
public func frameSource(
    at path: String, _ selection: FrameSelection = .all, ffmpeg: FFmpeg? = FFmpeg()
) throws -> any FrameSource {
    let kind: FileKind?
    do throws(FileError) { kind = try FileKind.of(URL(fileURLWithPath: path)) } catch {
        throw ImageSourceError.unreadable(path: path, reason: error.reason)
    }
    if kind == nil { throw ImageSourceError.notFound(path) }
    // A GIF is an image, but usually an animation: read all of its frames if possible.
    let moves = ffmpeg != nil && ImageFormat(named: URL(fileURLWithPath: path).lastPathComponent) == .gif
    if kind == .folder || ImageSource.isImage(path) && !moves { return try ImageFrames(path, selection) }
    guard let ffmpeg else { throw VideoError.ffmpegMissing }
    return VideoFrames(URL(fileURLWithPath: path), selection, ffmpeg)
}
